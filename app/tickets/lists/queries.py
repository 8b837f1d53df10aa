"""Reads for pages: lists by a filter, the desk, counts for badges, one ticket, exports.

`scope` is a condition on tickets: where the visitor may look (`Scope.condition`).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from app.people.access.scope import ALL
from app.tickets.filters.filter import TicketFilter
from app.tickets.handover.models import IS_STANDING, TicketOffer
from app.tickets.lists.leading import Unindexed, way_of, way_of_open
from app.tickets.lists.paging import Cursor, Page, beyond, merged, page_of
from app.tickets.lists.rows import ListedTicket, WholeTicket
from app.tickets.lists.steps import NextStep, next_step
from app.tickets.models import IS_OPEN, Ticket
from app.tickets.seal.sight import Viewer

Order = Literal["due", "newest"]
Condition = ColumnElement[bool]

EXPORT_PAGE = 500


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A ticket of one's own work, and what to do with it next."""

    ticket: ListedTicket
    step: NextStep


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is, for badges."""

    mine: int
    offered: int
    unowned: int
    overdue: int
    waiting: int
    open: int


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose desk: a person, the departments they work for (`*`: all), and where they may look."""

    viewer: Viewer
    departments: Collection[str]
    scope: Condition


def list_tickets(
    connection: Connection,
    chosen: TicketFilter,
    scope: Condition,
    viewer: Viewer,
    *,
    order: Order = "newest",
    after: Cursor | None = None,
    limit: int = 50,
) -> Page[ListedTicket]:
    """A page of the tickets that a filter chooses.

    By `newest` all of them, by `due` only open ones, what is due first coming first.
    """
    by_due = order == "due"
    conditions = [scope, *chosen.conditions(viewer)]
    if by_due or chosen.is_open:
        way = way_of_open(conditions, in_order=by_due)
    else:
        way = way_of(connection, conditions)
    query = ListedTicket.query().where(*way.conditions)
    page = _page(query, order, after, limit, in_order=way.in_order)
    rows = connection.execute(page).all()
    place = _due_place if by_due else _newest_place
    return page_of(ListedTicket.all_shown(rows, viewer), limit, place)


def desk(
    connection: Connection, whose: Desk, *, after: Cursor | None = None, limit: int = 50
) -> Page[DeskLine]:
    """A person's own work, what is due first coming first.

    It is what they own, what is offered to them, and what nobody owns in their departments. Each
    part is read by its own index.
    """
    offered = _offered_ids(connection, whose)
    parts = [
        ListedTicket.all_shown(connection.execute(_page(part, "due", after, limit)), whose.viewer)
        for part in _desk_parts(whose, offered)
    ]
    lines = merged(parts, _due_key, limit + 1)
    return page_of(
        [_desk_line(ticket, whose.viewer.staff_id, offered) for ticket in lines],
        limit,
        lambda line: _due_place(line.ticket),
    )


def find_ticket(
    connection: Connection, number: str, scope: Condition, viewer: Viewer
) -> WholeTicket | None:
    """All of a ticket by its number, as the viewer may see it; None outside their scope."""
    query = WholeTicket.query().where(Ticket.number == number, scope)
    row = connection.execute(query).one_or_none()
    return None if row is None else WholeTicket.shown(row, viewer)


def within_reach(whose: Desk) -> Condition:
    """The scope, and beyond it what the person owns or is offered: they must be able to open it."""
    offered = select(TicketOffer.ticket_id).where(_offered_to(whose))
    own = Ticket.owner_id == whose.viewer.staff_id
    return or_(whose.scope, own, Ticket.id.in_(offered))


def is_offered(connection: Connection, ticket_id: int, whose: Desk) -> bool:
    """Whether a ticket is on offer to a person now."""
    query = select(TicketOffer.id).where(TicketOffer.ticket_id == ticket_id, _offered_to(whose))
    return connection.execute(query).first() is not None


def counts(connection: Connection, whose: Desk, at: datetime) -> Counts:
    """How many open tickets are a person's own, on offer to them, or theirs to take."""
    mine = connection.execute(
        select(func.count()).where(IS_OPEN, Ticket.owner_id == whose.viewer.staff_id)
    ).scalar_one()
    unowned = and_(Ticket.owner_id.is_(None), _of(whose.departments))
    row = connection.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((unowned, 1), else_=0)), 0),
            func.coalesce(func.sum(case((Ticket.due_at < at, 1), else_=0)), 0),
            func.coalesce(func.sum(case((Ticket.state == "waiting", 1), else_=0)), 0),
        ).where(IS_OPEN, whose.scope)
    ).one()
    offered = len(_offered_ids(connection, whose))
    return Counts(mine, offered, int(row[1]), int(row[2]), int(row[3]), row[0])


def export(
    connection: Connection, chosen: TicketFilter, scope: Condition, viewer: Viewer
) -> Iterator[WholeTicket]:
    """All tickets that a filter chooses, newest first, as the viewer may see them."""
    after: Cursor | None = None
    while True:
        query = WholeTicket.query().where(scope, *chosen.conditions(viewer))
        rows = connection.execute(_page(query, "newest", after, EXPORT_PAGE)).all()
        page = page_of(WholeTicket.all_shown(rows, viewer), EXPORT_PAGE, _newest_place)
        yield from page.lines
        if page.next is None:
            return
        after = page.next


def _page(
    query: Select[Any],
    order: Order,
    after: Cursor | None,
    limit: int,
    *,
    in_order: bool = True,
) -> Select[Any]:
    """A page of a query; unless an index gives the order, what was found is sorted."""
    falling = order == "newest"
    instant: Any = Ticket.opened_at if falling else Ticket.due_at
    if not in_order:
        instant = Unindexed(instant)
    if not falling:
        query = query.where(IS_OPEN)
    if after is not None:
        query = query.where(beyond(instant, Ticket.id, after, falling=falling))
    ordered = (instant.desc(), Ticket.id.desc()) if falling else (instant, Ticket.id)
    return query.order_by(*ordered).limit(limit + 1)


def _desk_parts(whose: Desk, offered: Collection[int]) -> list[Select[Any]]:
    query = ListedTicket.query()
    own = query.where(Ticket.owner_id == whose.viewer.staff_id)
    unowned = query.where(Ticket.owner_id.is_(None), _of(whose.departments), whose.scope)
    parts = [own, unowned.where(Ticket.id.not_in(offered)) if offered else unowned]
    return [*parts, query.where(Ticket.id.in_(offered))] if offered else parts


def _desk_line(ticket: ListedTicket, staff_id: int | None, offered: Collection[int]) -> DeskLine:
    return DeskLine(ticket, next_step(ticket, staff_id, is_offered=ticket.id in offered))


def _offered_ids(connection: Connection, whose: Desk) -> frozenset[int]:
    query = (
        select(TicketOffer.ticket_id)
        .join(Ticket, Ticket.id == TicketOffer.ticket_id)
        .where(_offered_to(whose), IS_OPEN, TicketOffer.from_staff_id != whose.viewer.staff_id)
        .limit(200)
    )
    return frozenset(connection.execute(query).scalars())


def _offered_to(whose: Desk) -> Condition:
    to_person = TicketOffer.to_staff_id == whose.viewer.staff_id
    to_anybody = and_(
        TicketOffer.to_staff_id.is_(None),
        TicketOffer.to_department.is_not(None)
        if ALL in whose.departments
        else TicketOffer.to_department.in_(sorted(whose.departments)),
    )
    return and_(IS_STANDING, or_(to_person, to_anybody))


def _of(departments: Collection[str]) -> Condition:
    if ALL in departments:
        return Ticket.department.is_not(None)
    return Ticket.department.in_(sorted(departments))


def _due_key(ticket: ListedTicket) -> tuple[datetime, int]:
    return (ticket.due_at or ticket.opened_at, ticket.id)


def _due_place(ticket: ListedTicket) -> Cursor:
    return Cursor(*_due_key(ticket))


def _newest_place(ticket: ListedTicket) -> Cursor:
    return Cursor(ticket.opened_at, ticket.id)


def open_by_department(
    connection: Connection, scope: Condition, at: datetime
) -> dict[str, tuple[int, int]]:
    """How many tickets of each department are open, and how many of them are overdue."""
    overdue = func.coalesce(func.sum(case((Ticket.due_at < at, 1), else_=0)), 0)
    query = (
        select(Ticket.department, func.count(), overdue)
        .where(IS_OPEN, scope)
        .group_by(Ticket.department)
    )
    return {row[0]: (row[1], int(row[2])) for row in connection.execute(query)}
