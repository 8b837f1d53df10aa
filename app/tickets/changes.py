"""How every change of a ticket is written: under a lock, with its version, and with its event."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, insert, select, update

from app.database import table_of
from app.tickets.deadlines import Clocks
from app.tickets.errors import StaleError, UnknownTicketError
from app.tickets.models import Ticket, TicketEvent
from app.tickets.outward import tell
from app.tickets.states import TicketState

SYSTEM = "system"  # the actor of what no person did
CALLER = "caller"
_STAFF = "staff:"


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket as it stands, locked; nothing personal."""

    clocks: Clocks
    id: int
    number: str
    version: int
    state: TicketState
    category: str
    department: str
    region: str
    priority: str
    channel: str
    language: str
    caller_index: str
    owner_id: int | None
    confidential: bool
    merged_into_id: int | None


_PLAIN = (
    Ticket.id,
    Ticket.number,
    Ticket.version,
    Ticket.state,
    Ticket.category,
    Ticket.department,
    Ticket.region,
    Ticket.priority,
    Ticket.channel,
    Ticket.language,
    Ticket.caller_index,
    Ticket.owner_id,
    Ticket.confidential,
    Ticket.merged_into_id,
)
_CLOCKS = tuple(getattr(Ticket, name) for name in Clocks.__slots__)
_COLUMNS: tuple[Any, ...] = (*_PLAIN, *_CLOCKS)

# Made once, and on tables: every change of every ticket passes here.
_LOCK: Select[Any] = select(*_COLUMNS).with_for_update()
_CHANGE = update(table_of(Ticket)).where(
    Ticket.id == bindparam("known_id"), Ticket.version == bindparam("known_version")
)
_ADD_EVENT = insert(table_of(TicketEvent)).returning(TicketEvent.id)


@dataclass(frozen=True, slots=True)
class Happened:
    """Who did what to a ticket, when; `words` are a person's own and stand encrypted."""

    at: datetime
    actor: str
    event: str
    from_state: str = ""
    to_state: str = ""
    why: str = ""
    words: str = ""
    detail: Mapping[str, object] | None = None


def lock(connection: Connection, number: str, version: int | None = None) -> Standing:
    """A ticket by its number, which nobody else can change until the transaction ends.

    Raises UnknownTicketError, or StaleError when it is no longer of the version given.
    """
    found = _locked(connection, Ticket.number == number)
    if found is None:
        raise UnknownTicketError(number)
    ticket = _standing(found)
    if version is not None and version != ticket.version:
        raise StaleError(number)
    return ticket


def lock_by_id(connection: Connection, ticket_id: int) -> Standing:
    """A ticket by its id, locked. Raises UnknownTicketError."""
    found = _locked(connection, Ticket.id == ticket_id)
    if found is None:
        raise UnknownTicketError(str(ticket_id))
    return _standing(found)


def change(connection: Connection, ticket: Standing, happened: Happened, **values: Any) -> Standing:
    """Write a change and its event; returns the ticket as it stands then.

    Raises StaleError when the ticket has been changed since it was locked.
    """
    known = {"known_id": ticket.id, "known_version": ticket.version}
    written = connection.execute(_CHANGE, known | {"version": ticket.version + 1} | values)
    if written.rowcount != 1:
        raise StaleError(ticket.number)
    write_event(connection, ticket.id, happened)
    own = {name: value for name, value in values.items() if name in Standing.__slots__}
    clocks = {name: value for name, value in values.items() if name in Clocks.__slots__}
    return replace(
        ticket, version=ticket.version + 1, clocks=replace(ticket.clocks, **clocks), **own
    )


def write_event(connection: Connection, ticket_id: int, happened: Happened) -> None:
    """Add a line to a ticket's history."""
    event = {
        "ticket_id": ticket_id,
        "at": happened.at,
        "actor": happened.actor,
        "event": happened.event,
        "from_state": happened.from_state,
        "to_state": happened.to_state,
        "why": happened.why,
        "words": happened.words,
        "detail": json.dumps(happened.detail) if happened.detail else "",
    }
    tell(connection, ticket_id, connection.execute(_ADD_EVENT, event).scalar_one())


def staff_actor(staff_id: int) -> str:
    """How events name a person of the staff."""
    return f"{_STAFF}{staff_id}"


def staff_of(actor: str) -> int | None:
    """The person of the staff an actor is, or None."""
    name = actor.removeprefix(_STAFF)
    return int(name) if name != actor and name.isdigit() else None


def _locked(connection: Connection, where: ColumnElement[bool]) -> Row[Any] | None:
    return connection.execute(_LOCK.where(where)).one_or_none()


def _standing(row: Row[Any]) -> Standing:
    values: tuple[Any, ...] = tuple(row)
    return Standing(Clocks(*values[len(_PLAIN) :]), *values[: len(_PLAIN)])
