"""The strict YAML loader: every scalar stays as written, every value keeps its place.

YAML's surprises are refused instead of interpreted: no anchors, aliases, tags or duplicate keys, no
second document, and caps on size, depth and number of nodes (threat T9). `0123`, `12:30` and `NO`
reach the schema as the text that stands in the file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from app.flows.files import LARGEST_FILE, read_file
from app.flows.findings import Finding, FlowError
from app.flows.plain_words import syntax_told, value_sentence
from app.flows.waivers import Waiver, waivers_in

DEEPEST = 32
MOST_NODES = 20_000
MOST_NAMED, LONGEST_NAME = 100, 100  # names that a hint looks at, letters of a name it compares

Path_ = tuple[str | int, ...]
Place = tuple[int, int]


@dataclass(slots=True)
class Document:
    """A parsed file: plain dicts, lists and strings, and where each of them stands.

    `places` holds the place of each value by its path; `key_places` that of each mapping key.
    """

    file: str
    value: Any = None
    places: dict[Path_, Place] = field(default_factory=dict)
    key_places: dict[Path_, Place] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()

    def place(self, path: Path_) -> Place:
        """The place of the value at a path, or of the nearest thing around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def finding(self, path: Path_, rule: str, sentence: str, hint: str = "") -> Finding:
        """An error at the value of a path."""
        line, column = self.place(path)
        return Finding(self.file, line, column, "error", rule, sentence, hint)

    def key_finding(self, path: Path_, rule: str, sentence: str, hint: str = "") -> Finding:
        """An error at the key of a path."""
        line, column = self.key_places.get(path) or self.place(path)
        return Finding(self.file, line, column, "error", rule, sentence, hint)


def load_file(path: Path, name: str) -> Document:
    """Read and parse a file; `name` is what findings call it. Raises FlowError."""
    return parse(read_file(path, name), name)


def parse(data: bytes, name: str) -> Document:
    """Parse the bytes of a file. Raises FlowError with the place of the first mistake."""
    if len(data) > LARGEST_FILE:
        told = f"The text has {len(data):,} bytes."
        hint = f"Split it: at most {LARGEST_FILE // 1024} kB are read."
        raise _refusal(name, (1, 1), "size", told, hint)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise _refusal(
            name, (line, column), "encoding", "The file is not UTF-8.", "Save it as UTF-8."
        ) from error
    try:
        document = _Builder(name, text).document()
    except YAMLError as error:
        raise FlowError([_syntax_finding(name, text, error)]) from error
    except (RecursionError, ValueError) as error:
        raise _refusal(name, (1, 1), "syntax", "The file is not YAML that can be read.") from error
    document.waivers = waivers_in(text, name)
    return document


def _refusal(name: str, place: Place, rule: str, sentence: str, hint: str = "") -> FlowError:
    return FlowError([Finding(name, *place, "error", rule, sentence, hint)])


def _syntax_finding(name: str, text: str, error: YAMLError) -> Finding:
    place, sentence, hint = syntax_told(text, error)
    return Finding(name, *place, "error", "syntax", sentence, hint)


class _Builder:
    """Builds a document from parser events, refusing what is not plain data."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._events: Iterator[Event] = iter(YAML(typ="safe", pure=True).parse(text))
        self._document = Document(name)
        self._nodes = 0

    def document(self) -> Document:
        seen_document = False
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                if seen_document:
                    raise self._refuse(
                        event,
                        "documents",
                        "The file holds a second document.",
                        "Remove the line `---`; one file is one document.",
                    )
                seen_document = True
            elif isinstance(
                event, ScalarEvent | MappingStartEvent | SequenceStartEvent | AliasEvent
            ):
                self._document.value = self._value(event, ())
        if self._document.value is None:
            raise _refusal(self._name, (1, 1), "empty", "The file is empty.")
        return self._document

    def _value(self, event: Event, path: Path_) -> Any:
        self._admit(event, path)
        self._document.places[path] = self._place(event)
        if isinstance(event, ScalarEvent):
            return event.value
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _sequence(self, path: Path_) -> list[Any]:
        items: list[Any] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path_) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, path)
            if key in entries:
                line, _ = self._document.key_places[(*path, key)]
                raise self._refuse(
                    event,
                    "duplicate-key",
                    f"The key `{key}` stands here twice.",
                    f"The first is in line {line}; remove one.",
                )
            self._document.key_places[(*path, key)] = self._place(event)
            entries[key] = self._value(next(self._events), (*path, key))
        return entries

    def _key(self, event: Event, path: Path_) -> str:
        self._admit(event, path)
        if not isinstance(event, ScalarEvent):
            raise self._refuse(event, "key", "A key must be a plain word.")
        key: str = event.value
        return key

    def _admit(self, event: Any, path: Path_) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise self._refuse(event, "size", f"The file has more than {MOST_NODES:,} entries.")
        if len(path) > DEEPEST:
            raise self._refuse(event, "depth", f"Nested deeper than {DEEPEST} levels.")
        if isinstance(event, AliasEvent):
            raise self._refuse(
                event,
                "alias",
                f"The alias `*{event.anchor}` is not allowed.",
                "Write the value out; a text that begins with `*` stands in quotes.",
            )
        if getattr(event, "anchor", None):
            raise self._refuse(
                event,
                "anchor",
                f"The anchor `&{event.anchor}` is not allowed.",
                "Write the value out where it is needed.",
            )
        if getattr(event, "tag", None):
            raise self._refuse(
                event,
                "tag",
                f"The tag `{event.tag}` is not allowed.",
                "Remove it; types come from the schema.",
            )

    def _place(self, event: Event) -> Place:
        return event.start_mark.line + 1, event.start_mark.column + 1

    def _refuse(self, event: Event, rule: str, sentence: str, hint: str = "") -> FlowError:
        return _refusal(self._name, self._place(event), rule, sentence, hint)


def nearest(word: str, known: Iterable[str]) -> str:
    """The hint for a name that is unknown: the one that was meant, perhaps, or else all of them."""
    names = list(islice(known, MOST_NAMED))
    near = get_close_matches(word[:LONGEST_NAME], names, n=1, cutoff=0.7)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known here: {', '.join(names)}." if names else ""


def validation_findings(
    document: Document, path: Path_, error: ValidationError, model: type[BaseModel]
) -> list[Finding]:
    """A model's validation errors as findings at their places; `path` is where the model stands."""
    told = error.errors()
    return [
        _validation_finding(document, path, dict(details), model)
        for details in told
        if not _follows(details["type"], details["loc"], [other["loc"] for other in told])
    ]


def _follows(kind: str, location: Path_, others: Iterable[Path_]) -> bool:
    """Whether a list is too short only because one of its items is wrong."""
    within = len(location)
    return kind == "too_short" and any(
        len(other) > within and other[:within] == location for other in others
    )


def _keys_at(model: Any, location: Path_) -> tuple[str, ...]:
    """The keys that are known at a place within a model; none where that cannot be told."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        if not location:
            return tuple(model.model_fields)
        field_there = model.model_fields.get(str(location[0]))
        return _keys_at(field_there.annotation, location[1:]) if field_there else ()
    inner = get_args(model)
    into = location[1:] if get_origin(model) in (dict, list, tuple) else location
    return next((keys for kind in reversed(inner) if (keys := _keys_at(kind, into))), ())


def _validation_finding(
    document: Document, path: Path_, details: dict[str, Any], model: type[BaseModel]
) -> Finding:
    location = tuple(part for part in details["loc"] if part != "[key]")
    full = (*path, *location)
    name = ".".join(str(part) for part in location)
    match details["type"]:
        case "extra_forbidden":
            word = str(location[-1])
            joined = "Write `:` and a space between a key and its value."
            hint = (
                joined if {":", "："} & set(word) else nearest(word, _keys_at(model, location[:-1]))
            )
            return document.key_finding(full, "unknown-key", f"Unknown key `{word}`.", hint)
        case "missing":
            return document.finding(full, "missing", f"`{name}` is missing.")
        case _:
            message = value_sentence(details["type"], details["msg"], details.get("ctx", {}))
            given = details.get("input")
            shown = f" (here: `{given}`)" if isinstance(given, str) else ""
            about = f"`{name}`: {message}" if name else message[:1].upper() + message[1:]
            return document.finding(full, "value", f"{about}{shown}.")
