"""Keeps the terms of tickets in step with their words; the only writer of their table."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, select

from app.tickets.notes.queries import notes_of
from app.tickets.search.models import TicketTerm
from app.tickets.search.terms import terms


def index(connection: Connection, ticket_id: int, texts: Iterable[str]) -> None:
    """Make a new ticket findable by its texts."""
    _insert(connection, ticket_id, terms(texts))


def add(connection: Connection, ticket_id: int, text: str) -> None:
    """Make a ticket, which is locked, findable by a note as well."""
    found = terms([text])
    known = select(TicketTerm.term).where(
        TicketTerm.ticket_id == ticket_id, TicketTerm.term.in_(found)
    )
    _insert(connection, ticket_id, found - set(connection.execute(known).scalars()))


def reindex(
    connection: Connection, ticket_id: int, former: Iterable[str], texts: Iterable[str]
) -> None:
    """Follow a change of a locked ticket's texts: forget what is gone, add what is new."""
    noted = terms(notes_of(connection, [ticket_id]).get(ticket_id, ()))
    before, after = terms(former) | noted, terms(texts) | noted
    if gone := sorted(before - after):
        connection.execute(
            delete(TicketTerm).where(TicketTerm.ticket_id == ticket_id, TicketTerm.term.in_(gone))
        )
    _insert(connection, ticket_id, after - before)


def _insert(connection: Connection, ticket_id: int, found: set[int]) -> None:
    if found:
        rows = [{"term": term, "ticket_id": ticket_id} for term in sorted(found)]
        connection.execute(insert(TicketTerm), rows)
