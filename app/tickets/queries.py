"""Reads of tickets."""

from collections.abc import Iterator

from sqlalchemy import Connection, RowMapping, select

from app.calls.facts import CallFacts
from app.calls.models import Recording
from app.database import blind_index
from app.flows.context import TicketFound, TicketLookup
from app.tickets.models import Ticket

CONVERSATION = "DialVerb"  # the provider's word for a recording of two parties (contract, 4.4)


def find_for_caller(
    connection: Connection, lookup: TicketLookup, call: CallFacts
) -> TicketFound | None:
    """A ticket by its number, for the telephone it was opened from.

    None alike for an unknown number and for another telephone, so that nobody learns which numbers
    exist. Callers who withhold their number cannot be told apart and find nothing.
    """
    if not call.caller.startswith("+"):
        return None
    row = connection.execute(
        select(
            Ticket.number,
            Ticket.state,
            Ticket.category,
            Ticket.respond_due_at,
            Ticket.complete_due_at,
        ).where(Ticket.number == lookup.number, Ticket.caller_index == blind_index(call.caller))
    ).one_or_none()
    return None if row is None else TicketFound(*row)


def find_by_source(connection: Connection, source: str) -> str | None:
    """The number of the ticket that came from a source, or None."""
    return connection.execute(
        select(Ticket.number).where(Ticket.source == source)
    ).scalar_one_or_none()


def conversation_recording(connection: Connection, call_sid: str) -> tuple[str, int]:
    """SID and seconds of the finished recording of a call's conversation; empty when none."""
    row = connection.execute(
        select(Recording.sid, Recording.seconds)
        .where(
            Recording.call_sid == call_sid,
            Recording.status == "completed",
            Recording.source == CONVERSATION,
        )
        .order_by(Recording.id)
        .limit(1)
    ).one_or_none()
    return ("", 0) if row is None else (row.sid, row.seconds or 0)


def export_tickets(connection: Connection, limit: int | None = None) -> Iterator[RowMapping]:
    """Tickets, newest first."""
    columns = (
        Ticket.number,
        Ticket.kind,
        Ticket.category,
        Ticket.department,
        Ticket.priority,
        Ticket.state,
        Ticket.language,
        Ticket.caller,
        Ticket.call_sid,
        Ticket.recording_sid,
        Ticket.recording_seconds,
        Ticket.note,
        Ticket.opened_at,
        Ticket.respond_due_at,
        Ticket.complete_due_at,
    )
    query = select(*columns).order_by(Ticket.opened_at.desc(), Ticket.id.desc()).limit(limit)
    yield from connection.execute(query).mappings()
