"""Where the call log meets the other domains: handlers and hooks that `app.main` wires."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from app.calls.facts import CallEnded, CallFacts, ConferenceEvent, RecordingEvent
from app.flows.directives import Directive

EffectHandler = Callable[[Connection, Any, CallFacts], None]
LookupHandler = Callable[[Connection, Any, CallFacts], object | None]


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an outbound leg was rung for: the flow variables it starts with, and its language."""

    variables: Mapping[str, str]
    language: str


InvitationFinder = Callable[[Connection, str, str, datetime], Invitation | None]


@dataclass(frozen=True, slots=True)
class Wiring:
    """The other domains, as functions on a connection inside the journal's transaction.

    `effects` and `lookups` go by the type of the effect or lookup. `invitation` binds a one-time
    leg token to a call SID (law T17) and returns None for a token unknown or used by another call.
    """

    effects: Mapping[type, EffectHandler] = field(default_factory=dict)
    lookups: Mapping[type, LookupHandler] = field(default_factory=dict)
    invitation: InvitationFinder = lambda _connection, _token, _sid, _at: None
    call_ended: Sequence[Callable[[Connection, CallEnded], None]] = ()
    conference: Sequence[Callable[[Connection, ConferenceEvent], None]] = ()
    recording: Sequence[Callable[[Connection, RecordingEvent], None]] = ()
    settled_by: tuple[type[Exception], ...] = ()  # refusals which mean "this was done already"


class Renderer(Protocol):
    """Turns directives into the text that answers a webhook (implemented by `app.voice`)."""

    def answer(
        self,
        directives: Sequence[Directive],
        sid: str,
        node: str,
        step: int,
        state_token: str = "",
    ) -> str:
        """The document. `node` and `step` are where its result will come back."""

    def polite_end(self, language: str) -> str:
        """A kind sentence and the end of the call: for calls we do not know."""
