"""Tickets for other systems."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from sqlalchemy import select

from app.api.schemas import (
    NoteWish,
    Opened,
    TicketEventShown,
    TicketLine,
    TicketPage,
    TicketWhole,
    TicketWish,
    Transition,
)
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.tickets import service
from app.tickets.errors import StaleError, TicketError
from app.tickets.filters.filter import TicketFilter
from app.tickets.lists import queries
from app.tickets.lists.paging import Cursor
from app.tickets.lists.rows import WholeTicket
from app.tickets.models import Ticket, TicketEvent
from app.tickets.notes.service import add_note
from app.tickets.queries import find_by_source
from app.tickets.routing import routing_of
from app.tickets.seal.sight import viewer_of
from app.tickets.service import Appeal
from app.web.access import ApiViewTickets, ApiWorkTickets
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(tags=["tickets"])

Number = Annotated[str, "The ticket's eight digits."]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=64,
        pattern=r"^[\x21-\x7e]+$",
        description="Your name for this request: sent again with it, it is done once.",
    ),
]


@router.get("/tickets")
def list_tickets(
    request: Request,
    visitor: ApiViewTickets,
    state: Annotated[list[str] | None, Query()] = None,
    department: Annotated[list[str] | None, Query()] = None,
    category: Annotated[list[str] | None, Query()] = None,
    after: Annotated[str, Query(description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TicketPage:
    """Tickets within the token's scope, newest first."""
    chosen = TicketFilter(
        state=tuple(state or ()), department=tuple(department or ()), category=tuple(category or ())
    )
    with site_of(request).database.reading() as connection:
        page = queries.list_tickets(
            connection,
            chosen,
            _scope(visitor, Right.tickets_view),
            viewer_of(visitor),
            after=Cursor.parse(after),
            limit=limit,
        )
    items = [TicketLine.model_validate(line) for line in page.lines]
    return TicketPage(items=items, next=str(page.next) if page.next else None)


@router.post("/tickets", status_code=201)
def open_ticket(request: Request, visitor: ApiWorkTickets, key: Key, wish: TicketWish) -> Opened:
    """Open a ticket. With an `Idempotency-Key` that was used before, the same ticket is given."""
    site = site_of(request)
    directory = site.library.current.directory
    if wish.category not in directory.categories:
        raise ProblemError(422, f"There is no category {wish.category}: see GET /directory.")
    if wish.language not in directory.languages:
        raise ProblemError(422, f"There is no language {wish.language}: see GET /directory.")
    routing = routing_of(directory, wish.category)
    visitor.insist(Right.tickets_work, department=routing.department, region=routing.region)
    source = f"{visitor.actor}:{key}"
    with site.database.writing() as connection:
        known = find_by_source(connection, source)
        appeal = Appeal(
            number=known or site.identities.ticket_number(),
            source=source,
            kind="appeal",
            channel="api",
            opened_by=visitor.actor,
            **wish.model_dump(),
        )
        opened = service.open_ticket(connection, appeal, routing, site.clock.now())
    site.wake_jobs()
    return Opened.model_validate(opened)


@router.get("/tickets/{number}")
def read_ticket(request: Request, visitor: ApiViewTickets, number: Number) -> TicketWhole:
    """One ticket."""
    return TicketWhole.model_validate(_found(request, visitor, number, Right.tickets_view))


@router.get("/tickets/{number}/events")
def read_history(
    request: Request, visitor: ApiViewTickets, number: Number
) -> list[TicketEventShown]:
    """What happened to a ticket, the oldest first."""
    ticket = _found(request, visitor, number, Right.tickets_view)
    query = (
        select(
            TicketEvent.at,
            TicketEvent.actor,
            TicketEvent.event,
            TicketEvent.from_state,
            TicketEvent.to_state,
        )
        .where(TicketEvent.ticket_id == ticket.id)
        .order_by(TicketEvent.id)
    )
    with site_of(request).database.reading() as connection:
        return [TicketEventShown.model_validate(row) for row in connection.execute(query)]


@router.post("/tickets/{number}/transitions")
def move_ticket(
    request: Request, visitor: ApiWorkTickets, number: Number, move: Transition
) -> TicketWhole:
    """Move a ticket to a state; asked for again, it stays there."""
    _found(request, visitor, number, Right.tickets_work)
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            service.transition(
                connection,
                number,
                move.to,
                visitor.actor,
                move.why,
                site.clock.now(),
                until=move.until,
                version=move.version,
            )
    except TicketError as error:
        raise _refusal(error) from error
    site.wake_jobs()
    return TicketWhole.model_validate(_found(request, visitor, number, Right.tickets_view))


@router.post("/tickets/{number}/notes", status_code=201)
def write_note(
    request: Request, visitor: ApiWorkTickets, number: Number, key: Key, note: NoteWish
) -> dict[str, bool]:
    """Write an internal note. `new` is false when the key was used before."""
    _found(request, visitor, number, Right.tickets_work)
    site = site_of(request)
    note_key = f"{visitor.actor}:{key}"[:96]
    try:
        with site.database.writing() as connection:
            is_new = add_note(
                connection, number, note.body, visitor.actor, site.clock.now(), key=note_key
            )
    except TicketError as error:
        raise _refusal(error) from error
    return {"new": is_new}


def _scope(visitor: Visitor, right: Right) -> queries.Condition:
    return visitor.scope(right).condition(Ticket.department, Ticket.region)


def _found(request: Request, visitor: Visitor, number: str, right: Right) -> WholeTicket:
    with site_of(request).database.reading() as connection:
        ticket = queries.find_ticket(connection, number, _scope(visitor, right), viewer_of(visitor))
    if ticket is None:
        raise ProblemError(404, f"There is no ticket {number} within this token's scope.")
    return ticket


def _refusal(error: TicketError) -> ProblemError:
    return ProblemError(409 if isinstance(error, StaleError) else 422, str(error))
