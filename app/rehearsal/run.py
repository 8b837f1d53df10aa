"""Rehearses transcripts through the whole service, one county for each call."""

import gc
import shutil
import time
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory

from app import schema
from app.exchange.clock import VirtualClock
from app.exchange.phones.scripted import NotHeardError, ScriptedCall
from app.exchange.virtual_time import StuckError, run_in_virtual_time
from app.flows.library import FlowLibrary
from app.flows.rehearsal.judging import Difference, Judge, UnexpectedError
from app.flows.rehearsal.performance import Failure, Performance
from app.flows.rehearsal.rehearse import choice_of, no_choice, plays
from app.flows.rehearsal.report import Report, Result
from app.flows.rehearsal.transcript import Scene, Transcripts
from app.flows.rehearsal.turns import CannotError
from app.rehearsal.county import joined
from app.rehearsal.entries import Stage
from app.rehearsal.player import ExchangeCall

INVITED_OTHERWISE = "departments and mediators are rung in the default language of the county"


def rehearse_on_exchange(folder: Path, library: FlowLibrary, transcripts: Transcripts) -> Report:
    """Play every transcript in each of its languages by telephones of a simulated exchange.

    Each call has a service, an exchange and a scratch database of its own. What is `only: engine`
    is skipped, with its reason, and so is a language that nobody is rung in. No coverage is
    measured.
    """
    with TemporaryDirectory(prefix="hotline-rehearsal-") as scratch:
        template = Path(scratch) / "template.db"
        schema.upgrade(f"sqlite:///{template}")
        results = [
            _result(scene, language, folder, library, transcripts, template)
            for scene, language in plays(transcripts)
        ]
    return Report(results, None)


def _result(
    scene: Scene,
    language: str,
    flows: Path,
    library: FlowLibrary,
    transcripts: Transcripts,
    template: Path,
) -> Result:
    if scene.transcript.only:
        return Result(scene, language, skipped=scene.transcript.because)
    if scene.transcript.entry == "invitation" and language != library.default_language:
        return Result(scene, language, skipped=INVITED_OTHERWISE)
    choice = choice_of(scene, language, library, transcripts)
    if choice is None:
        return Result(scene, language, skipped=no_choice(language))
    began = time.monotonic()
    with TemporaryDirectory(dir=template.parent) as own:
        shutil.copy(template, Path(own) / "hotline.db")
        failure = _played(Judge(scene, language, library), choice, flows, Path(own))
    return Result(scene, language, failure, seconds=time.monotonic() - began)


def _played(judge: Judge, choice: str, flows: Path, own: Path) -> Failure | None:
    """Play one call in virtual time. No garbage is collected while threads of servers run."""
    clock = VirtualClock(judge.scene.transcript.when.at.astimezone(UTC))
    gc.disable()
    try:
        return run_in_virtual_time(clock, _play(clock, judge, choice, flows, own))
    except StuckError as error:
        return Failure(Difference((), str(error), "the call goes on"), "", None)
    finally:
        gc.enable()
        gc.collect()


async def _play(
    clock: VirtualClock, judge: Judge, choice: str, flows: Path, own: Path
) -> Failure | None:
    """Play to the end, or to the first difference."""
    performance = Performance(judge)
    database_url = f"sqlite:///{own / 'hotline.db'}"
    async with joined(clock, database_url, own, flows) as county:
        stage = Stage(county, judge.scene, judge.language)
        stage.prepare()
        try:
            call = ExchangeCall(county, judge.language, stage, await _placed(stage, performance))
            try:
                await _go_through(call, performance, choice)
            finally:
                call.close()
        except UnexpectedError as error:
            return performance.failure(error)
        finally:
            stage.outage.end()
    return None


async def _placed(stage: Stage, performance: Performance) -> ScriptedCall:
    """Place the call; that it does not come about is a difference too."""
    try:
        return await stage.place()
    except NotHeardError as error:
        performance.cannot(CannotError(str(error)))
        raise


async def _go_through(call: ExchangeCall, performance: Performance, choice: str) -> None:
    """Do one step after the other. Raises UnexpectedError at the first difference."""
    try:
        step = performance.hears(await call.begin(choice))
        while step is not None:
            turn = await call.do(step)
            step = performance.hears(turn)
    except CannotError as error:
        performance.cannot(error)
        raise
    performance.is_over(await call.aftermath())
