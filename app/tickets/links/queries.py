"""Reads of links, merges and calls."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from app.tickets.links.models import LinkKind, TicketCall, TicketLink
from app.tickets.models import Ticket
from app.tickets.states import TicketState


@dataclass(frozen=True, slots=True)
class Linked:
    """A ticket that belongs to another. `is_back` when the link was made from its side."""

    number: str
    state: TicketState
    category: str
    kind: LinkKind
    is_back: bool


@dataclass(frozen=True, slots=True)
class CallOfTicket:
    """A call about a ticket: its SID, what it was for, and when."""

    sid: str
    kind: str
    at: datetime


def family(connection: Connection, ticket_id: int) -> tuple[int, ...]:
    """The ticket and all that were merged into it, directly or through another."""
    found, fresh = [ticket_id], [ticket_id]
    while fresh:
        query = select(Ticket.id).where(Ticket.merged_into_id.in_(fresh)).order_by(Ticket.id)
        fresh = [one for one in connection.execute(query).scalars() if one not in found]
        found += fresh
    return tuple(found)


def merged_numbers(connection: Connection, ids: Sequence[int]) -> Sequence[str]:
    """The numbers of the duplicates in a `family`, oldest first."""
    others = ids[1:]
    query = select(Ticket.number).where(Ticket.id.in_(others)).order_by(Ticket.id)
    return connection.execute(query).scalars().all() if others else []


def number_of(connection: Connection, ticket_id: int) -> str | None:
    """The number of a ticket by its id (the one another was merged into), or None."""
    return connection.execute(
        select(Ticket.number).where(Ticket.id == ticket_id)
    ).scalar_one_or_none()


def links_of(connection: Connection, ticket_id: int) -> list[Linked]:
    """The tickets that belong to a ticket, in the order in which they were linked."""
    rows = connection.execute(
        select(Ticket.number, Ticket.state, Ticket.category, TicketLink.kind, TicketLink.from_id)
        .join(
            Ticket,
            or_(
                (TicketLink.from_id == ticket_id) & (Ticket.id == TicketLink.to_id),
                (TicketLink.to_id == ticket_id) & (Ticket.id == TicketLink.from_id),
            ),
        )
        .where(or_(TicketLink.from_id == ticket_id, TicketLink.to_id == ticket_id))
        .order_by(TicketLink.id)
    )
    return [Linked(*row[:4], is_back=row.from_id != ticket_id) for row in rows]


def calls_of(connection: Connection, ticket_ids: Collection[int]) -> list[CallOfTicket]:
    """The calls about tickets: those they began with (`appeal`), then the others by time."""
    began = select(Ticket.call_sid, Ticket.opened_at).where(
        Ticket.id.in_(ticket_ids), Ticket.call_sid != ""
    )
    linked = (
        select(TicketCall.call_sid, TicketCall.kind, TicketCall.at)
        .where(TicketCall.ticket_id.in_(ticket_ids))
        .order_by(TicketCall.at, TicketCall.id)
    )
    found = [CallOfTicket(sid, "appeal", at) for sid, at in connection.execute(began)]
    known = {call.sid for call in found}
    others = [CallOfTicket(*row) for row in connection.execute(linked)]
    return found + [call for call in others if call.sid not in known]
