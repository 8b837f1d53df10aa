"""Rehearses transcripts: the one function that commands and publishing call."""

from collections.abc import Callable, Iterator

from app.flows.context import Articles
from app.flows.library import FlowLibrary
from app.flows.rehearsal.coverage import Coverage
from app.flows.rehearsal.judging import Judge, UnexpectedError
from app.flows.rehearsal.performance import Failure, Performance
from app.flows.rehearsal.playing import EngineCall
from app.flows.rehearsal.report import Report, Result
from app.flows.rehearsal.transcript import Scene, Transcripts
from app.flows.rehearsal.turns import CannotError


def rehearse(
    library: FlowLibrary,
    articles: Articles,
    transcripts: Transcripts,
    seconds: Callable[[], float] = lambda: 0.0,
) -> Report:
    """Play every transcript in each of its languages on the pure engine.

    `transcripts` are those of `reading.read_transcripts(folder, library)`, which raises FlowError
    for what is not written well. `seconds` is a monotonic clock, for the time of each call. Pure:
    the same files always give the same report.
    """
    coverage = Coverage(library)
    results = [
        _timed(scene, language, library, articles, transcripts, coverage, seconds)
        for scene, language in plays(transcripts)
    ]
    return Report(results, coverage)


def plays(transcripts: Transcripts) -> Iterator[tuple[Scene, str]]:
    """Each transcript with each language it is played in."""
    for scene in transcripts.scenes:
        for language in scene.languages:
            yield scene, language


def choice_of(
    scene: Scene, language: str, library: FlowLibrary, transcripts: Transcripts
) -> str | None:
    """The keys that choose the language first; empty when none are needed, None when unknown.

    A language is rehearsed once `tests/languages.yaml` names it: before, a new one need not have
    all its words.
    """
    if language != library.default_language and language not in transcripts.choices:
        return None
    if scene.begins_in(language, library.default_language) == language:
        return ""
    return transcripts.choices[language]


def no_choice(language: str) -> str:
    """Why a transcript is not played in a language that nobody can choose."""
    return f"tests/languages.yaml does not say which keys choose {language}"


def _timed(
    scene: Scene,
    language: str,
    library: FlowLibrary,
    articles: Articles,
    transcripts: Transcripts,
    coverage: Coverage,
    seconds: Callable[[], float],
) -> Result:
    choice = choice_of(scene, language, library, transcripts)
    if choice is None:
        return Result(scene, language, skipped=no_choice(language))
    began = seconds()
    call = EngineCall(scene, language, library, articles, coverage.step)
    failure = _play(call, Judge(scene, language, library), choice)
    return Result(scene, language, failure, seconds=seconds() - began)


def _play(call: EngineCall, judge: Judge, choice: str) -> Failure | None:
    """Play to the end, or to the first difference."""
    performance = Performance(judge)
    try:
        _go_through(call, performance, choice)
    except UnexpectedError as error:
        return performance.failure(error)
    return None


def _go_through(call: EngineCall, performance: Performance, choice: str) -> None:
    """Do one step after the other. Raises UnexpectedError at the first difference."""
    try:
        step = performance.hears(call.begin(choice))
        while step is not None:
            turn = call.do(step)
            step = performance.hears(turn)
    except CannotError as error:
        performance.cannot(error)
        raise
    performance.is_over(call.aftermath())
