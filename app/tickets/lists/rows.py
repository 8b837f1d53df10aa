"""A ticket as a line of a list and as a whole; a seal blanks what its viewer may not see."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from typing import Any, Self

from sqlalchemy import Row, Select, select

from app.tickets.models import Channel, Clock, Satisfaction, Ticket
from app.tickets.seal.sight import Viewer, may_see_caller
from app.tickets.states import TicketState

BLANK: dict[str, Any] = {
    "subject": "",
    "place": "",
    "caller": "",
    "caller_name": "",
    "household_id": None,
    "words": "",
    "outcome": "",
    "waiting_for": "",
    "call_sid": "",
    "recording_sid": "",
    "recording_seconds": 0,
}


@dataclass(frozen=True, slots=True)
class ListedTicket:
    """A line of a list. `hidden` is whether a seal blanks its caller and subject."""

    id: int
    number: str
    version: int
    state: TicketState
    kind: str
    category: str
    department: str
    region: str
    priority: str
    channel: Channel
    language: str
    subject: str
    place: str
    caller: str
    caller_name: str
    owner_id: int | None
    confidential: bool
    opened_at: datetime
    respond_due_at: datetime
    complete_due_at: datetime
    due_at: datetime | None
    acknowledged_at: datetime | None
    waiting_until: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    satisfaction: Satisfaction
    merged_into_id: int | None
    hidden: bool = False

    @classmethod
    def query(cls) -> Select[Any]:
        """All of its columns, to be narrowed down."""
        return select(*(getattr(Ticket, name) for name in cls._columns()))

    @classmethod
    def shown(cls, row: Row[Any], viewer: Viewer) -> Self:
        """A row of `query`, blanked when the viewer may not see its caller."""
        ticket = cls(**dict(zip(cls._columns(), row, strict=True)))
        if may_see_caller(ticket, viewer):
            return ticket
        blank = {name: value for name, value in BLANK.items() if name in cls._columns()}
        return replace(ticket, **blank, hidden=True)

    @classmethod
    def all_shown(cls, rows: Iterable[Row[Any]], viewer: Viewer) -> list[Self]:
        """Rows of `query`, each as the viewer may see it."""
        return [cls.shown(row, viewer) for row in rows]

    @classmethod
    @cache
    def _columns(cls) -> list[str]:
        return [field.name for field in fields(cls) if field.name != "hidden"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeTicket(ListedTicket):
    """All of a ticket, for its own page and for the API."""

    words: str
    note: str
    outcome: str
    waiting_for: str
    waiting_since: datetime | None
    household_id: int | None
    opened_by: str
    call_sid: str
    recording_sid: str
    recording_seconds: int
    clock: Clock
    clock_round: int
    responded_in_time: bool | None
    completed_in_time: bool | None
    sealed_at: datetime | None
    sealed_by: str
