"""Cases as lists and as numbers: filtered, paged, exported, counted by month."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import mean

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from app.flows.hours import COUNTY_TIME
from app.mediation.cases.models import DisputeCase, DisputeSitting
from app.mediation.cases.queries import CaseView, case_query, shown
from app.mediation.cases.states import (
    CONFIRMATION_DAYS,
    ENDED,
    OPEN_STATES,
    TOLD_BEFORE,
    CaseState,
    county_day,
    days_between,
)
from app.tickets.lists.paging import Cursor, Page, beyond, page_of

Condition = ColumnElement[bool]
EXPORT_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases a list shows. `due` is `session`, `follow_up` or `court`."""

    states: Sequence[CaseState] = ()
    kind: str = ""
    department: str | None = None
    mediator_id: int | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    due: str = ""

    def conditions(self, at: datetime) -> list[Condition]:
        """As conditions on `DisputeCase`."""
        found: list[Condition] = []
        if self.states:
            found.append(DisputeCase.state.in_(self.states))
        if self.kind:
            found.append(DisputeCase.kind == self.kind)
        if self.department is not None:
            found.append(DisputeCase.department == self.department)
        if self.mediator_id is not None:
            found.append(DisputeCase.mediator_id == self.mediator_id)
        if self.opened_from is not None:
            found.append(DisputeCase.opened_at >= self.opened_from)
        if self.opened_before is not None:
            found.append(DisputeCase.opened_at < self.opened_before)
        return found + _due(self.due, at)


def list_cases(
    connection: Connection,
    chosen: CaseFilter,
    scope: Condition,
    staff_id: int | None,
    at: datetime,
    *,
    after: Cursor | None = None,
    limit: int = 50,
) -> Page[CaseView]:
    """A page of cases, the newest first."""
    query = case_query(scope, *chosen.conditions(at))
    if after is not None:
        query = query.where(beyond(DisputeCase.opened_at, DisputeCase.id, after, falling=True))
    newest = (DisputeCase.opened_at.desc(), DisputeCase.id.desc())
    rows = connection.execute(query.order_by(*newest).limit(limit + 1)).all()
    cases = [shown(row, staff_id) for row in rows]
    return page_of(cases, limit, lambda case: Cursor(case.opened_at, case.id))


def export_cases(
    connection: Connection,
    chosen: CaseFilter,
    scope: Condition,
    staff_id: int | None,
    at: datetime,
) -> Iterator[CaseView]:
    """All cases that a filter chooses, the newest first."""
    after: Cursor | None = None
    while True:
        page = list_cases(connection, chosen, scope, staff_id, at, after=after, limit=EXPORT_PAGE)
        yield from page.lines
        if page.next is None:
            return
        after = page.next


@dataclass(frozen=True, slots=True)
class Month:
    """What came of disputes in a month. `days` is the mean from first call to settlement."""

    first: date
    opened: int
    settled: int
    ended: int
    days: float | None


def months(
    connection: Connection, scope: Condition, at: datetime, count: int = 6
) -> Sequence[Month]:
    """The last months, this one first: how many cases, and in how many days they were settled."""
    first = _months_back(county_day(at), count - 1)
    since = datetime.combine(first, datetime.min.time(), COUNTY_TIME)
    opened = connection.execute(
        select(DisputeCase.opened_at).where(scope, DisputeCase.opened_at >= since)
    ).scalars()
    ended = connection.execute(
        select(DisputeCase.ended_at, DisputeCase.settled_at, DisputeCase.first_call_at).where(
            scope, DisputeCase.state.in_(sorted(ENDED)), DisputeCase.ended_at >= since
        )
    ).all()
    opened_in = [county_day(each).replace(day=1) for each in opened]
    found = []
    for back in range(count):
        month = _months_back(county_day(at), back)
        of_month = [row for row in ended if county_day(row.ended_at).replace(day=1) == month]
        days = [days_between(row.first_call_at, row.settled_at) for row in of_month if row[1]]
        found.append(
            Month(
                month,
                opened_in.count(month),
                len(days),
                len(of_month),
                mean(days) if days else None,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many cases wait for something."""

    open: int
    session: int
    follow_up: int
    court: int


def waiting(connection: Connection, scope: Condition, at: datetime) -> Waiting:
    """What is to be done, counted."""

    def count(*conditions: Condition) -> int:
        query = select(func.count()).select_from(DisputeCase).where(scope, *conditions)
        return connection.execute(query).scalar_one()

    return Waiting(
        count(DisputeCase.state.in_(OPEN_STATES)),
        *(count(*_due(due, at)) for due in ("session", "follow_up", "court")),
    )


def _due(due: str, at: datetime) -> list[Condition]:
    today = county_day(at)
    match due:
        case "session":
            planned = select(DisputeSitting.case_id).where(
                DisputeSitting.state == "planned", DisputeSitting.planned_at > at
            )
            return [DisputeCase.id.in_(planned)]
        case "follow_up":
            return [
                DisputeCase.state == "settled",
                DisputeCase.followed_up_at.is_(None),
                DisputeCase.follow_up_on <= today,
            ]
        case "court":
            oldest = today - timedelta(days=CONFIRMATION_DAYS)
            near = oldest + TOLD_BEFORE
            return [and_(DisputeCase.effective_on >= oldest, DisputeCase.effective_on <= near)]
    return []


def of_ticket_or_call(
    connection: Connection, *, ticket_id: int | None = None, call_sid: str = ""
) -> Sequence[tuple[str, CaseState]]:
    """Number and state of the cases that came from a ticket or a call, for their pages."""
    of_ticket = DisputeCase.ticket_id == ticket_id if ticket_id is not None else None
    of_call = DisputeCase.call_sid == call_sid if call_sid else None
    known = [condition for condition in (of_ticket, of_call) if condition is not None]
    if not known:
        return []
    query = select(DisputeCase.number, DisputeCase.state).where(or_(*known))
    rows = connection.execute(query.order_by(DisputeCase.id)).all()
    return [(row.number, row.state) for row in rows]


def _months_back(day: date, count: int) -> date:
    months_since_zero = day.year * 12 + day.month - 1 - count
    return date(months_since_zero // 12, months_since_zero % 12 + 1, 1)
