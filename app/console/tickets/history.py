"""What happened around a ticket, in the reader's words."""

from collections.abc import Collection, Sequence
from datetime import datetime

from fastapi import Request
from sqlalchemy import Connection

from app.console.calls.book import book_for
from app.console.naming import names_for
from app.console.tickets.telling import Moment, Teller
from app.people.access.visitor import Visitor
from app.tickets.changes import staff_of
from app.tickets.links.queries import family
from app.tickets.lists.rows import WholeTicket
from app.tickets.timeline.queries import Entry, timeline
from app.web.site import site_of


def history_of(
    request: Request,
    visitor: Visitor,
    connection: Connection,
    ticket: WholeTicket,
    ids: Collection[int],
) -> list[Moment]:
    """All that happened around a ticket and its family `ids`, oldest first."""
    return _moments(request, visitor, connection, timeline(connection, ticket, ids))


def happened_since(
    request: Request, visitor: Visitor, connection: Connection, ticket: WholeTicket, seen: str
) -> list[Moment]:
    """What happened since an instant, as a form wrote it; nothing when it makes no sense."""
    try:
        instant = datetime.fromisoformat(seen)
    except ValueError:
        return []
    if instant.tzinfo is None:
        return []
    happened = timeline(connection, ticket, family(connection, ticket.id))
    entries = [entry for entry in happened if entry.at >= instant]
    return _moments(request, visitor, connection, entries)


def _moments(
    request: Request, visitor: Visitor, connection: Connection, entries: Sequence[Entry]
) -> list[Moment]:
    names = names_for(request, visitor, connection, _people(entries))
    texted = {str(entry.detail["number"]) for entry in entries if entry.kind == "text"}
    teller = Teller(names, site_of(request).shelf, book_for(connection, names, texted))
    return [teller.moment(entry) for entry in entries]


def _people(entries: Sequence[Entry]) -> set[int]:
    """Everybody of the staff whom some entries name."""
    found = {staff_of(entry.actor) for entry in entries}
    for entry in entries:
        found |= {_id(entry.detail.get(name)) for name in ("to", "to_staff", "staff")}
    return {one for one in found if one is not None}


def _id(value: object) -> int | None:
    return value if isinstance(value, int) else None
