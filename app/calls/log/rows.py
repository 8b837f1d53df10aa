"""Calls as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from app.calls.transcripts.events import Event


@dataclass(frozen=True, slots=True)
class CallTicket:
    """A ticket that a call began or was about."""

    call_sid: str
    id: int
    number: str
    state: str
    kind: str
    category: str
    priority: str
    department: str
    region: str
    owner_id: int | None
    confidential: bool


@dataclass(frozen=True, slots=True)
class Leg:
    """A telephone that was rung for a call. `number` is the far side's."""

    call_sid: str
    sid: str
    number: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    seconds: int | None


@dataclass(frozen=True, slots=True)
class CallRecording:
    """A recording of a call, as far as the provider told."""

    call_sid: str
    sid: str
    status: str
    seconds: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call of the log. `caller` is empty when it is `hidden`: sealed from who looks."""

    id: int
    sid: str
    direction: str
    caller: str
    called: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    seconds: int | None
    language: str
    node: str
    outcome: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class ListedCall:
    """A line of the log: a call and what belongs to it."""

    call: CallRow
    tickets: tuple[CallTicket, ...] = ()
    legs: tuple[Leg, ...] = ()
    recordings: tuple[CallRecording, ...] = ()

    @property
    def answered(self) -> tuple[Leg, ...]:
        """Those of the telephones rung that were picked up."""
        return tuple(leg for leg in self.legs if leg.status in ("in-progress", "completed"))


@dataclass(frozen=True, slots=True)
class WholeCall:
    """One call with all that happened in it."""

    listed: ListedCall
    events: tuple[Event, ...]
    flow_version: str
    step: int


class _OfCall(Protocol):
    @property
    def call_sid(self) -> str: ...


T = TypeVar("T", bound=_OfCall)


def by_call(found: Iterable[T]) -> dict[str, list[T]]:
    """What belongs to calls, by their SIDs and in the order given."""
    grouped: dict[str, list[T]] = {}
    for one in found:
        grouped.setdefault(one.call_sid, []).append(one)
    return grouped
