"""From `tests/*.yaml` to transcripts, or to findings that say what is wrong and where."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from app.flows.files import TESTS, YAML, Files, placed, read_folder
from app.flows.findings import Finding, FlowError
from app.flows.library import FlowLibrary
from app.flows.rehearsal.mistakes import mistakes, unknown
from app.flows.rehearsal.transcript import (
    EVERY,
    ONE_LANGUAGE_ENTRIES,
    Scene,
    Transcript,
    Transcripts,
)
from app.flows.source import Document, nearest, parse, validation_findings

CHOICES_FILE = "languages.yaml"
FILE_KEYS = ("calls",)


def read_transcripts(folder: Path, library: FlowLibrary) -> Transcripts:
    """The transcripts beside the flows of a folder. Raises FlowError with every mistake."""
    files, unread = read_folder(folder, {TESTS: (YAML,)})
    return transcripts_of(files, library, str(folder), unread)


def transcripts_of(
    files: Files, library: FlowLibrary, place: str = "", unread: Sequence[Finding] = ()
) -> Transcripts:
    """The transcripts of a set of files; `place` is the folder that findings name.

    `unread` is what is wrong already. Raises FlowError with every mistake.
    """
    findings, documents = list(unread), {}
    for name in sorted(files):
        if name.startswith(TESTS):
            try:
                documents[name.removeprefix(TESTS)] = parse(files[name], placed(place, name))
            except FlowError as error:
                findings += error.findings
    transcripts = read_documents(documents, library, findings)
    if findings:
        raise FlowError(sorted(findings))
    return transcripts


def read_documents(
    documents: Mapping[str, Document], library: FlowLibrary, findings: list[Finding]
) -> Transcripts:
    """The transcripts of parsed files by their names; what is wrong goes to `findings`."""
    choices = _choices(documents.get(CHOICES_FILE), library, findings)
    scenes: list[Scene] = []
    for name, document in documents.items():
        if name != CHOICES_FILE:
            scenes += _scenes(document, library, choices, findings)
    return Transcripts(tuple(scenes), choices)


def _choices(
    document: Document | None, library: FlowLibrary, findings: list[Finding]
) -> dict[str, str]:
    if document is None:
        return {}
    if not isinstance(document.value, dict):
        findings.append(document.finding((), "shape", "This file maps languages to keys."))
        return {}
    choices: dict[str, str] = {}
    for tag, keys in document.value.items():
        if tag not in library.languages:
            findings.append(unknown(document, (tag,), "language", tag, library.languages))
        elif not isinstance(keys, str) or not set(keys) <= set("0123456789*#"):
            sentence = f"`{tag}`: write the keys that choose this language, such as 5."
            findings.append(document.finding((tag,), "value", sentence))
        else:
            choices[tag] = keys
    return choices


def _scenes(
    document: Document,
    library: FlowLibrary,
    choices: Mapping[str, str],
    findings: list[Finding],
) -> Iterator[Scene]:
    value = document.value
    calls = value.get("calls") if isinstance(value, dict) else None
    if not isinstance(calls, dict) or not calls:
        sentence = "A file of transcripts is a mapping with `calls`: each by its title."
        findings.append(document.finding(("calls",), "shape", sentence))
        return
    for key in value:
        if key not in FILE_KEYS:
            hint = nearest(key, FILE_KEYS)
            findings.append(
                document.key_finding((key,), "unknown-key", f"Unknown key `{key}`.", hint)
            )
    for title, written in calls.items():
        path = ("calls", title)
        try:
            transcript = Transcript.model_validate(written)
        except ValidationError as error:
            findings += validation_findings(document, path, error, Transcript)
            continue
        scene = Scene(title, transcript, document, _languages(transcript, library))
        found = list(mistakes(scene, library, choices))
        findings += found
        if not found:
            yield scene


def _languages(transcript: Transcript, library: FlowLibrary) -> tuple[str, ...]:
    """The languages it is played in: by default only the one in which calls begin."""
    default = library.default_language
    wanted = transcript.languages or [default]
    if wanted != [EVERY]:
        return tuple(wanted)
    if transcript.entry in ONE_LANGUAGE_ENTRIES:
        return (default,)
    return tuple(library.languages)
