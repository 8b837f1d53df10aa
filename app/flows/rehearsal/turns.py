"""What a player tells of a call: its turns, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that was heard, and in which language (our own tag, empty when not known)."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was heard after one thing was done, and where the call is now.

    `known` holds the fields that a transcript may name, such as `ticket_number`.
    """

    heard: tuple[Utterance, ...]
    node: str
    ended: bool = False
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happened:
    """An effect by its name, and as many of its fields as the player knows."""

    name: str
    fields: Mapping[str, Any]

    def __str__(self) -> str:
        told = ", ".join(f"{name}: {value}" for name, value in self.fields.items())
        return f"{self.name}: {{{told}}}" if told else self.name


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What there is when a call is over.

    `rung` are the telephones that were rung, in order. `knows_all_rung` is False for a player that
    rings one after another until somebody answers.
    """

    happened: tuple[Happened, ...]
    rung: tuple[str, ...]
    language: str


class CannotError(Exception):
    """The caller cannot do this here; the text is a sentence that says why."""
