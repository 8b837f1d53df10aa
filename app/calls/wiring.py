"""Where the call log meets the other domains: handlers and hooks that `app.main` wires."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from app.calls.facts import CallEnded, CallFacts, CallOrigin, ConferenceEvent, RecordingEvent
from app.flows.context import Notice
from app.flows.directives import Directive

EffectHandler = Callable[[Connection, Any, CallFacts], None]
LookupHandler = Callable[[Connection, Any, CallFacts], object | None]
SpooledHandler = Callable[[Connection, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an outbound leg was rung for: its flow variables, its language, and where it begins.

    `entry` is one of `entries` in `directory.yaml`.
    """

    variables: Mapping[str, str]
    language: str
    entry: str = "invitation"


Notices = Callable[[datetime], Sequence[Notice]]  # those that are on, from memory


def no_notices(_at: datetime) -> Sequence[Notice]:
    """Nothing is on."""
    return ()


def no_language(_connection: Connection, _caller: str) -> str:
    """Nobody's language is known."""
    return ""


InvitationFinder = Callable[[Connection, str, str, datetime], Invitation | None]


@dataclass(frozen=True, slots=True)
class Wiring:
    """The other domains, as functions on a connection inside the journal's transaction.

    `effects` and `lookups` go by the type of the effect or lookup. Each of `invitations` binds the
    one-time leg tokens it knows to a call SID (law T17) and returns None for a token that is
    unknown or used by another call; the first that knows it is asked no further. `language_of` says
    which language a caller chose last, empty when none. Each of `acceptance` says whether somebody
    whom a call dialled, and who pressed 1, may have the caller. `spooled` brings items of other
    domains from the spool into SQL, by their `kind`.
    """

    effects: Mapping[type, EffectHandler] = field(default_factory=dict)
    lookups: Mapping[type, LookupHandler] = field(default_factory=dict)
    invitations: Sequence[InvitationFinder] = ()
    language_of: Callable[[Connection, str], str] = no_language
    acceptance: Sequence[Callable[[Connection, CallOrigin, datetime], bool]] = ()
    call_ended: Sequence[Callable[[Connection, CallEnded], None]] = ()
    conference: Sequence[Callable[[Connection, ConferenceEvent], None]] = ()
    accepted: Sequence[Callable[[Connection, CallOrigin, datetime], None]] = ()
    recording: Sequence[Callable[[Connection, RecordingEvent], None]] = ()
    settled_by: tuple[type[Exception], ...] = ()  # refusals which mean "this was done already"
    spooled: Mapping[str, SpooledHandler] = field(default_factory=dict)

    def invitation(
        self, connection: Connection, token: str, call_sid: str, at: datetime
    ) -> Invitation | None:
        """What a call was rung for, by the first finder that knows its token."""
        found = (find(connection, token, call_sid, at) for find in self.invitations)
        return next((invitation for invitation in found if invitation is not None), None)


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
