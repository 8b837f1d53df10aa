"""The list of tickets: filtered by its address, paged, exported, printed."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection, and_

from app.console.naming import Names, names_for
from app.console.tickets.filtering import DUES, Chosen, chosen_by
from app.console.tickets.lines import line_of, owners
from app.console.tickets.owners import workers
from app.console.tickets.sight import reach, viewer
from app.keys import key_of
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.tickets.amendments import PRIORITIES
from app.tickets.filters.queries import saved_filters
from app.tickets.lists import queries
from app.tickets.lists.paging import Cursor, Page
from app.tickets.lists.rows import ListedTicket
from app.tickets.models import IS_OPEN
from app.tickets.search.queries import Seeker, search
from app.tickets.states import NEXT
from app.web.access import ViewTickets
from app.web.pages import render
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets", include_in_schema=False)

PAGE, PRINTED = 50, 500
CHANNELS = ("phone", "sms", "portal", "console", "api")
KINDS = ("appeal", "voicemail", "incident", "mediation", "callback")


@router.get("")
def ticket_list(request: Request, visitor: ViewTickets) -> Response:
    """The list."""
    chosen = chosen_of(request, visitor)
    after = Cursor.parse(request.query_params.get("after", ""))
    printed = request.query_params.get("print") == "1"
    with site_of(request).database.reading() as connection:
        page = page_of_list(connection, visitor, chosen, after, PRINTED if printed else PAGE)
        context = _context(request, visitor, connection, chosen, page)
    template = "tickets/print.html" if printed else "tickets/page.html"
    return render(request, template, visitor=visitor, after=after, **context)


def chosen_of(request: Request, visitor: Visitor) -> Chosen:
    """The filter of an address, for whoever asks now."""
    now = site_of(request).clock.now()
    return chosen_by(request.query_params.multi_items(), visitor, now)


def page_of_list(
    connection: Connection,
    visitor: Visitor,
    chosen: Chosen,
    after: Cursor | None,
    limit: int,
    right: Right = Right.tickets_view,
) -> Page[ListedTicket]:
    """A page of the list; words are looked for among what the rest of the filter leaves."""
    eyes = viewer(visitor)
    area = reach(visitor, right, own=chosen.is_own)
    if chosen.is_open:  # said in these words, the indexes of open tickets are used
        area = and_(area, IS_OPEN)
    if chosen.words:
        within = and_(area, *chosen.filter.conditions(eyes))
        seeker = Seeker(within, eyes)
        return search(connection, chosen.words, seeker, after=after, limit=limit).page
    return queries.list_tickets(
        connection, chosen.filter, area, eyes, order=chosen.order, after=after, limit=limit
    )


def _context(
    request: Request,
    visitor: Visitor,
    connection: Connection,
    chosen: Chosen,
    page: Page[ListedTicket],
) -> dict[str, Any]:
    named = owners(page.lines)
    owner = key_of(chosen.values.get("owner", ""))
    if owner is not None:
        named.add(owner)
    names = names_for(request, visitor, connection, named)
    own = visitor.staff_id
    may_work = visitor.may(Right.tickets_work)
    return {
        "chosen": chosen,
        "lines": [line_of(ticket, names, visitor) for ticket in page.lines],
        "next": page.next,
        "names": names,
        "choices": _choices(names),
        "active": [(name, _named(names, name, value)) for name, value in chosen.active],
        "saved": saved_filters(connection, own) if own is not None else (),
        "people": workers(connection),
        "may_work": may_work,
        "may_assign": visitor.may(Right.tickets_assign),
        "may_export": visitor.may(Right.tickets_export),
        "key": site_of(request).identities.random_id(),
    }


def _choices(names: Names) -> dict[str, list[tuple[str, str]]]:
    """What each field of the filter offers: code and name."""
    directory = names.directory
    return {
        "state": [("open", names.coded("state", "open"))]
        + [(state, names.coded("state", state)) for state in NEXT],
        "department": [("-", names.department(""))]
        + [(key, names.department(key)) for key in directory.departments],
        "category": [(key, names.category(key)) for key in directory.categories],
        "priority": [(key, names.coded("priority", key)) for key in PRIORITIES],
        "channel": [(key, names.coded("channel", key)) for key in CHANNELS],
        "kind": [(key, names.coded("kind", key)) for key in KINDS],
        "due": [(key, names.say(f"tickets.list.due.{key}")) for key in DUES],
        "sealed": [(key, names.say(f"tickets.list.sealed.{key}")) for key in ("yes", "no")],
    }


def _named(names: Names, field: str, value: str) -> str:
    """A field of the filter as it is shown when it is in force."""
    if field == "owner":
        if value in ("me", "none"):
            return names.say(f"tickets.list.owner.{value}")
        owner = key_of(value)
        return value if owner is None else names.person(owner)
    return dict(_choices(names).get(field, ())).get(value, value)
