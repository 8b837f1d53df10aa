"""What a single part of a transcript cannot know: whether the names in it exist."""

from collections.abc import Collection, Container, Iterable, Iterator

from app.flows.findings import Finding
from app.flows.library import FlowLibrary
from app.flows.rehearsal.transcript import (
    EFFECTS,
    EVERY,
    ONE_LANGUAGE_ENTRIES,
    PROMPT_KEY,
    Scene,
    Step,
    as_written,
)
from app.flows.rehearsal.written import EVERY_LANGUAGE, in_language
from app.flows.source import Document, Path_, nearest

MOST_NAMES_IN_A_HINT = 30

# A name that is written at a path: what kind of thing it names, and all that there are.
Named = tuple[Path_, str, str, Iterable[str]]


def mistakes(
    scene: Scene, library: FlowLibrary, choosable: Container[str] = ()
) -> Iterator[Finding]:
    """Everything that is wrong with a transcript, beyond its form.

    `choosable` are the languages that can be chosen besides the default one. In any other it is not
    played yet, and need not say anything.
    """
    document, path = scene.document, scene.path
    for where, kind, name, known in _names(scene, library):
        if name not in known:
            yield unknown(document, (*path, *where), kind, name, known)
    transcript = scene.transcript
    if not getattr(library.directory.entries, transcript.entry):
        sentence = f"`directory.yaml` names no entry `{transcript.entry}`."
        yield document.finding((*path, "entry"), "unknown-name", sentence)
    if transcript.entry in ONE_LANGUAGE_ENTRIES and set(scene.languages) != {
        library.default_language
    }:
        sentence = f"A call with `entry: {transcript.entry}` begins in the default language."
        yield document.finding((*path, "languages"), "transcript-language", sentence)
    if (transcript.only is None) == bool(transcript.because):
        sentence = "`only: engine` and `because`, which says why, belong together."
        yield document.finding((*path, "only"), "transcript-only", sentence)
    played = [tag for tag in scene.languages if tag == library.default_language or tag in choosable]
    for number, step in enumerate(transcript.steps):
        yield from _of_step(scene, ("steps", number), step, played)


def unknown(document: Document, path: Path_, kind: str, name: str, known: Iterable[str]) -> Finding:
    """The finding for a name that does not exist, with the nearest that does."""
    names = list(known)
    hint = nearest(name, names)
    if not hint.startswith("Did") and len(names) > MOST_NAMES_IN_A_HINT:
        hint = ""
    rule = "unknown-prompt" if kind == "prompt" else "unknown-name"
    path = as_written(document, path)
    return document.finding(path, rule, f"There is no {kind} `{name}`.", hint)


def _names(scene: Scene, library: FlowLibrary) -> Iterator[Named]:
    transcript, directory = scene.transcript, library.directory
    for index, tag in enumerate(transcript.languages):
        if transcript.languages != [EVERY]:
            yield ("languages", index), "language", tag, (*library.languages, EVERY)
    if transcript.department is not None:
        yield ("department",), "department", transcript.department, directory.departments
    if transcript.ticket and transcript.ticket.category is not None:
        category = transcript.ticket.category
        yield ("ticket", "category"), "category", category, directory.categories
    for number, step in enumerate(transcript.steps):
        yield from _names_of_step(("steps", number), step, library)
    after = transcript.afterwards
    for index, name in enumerate(after.never):
        yield ("afterwards", "never", index), "effect", name, EFFECTS
    rung = ("officers", "mediators", "nobody", *directory.departments)
    for index, name in enumerate(after.rings):
        if not name.startswith("+"):
            yield ("afterwards", "rings", index), "department or duty", name, rung
    if after.language:
        yield ("afterwards", "language"), "language", after.language, library.languages


def _names_of_step(path: Path_, step: Step, library: FlowLibrary) -> Iterator[Named]:
    prompts = library.prompts.by_language[library.default_language]
    for field in ("hears", "hears_not"):
        for index, said in enumerate(getattr(step, field)):
            yield from _tags((*path, field, index), said, library)
            for tag, text in said.items():
                if PROMPT_KEY.fullmatch(text):
                    yield (*path, field, index, *([tag] if tag else [])), "prompt", text, prompts
    for field in ("says", "presses"):
        yield from _tags((*path, field), getattr(step, field) or {}, library)
    if step.goes_to is not None:
        yield (*path, "goes_to"), "node", step.goes_to, library.nodes


def _tags(path: Path_, said: Iterable[str], library: FlowLibrary) -> Iterator[Named]:
    for tag in said:
        if tag != EVERY_LANGUAGE:
            yield (*path, tag), "language", tag, library.languages


def _of_step(scene: Scene, path: Path_, step: Step, played: Collection[str]) -> Iterator[Finding]:
    """Two things done at once, and words that are not written in a language it is played in."""
    path = (*scene.path, *path)
    if len(step.deeds) > 1:
        names = " and ".join(f"`{name}`" for name in step.deeds)
        sentence = f"A step has one thing that is done; here are {names}."
        hint = "Make each a step of its own."
        yield scene.document.key_finding((*path, step.deeds[1]), "one-deed", sentence, hint)
    for field in ("says", "presses"):
        given = getattr(step, field)
        missing = [tag for tag in played if given and in_language(given, tag) is None]
        if missing:
            sentence = f"`{field}` is not written for {', '.join(missing)}."
            hint = "The transcript is played in this language too: see `languages`."
            yield scene.document.finding((*path, field), "transcript-language", sentence, hint)
