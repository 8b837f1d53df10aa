"""The list of tickets as a file."""

from collections.abc import Iterable, Iterator

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.naming import Names, names_for
from app.console.tickets.filtering import Chosen
from app.console.tickets.lines import title_of
from app.console.tickets.lists import chosen_of, page_of_list
from app.console.tickets.sight import reach, viewer
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.people.staff.queries import all_people
from app.tickets.lists import queries
from app.tickets.lists.paging import Cursor
from app.tickets.lists.rows import ListedTicket
from app.web.access import ExportTickets
from app.web.exports import AskedFormat, Column, Kind, Row, Sheet, export
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets", include_in_schema=False)

BATCH = 200  # tickets found by words at once


@router.get("/export")
def export_list(
    request: Request, visitor: ExportTickets, file_format: AskedFormat = "csv"
) -> Response:
    """The tickets of the list as it is filtered, where the visitor may export."""
    chosen = chosen_of(request, visitor)
    with site_of(request).database.reading() as connection:
        people = {person.id for person in all_people(connection)}
        names = names_for(request, visitor, connection, people)
    sheet = Sheet(
        what="tickets",
        title=names.say("tickets.title"),
        columns=_columns(names),
        rows=lambda connection: _rows(connection, visitor, chosen, names),
        filters=dict(chosen.active),
    )
    return export(request, visitor, sheet, file_format)


def _columns(names: Names) -> list[Column]:
    def column(key: str, kind: Kind = "text", width: int = 14) -> Column:
        return Column(names.say(key), kind, width)

    return [
        column("tickets.list.number"),
        column("tickets.list.subject", width=40),
        column("tickets.list.state"),
        column("tickets.list.priority"),
        column("tickets.list.category", width=18),
        column("tickets.list.department", width=18),
        column("tickets.list.owner"),
        column("tickets.list.place", width=24),
        column("tickets.list.channel"),
        column("tickets.list.kind"),
        column("ticket.field.name"),
        column("ticket.field.phone", "phone", 20),
        column("tickets.list.opened", "instant", 20),
        column("tickets.list.acknowledged", "instant", 20),
        column("tickets.list.respond_due", "instant", 20),
        column("tickets.list.complete_due", "instant", 20),
        column("tickets.list.resolved", "instant", 20),
        column("tickets.list.closed", "instant", 20),
        column("tickets.list.satisfaction"),
    ]


def _rows(connection: Connection, visitor: Visitor, chosen: Chosen, names: Names) -> Iterator[Row]:
    for ticket in _tickets(connection, visitor, chosen):
        yield (
            ticket.number,
            title_of(ticket, names),
            names.coded("state", ticket.state),
            names.coded("priority", ticket.priority),
            names.category(ticket.category),
            names.department(ticket.department),
            names.person(ticket.owner_id),
            ticket.place,
            names.coded("channel", ticket.channel),
            names.coded("kind", ticket.kind),
            ticket.caller_name,
            ticket.caller,
            ticket.opened_at,
            ticket.acknowledged_at,
            ticket.respond_due_at,
            ticket.complete_due_at,
            ticket.resolved_at,
            ticket.closed_at,
            names.coded("satisfaction", ticket.satisfaction) if ticket.satisfaction else "",
        )


def _tickets(connection: Connection, visitor: Visitor, chosen: Chosen) -> Iterable[ListedTicket]:
    area = reach(visitor, Right.tickets_export, own=chosen.is_own)
    if not chosen.words:
        yield from queries.export(connection, chosen.filter, area, viewer(visitor))
        return
    after: Cursor | None = None
    while True:
        page = page_of_list(connection, visitor, chosen, after, BATCH, right=Right.tickets_export)
        yield from page.lines
        if page.next is None:
            return
        after = page.next
