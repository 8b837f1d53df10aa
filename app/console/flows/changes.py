"""Differences between two versions as people read them: sentences, and lines of files."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from itertools import groupby

from app.flows.diff import Change
from app.flows.files import Files
from app.web.words import all_words

AREA = "flow_changes"
CONTEXT_LINES = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a line diff; `kind` is `added`, `removed`, `place` or empty for context."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FileDiff:
    """The changed lines of one file."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """The sentences about one subject."""

    subject: str
    sentences: tuple[str, ...]


def say(change: Change, language: str) -> str:
    """A change as a sentence; the most special wording that there is for its kind and field."""
    words = all_words()
    base, _, _ = change.kind.partition(".")
    first = change.fields.get("field", "").partition(".")[0]
    keys = (f"{AREA}.{base}.{first}", f"{AREA}.{change.kind}", f"{AREA}.{base}")
    key = next(key for key in keys if words.has(key))
    return words.say(key, language, subject=change.subject, **change.fields)


def told(changes: list[Change], language: str) -> list[Told]:
    """Changes in sentences, those of one subject together."""
    return [
        Told(subject, tuple(say(change, language) for change in group))
        for subject, group in groupby(changes, key=lambda change: change.subject)
    ]


def line_diff(before: Files, after: Files) -> Iterator[FileDiff]:
    """The changed lines of each changed file."""
    for name in sorted({*before, *after}):
        old, new = before.get(name, b""), after.get(name, b"")
        if old != new:
            found = unified_diff(_lines(old), _lines(new), n=CONTEXT_LINES, lineterm="")
            yield FileDiff(name, tuple(map(_line, list(found)[2:])))


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8-sig", "replace").splitlines()


def _line(text: str) -> Line:
    kinds = {"+": "added", "-": "removed", "@": "place"}
    return Line(kinds.get(text[:1], ""), text)
