"""Keeps the terms of tickets in step with their words; the only writer of their table."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert

from app.tickets.search.models import TicketTerm
from app.tickets.search.terms import terms


def index(connection: Connection, ticket_id: int, texts: Iterable[str]) -> None:
    """Make a new ticket findable by its texts."""
    found = sorted(terms(texts))
    if found:
        rows = [{"term": term, "ticket_id": ticket_id} for term in found]
        connection.execute(insert(TicketTerm), rows)


def reindex(
    connection: Connection, ticket_id: int, former: Iterable[str], texts: Iterable[str]
) -> None:
    """Follow a change of a ticket's texts: forget what is gone, add what is new."""
    before, after = terms(former), terms(texts)
    if gone := sorted(before - after):
        connection.execute(
            delete(TicketTerm).where(TicketTerm.ticket_id == ticket_id, TicketTerm.term.in_(gone))
        )
    if added := sorted(after - before):
        rows = [{"term": term, "ticket_id": ticket_id} for term in added]
        connection.execute(insert(TicketTerm), rows)
