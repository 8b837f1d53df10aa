"""The verbs of tickets; the only writer of their tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, func, insert, select, update

from app.calls.facts import CallFacts, RecordingEvent
from app.database import blind_index, insert_once
from app.flows.effects import OpenTicket
from app.tickets import queries
from app.tickets.models import Ticket, TicketEvent
from app.tickets.queries import CONVERSATION
from app.tickets.states import TicketState, may_follow

log = structlog.get_logger()

SYSTEM = "system"  # the actor of what no person did


class SourceTakenError(Exception):
    """This matter already has a ticket, under another number."""


class NumberTakenError(Exception):
    """Another ticket already has this number: try again with a fresh one."""


class UnknownTicketError(Exception):
    """No ticket has this number."""


class TransitionError(Exception):
    """The ticket cannot go from its state to the one asked for; the text says why."""


class Category(Protocol):
    """What the directory says of a category."""

    @property
    def department(self) -> str:
        """The department that answers it."""

    @property
    def priority(self) -> str:
        """normal, high or urgent."""

    @property
    def respond_minutes(self) -> int:
        """Minutes until a person must have acknowledged."""

    @property
    def complete_hours(self) -> int:
        """Hours until it must be resolved."""


class Directory(Protocol):
    """What tickets need of `directory.yaml`."""

    @property
    def categories(self) -> Mapping[str, Category]:
        """All categories by key."""


@dataclass(frozen=True, slots=True)
class Routing:
    """Who answers a ticket and how fast; as given here, the hotline's own desk and promise."""

    department: str = ""
    priority: str = "normal"
    respond: timedelta = timedelta(minutes=30)
    complete: timedelta = timedelta(hours=24)


def routing_of(directory: Directory, category: str) -> Routing:
    """The routing of a category; one that is no longer known goes to the hotline's own desk."""
    known = directory.categories.get(category)
    if known is None:
        log.warning("ticket.unknown_category", category=category)
        return Routing()
    return Routing(
        department=known.department,
        priority=known.priority,
        respond=timedelta(minutes=known.respond_minutes),
        complete=timedelta(hours=known.complete_hours),
    )


def open_from_call(
    directory: Callable[[], Directory],
) -> Callable[[Connection, OpenTicket, CallFacts], None]:
    """The effect handler for `OpenTicket`, routing by the directory in force at that instant."""

    def handle(connection: Connection, effect: OpenTicket, call: CallFacts) -> None:
        open_ticket(connection, effect, call, routing_of(directory(), effect.category))

    return handle


def open_ticket(
    connection: Connection, effect: OpenTicket, call: CallFacts, routing: Routing
) -> None:
    """Open a ticket; asked for again with the same source and number, do nothing.

    Raises SourceTakenError when the source has a ticket under another number, NumberTakenError
    when the number belongs to another source.
    """
    if not insert_once(connection, Ticket, **_row(connection, effect, call, routing)):
        _explain_refusal(connection, effect)
        return
    ticket_id = connection.execute(
        select(Ticket.id).where(Ticket.number == effect.number)
    ).scalar_one()
    _note(connection, ticket_id, call.at, SYSTEM, "opened", to_state="new", why=effect.note)


def transition(
    connection: Connection, number: str, to_state: TicketState, actor: str, why: str, at: datetime
) -> bool:
    """Move a ticket to a state; returns False when it is there already.

    Time spent in `waiting` moves the completion deadline. Raises UnknownTicketError, or
    TransitionError when the state may not follow or a wait has no reason.
    """
    ticket = connection.execute(
        select(Ticket.id, Ticket.state, Ticket.waiting_since, Ticket.complete_due_at)
        .where(Ticket.number == number)
        .with_for_update()
    ).one_or_none()
    if ticket is None:
        raise UnknownTicketError(f"There is no ticket {number}.")
    if ticket.state == to_state:
        return False
    if not may_follow(ticket.state, to_state):
        raise TransitionError(f"Ticket {number} is {ticket.state}: it cannot become {to_state}.")
    if to_state == "waiting" and not why.strip():
        raise TransitionError(f"Ticket {number} can wait only for a reason: say which.")
    changes = _clock_changes(to_state, at)
    if ticket.waiting_since is not None:
        changes["complete_due_at"] = ticket.complete_due_at + (at - ticket.waiting_since)
    connection.execute(
        update(Ticket).where(Ticket.id == ticket.id).values(state=to_state, **changes)
    )
    _note(connection, ticket.id, at, actor, "state", ticket.state, to_state, why)
    return True


def attach_recording(connection: Connection, event: RecordingEvent) -> None:
    """The hook for recordings: tell the tickets of the call of a finished one.

    The ticket that names it learns its length. The conversation with the duty officer begins after
    its incident was opened, so that recording goes to the call's incident.
    """
    if event.status != "completed" or not event.call_sid:
        return
    of_this_call = Ticket.call_sid == event.call_sid
    named = connection.execute(
        update(Ticket)
        .where(of_this_call, Ticket.recording_sid == event.sid)
        .values(recording_seconds=event.seconds or 0)
    )
    if named.rowcount == 0 and event.source == CONVERSATION:
        connection.execute(
            update(Ticket)
            .where(of_this_call, Ticket.kind == "incident", Ticket.recording_sid == "")
            .values(recording_sid=event.sid, recording_seconds=event.seconds or 0)
        )


def _row(
    connection: Connection, effect: OpenTicket, call: CallFacts, routing: Routing
) -> dict[str, Any]:
    recording_sid, seconds = effect.recording_sid, effect.recording_seconds
    if effect.kind == "incident":  # after an outage its recording may have been told of first
        recording_sid, seconds = queries.conversation_recording(connection, call.sid)
    return {
        "number": effect.number,
        "source": effect.source,
        "kind": effect.kind,
        "category": effect.category,
        "department": routing.department,
        "priority": routing.priority,
        "state": "new",
        "language": effect.language,
        "caller": call.caller,
        "caller_index": blind_index(call.caller),
        "call_sid": call.sid,
        "recording_sid": recording_sid,
        "recording_seconds": seconds,
        "words": effect.words,
        "note": effect.note,
        "confidential": False,
        "opened_at": call.at,
        "respond_due_at": call.at + routing.respond,
        "complete_due_at": call.at + routing.complete,
    }


def _explain_refusal(connection: Connection, effect: OpenTicket) -> None:
    """Why a ticket could not be inserted; nothing when it is the very same one."""
    standing = queries.find_by_source(connection, effect.source)
    if standing is None:
        raise NumberTakenError(f"Another ticket already has the number {effect.number}.")
    if standing != effect.number:
        raise SourceTakenError(f"{effect.source} already has the ticket {standing}.")


def _clock_changes(to_state: TicketState, at: datetime) -> dict[str, Any]:
    """What a new state does to the ticket's instants."""
    changes: dict[str, Any] = {"waiting_since": at if to_state == "waiting" else None}
    match to_state:
        case "acknowledged":
            changes["acknowledged_at"] = func.coalesce(Ticket.acknowledged_at, at)
        case "resolved":
            changes["resolved_at"] = at
        case "closed":
            changes["closed_at"] = at
        case "reopened":
            changes.update(resolved_at=None, closed_at=None)
    return changes


def _note(
    connection: Connection,
    ticket_id: int,
    at: datetime,
    actor: str,
    event: str,
    from_state: str = "",
    to_state: str = "",
    why: str = "",
) -> None:
    connection.execute(
        insert(TicketEvent).values(
            ticket_id=ticket_id,
            at=at,
            actor=actor,
            event=event,
            from_state=from_state,
            to_state=to_state,
            why=why,
        )
    )
