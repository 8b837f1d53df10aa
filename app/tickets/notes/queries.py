"""Reads of notes."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from app.tickets.notes.models import TicketNote


def notes_of(connection: Connection, ticket_ids: Collection[int]) -> Mapping[int, list[str]]:
    """What was written down about tickets, oldest first, by the ticket's id."""
    found: dict[int, list[str]] = {}
    query = select(TicketNote.ticket_id, TicketNote.body).where(
        TicketNote.ticket_id.in_(ticket_ids)
    )
    for ticket_id, body in connection.execute(query.order_by(TicketNote.id)):
        found.setdefault(ticket_id, []).append(body)
    return found
