"""Reads of tickets."""

from collections.abc import Iterator

from sqlalchemy import Connection, RowMapping, case, null, select

from app.calls.facts import CallFacts
from app.calls.models import Recording
from app.database import blind_index
from app.flows.context import TicketFound, TicketLookup
from app.tickets.links.queries import family
from app.tickets.models import Ticket

# The provider's words for a recording of two parties or more (contract, 4.4).
CONVERSATIONS = ("DialVerb", "Conference")


def find_for_caller(
    connection: Connection, lookup: TicketLookup, call: CallFacts
) -> TicketFound | None:
    """A ticket by its number, for the telephone it was opened from.

    A merged one leads to the one that goes on, and that is open to the callers of all that were
    merged into it. None alike for an unknown number and for another telephone, so that nobody
    learns which numbers exist. Callers who withhold their number find nothing.
    """
    if not call.caller.startswith("+"):
        return None
    ticket_id = own_ticket_id(connection, lookup.number, call.caller)
    if ticket_id is None:
        return None
    columns = (
        Ticket.number,
        Ticket.state,
        Ticket.category,
        Ticket.respond_due_at,
        Ticket.complete_due_at,
        Ticket.outcome,
    )
    return TicketFound(*connection.execute(select(*columns).where(Ticket.id == ticket_id)).one())


def own_ticket_id(connection: Connection, number: str, caller: str) -> int | None:
    """The id of the ticket that goes on with a telephone's matter, by any number of it."""
    query = select(Ticket.id, Ticket.merged_into_id).where(Ticket.number == number)
    row = connection.execute(query).one_or_none()
    while row is not None and row.merged_into_id is not None:
        query = select(Ticket.id, Ticket.merged_into_id).where(Ticket.id == row.merged_into_id)
        row = connection.execute(query).one()
    if row is None:
        return None
    own = select(Ticket.id).where(
        Ticket.id.in_(family(connection, row.id)), Ticket.caller_index == blind_index(caller)
    )
    return None if connection.execute(own).first() is None else row.id


def own_part(connection: Connection, number: str, caller: str) -> int | None:
    """The id of a telephone's own ticket, by any number of its matter.

    Where several callers' tickets were merged it is the one that goes on only if this telephone
    brought that: what others said stays theirs.
    """
    heir = own_ticket_id(connection, number, caller)
    if heir is None:
        return None
    mine = select(Ticket.id).where(
        Ticket.id.in_(family(connection, heir)), Ticket.caller_index == blind_index(caller)
    )
    ids = connection.execute(mine).scalars().all()
    return heir if heir in ids else max(ids)


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
            Recording.source.in_(CONVERSATIONS),
        )
        .order_by(Recording.id)
        .limit(1)
    ).one_or_none()
    return ("", 0) if row is None else (row.sid, row.seconds or 0)


def export_tickets(connection: Connection, limit: int | None = None) -> Iterator[RowMapping]:
    """Tickets, newest first; the callers of sealed ones are left out."""
    columns = (
        Ticket.number,
        Ticket.kind,
        Ticket.category,
        Ticket.department,
        Ticket.priority,
        Ticket.state,
        Ticket.channel,
        Ticket.language,
        case((Ticket.confidential, null()), else_=Ticket.caller).label("caller"),
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
