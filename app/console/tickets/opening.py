"""Opening a ticket at the desk: for a visitor, or a call that did not pass the menus."""

from contextlib import suppress
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.console.naming import names_for
from app.console.tickets.forms import Fields, Written
from app.console.tickets.lines import Line, line_of, owners
from app.console.tickets.sight import reach, viewer
from app.flows.directory import Directory
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.tickets.amendments import PRIORITIES
from app.tickets.errors import NumberTakenError, RefusedError, SourceTakenError, TicketError
from app.tickets.handover.service import claim
from app.tickets.lists.rows import ListedTicket
from app.tickets.phones import e164
from app.tickets.queries import find_by_source
from app.tickets.routing import Routing, routing_of
from app.tickets.search.queries import Seeker, search
from app.tickets.service import Appeal, open_ticket
from app.web.access import WorkTickets
from app.web.pages import language_of, render
from app.web.site import site_of

router = APIRouter(prefix="/console/tickets/new", include_in_schema=False)

TRIES = 5  # fresh numbers before giving up: one in nine million is taken
SHOWN = 6  # tickets of the same caller


@router.get("")
def new_form(request: Request, visitor: WorkTickets, phone: str = "") -> Response:
    """An empty form, or one that begins with a telephone (from a call)."""
    return _form(request, visitor, Fields({"phone": phone, "mine": "yes"}))


@router.get("/similar")
def similar(request: Request, visitor: WorkTickets, phone: str = "", name: str = "") -> Response:
    """The tickets that a caller already has, while their telephone or name is being typed."""
    with site_of(request).database.reading() as connection:
        lines = _similar(request, visitor, connection, phone, name)
    typed = bool(phone.strip() or name.strip())
    return render(request, "ticket/similar.html", visitor=visitor, lines=lines, typed=typed)


@router.post("")
def open_new(request: Request, visitor: WorkTickets, written: Written) -> Response:
    """Open it, and go to its page; the same form sent twice opens one ticket."""
    try:
        number = _open(request, visitor, written)
    except TicketError as error:
        said = error.said(language_of(request, visitor))
        return _form(request, visitor, written, error=said, status=422)
    site_of(request).wake_jobs()
    return RedirectResponse(f"/console/desk?opened={number}" if not written["mine"] else
                            f"/console/tickets/{number}", 303)  # fmt: skip


def _open(request: Request, visitor: Visitor, written: Fields) -> str:
    site = site_of(request)
    directory = site.library.current.directory
    source = f"console:{written['key'] or site.identities.random_id()}"[:200]
    for _ in range(TRIES):
        appeal = _appeal(visitor, written, directory, site.identities.ticket_number(), source)
        with suppress(NumberTakenError):
            return _opened(request, visitor, written, appeal, directory)
    raise RefusedError("暂时取不到工单号，请再试一次。", "No number is free now; try again.")


def _opened(
    request: Request, visitor: Visitor, written: Fields, appeal: Appeal, directory: Directory
) -> str:
    """The number of the ticket; of the one that the same form opened before, if it did."""
    site = site_of(request)
    at = site.clock.now()
    try:
        with site.database.writing() as connection:
            opened = open_ticket(connection, appeal, _routing(directory, written), at)
            if written["mine"] and visitor.staff_id is not None:
                claim(connection, opened.number, visitor.staff_id, at)
    except SourceTakenError:
        with site.database.reading() as connection:
            return find_by_source(connection, appeal.source) or appeal.number
    return opened.number


def _appeal(
    visitor: Visitor, written: Fields, directory: Directory, number: str, source: str
) -> Appeal:
    phone, words = written["phone"].strip(), written["words"].strip()
    if phone and not e164(phone):
        raise RefusedError(
            "这个号码不对，请再核对一下。", "This is not a telephone number; check it."
        )
    if not words:
        raise RefusedError("请写下诉求内容。", "Write down what it is about.")
    if written["category"] not in directory.categories:
        raise RefusedError("请选择类别。", "Choose a category.")
    known = written["language"] in directory.languages
    return Appeal(
        number=number,
        source=source,
        kind="appeal",
        category=written["category"],
        channel="console",
        language=written["language"] if known else directory.default_language,
        caller=e164(phone) if phone else "",
        caller_name=written["name"].strip(),
        place=written["place"].strip(),
        words=words,
        confidential=bool(written["sealed"]),
        opened_by=visitor.actor,
    )


def _routing(directory: Directory, written: Fields) -> Routing:
    routing = routing_of(directory, written["category"])
    wished = written["priority"]
    return replace(routing, priority=wished) if wished in PRIORITIES else routing


def _form(
    request: Request, visitor: Visitor, written: Fields, error: str = "", status: int = 200
) -> Response:
    site = site_of(request)
    with site.database.reading() as connection:
        names = names_for(request, visitor, connection)
        lines = _similar(request, visitor, connection, written["phone"], written["name"])
    categories = names.directory.categories
    return render(
        request,
        "ticket/new.html",
        visitor=visitor,
        status=status,
        written=written,
        error=error,
        lines=lines,
        typed=bool(written["phone"] or written["name"]),
        categories=[(key, names.category(key)) for key in categories],
        departments={key: names.department(one.department) for key, one in categories.items()},
        languages={tag: names.spoken_language(tag) for tag in names.directory.languages},
        priorities=PRIORITIES,
        key=written["key"] or site.identities.random_id(),
    )


def _similar(
    request: Request, visitor: Visitor, connection: Connection, phone: str, name: str
) -> list[Line]:
    """The newest tickets under a telephone or a name that is written out."""
    seeker = Seeker(reach(visitor, Right.tickets_view), viewer(visitor))
    found: dict[int, ListedTicket] = {}
    for typed, how in ((phone, "phone"), (name, "name")):
        if len(typed.strip()) < 2:
            continue
        answer = search(connection, typed, seeker, limit=SHOWN)
        if answer.how == how:
            found |= {ticket.id: ticket for ticket in answer.page.lines}
    tickets = sorted(found.values(), key=lambda ticket: ticket.opened_at, reverse=True)[:SHOWN]
    names = names_for(request, visitor, connection, owners(tickets))
    return [line_of(ticket, names, visitor) for ticket in tickets]
