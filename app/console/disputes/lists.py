"""The list of cases: filtered by its address, paged, exported, with the numbers above it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from app.console.disputes.sight import reach
from app.console.naming import Names, names_for
from app.flows.hours import COUNTY_TIME
from app.keys import key_of
from app.mediation.cases import lists
from app.mediation.cases.lists import CaseFilter
from app.mediation.cases.queries import CaseView
from app.mediation.cases.states import OPEN_STATES, STATES, days_between
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.people.staff.queries import all_people
from app.tickets.lists.paging import Cursor
from app.web.access import ExportDisputes, ViewDisputes
from app.web.exports import AskedFormat, Column, Row, Sheet, export
from app.web.pages import render
from app.web.site import site_of

router = APIRouter(prefix="/console/disputes", include_in_schema=False)

FIELDS = ("state", "due", "kind", "department", "mediator", "from", "to")
DUES = ("session", "follow_up", "court")
HERE = "/console/disputes"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filter of an address: as it is written, and what it means."""

    values: Mapping[str, str]
    filter: CaseFilter

    @property
    def active(self) -> list[tuple[str, str]]:
        """The fields that narrow the list."""
        return [(name, self.values[name]) for name in FIELDS if self.values.get(name)]

    def address(self, **changes: str) -> str:
        """The address of the same list with some fields changed; "" takes one away."""
        pairs = {name: value for name, value in (dict(self.values) | changes).items() if value}
        return f"{HERE}?{urlencode(pairs)}" if pairs else HERE


@router.get("")
def case_list(request: Request, visitor: ViewDisputes) -> Response:
    """The list."""
    site = site_of(request)
    now, chosen = site.clock.now(), _chosen(request, visitor)
    after = Cursor.parse(request.query_params.get("after", ""))
    area = reach(visitor)
    with site.database.reading() as connection:
        page = lists.list_cases(connection, chosen.filter, area, visitor.staff_id, now, after=after)
        months = lists.months(connection, area, now)
        waiting = lists.waiting(connection, area, now)
        people = [one for one in all_people(connection) if one.active]
        named = {case.mediator_id for case in page.lines}
        names = names_for(request, visitor, connection, named | {one.id for one in people})
    return render(
        request,
        "disputes/list.html",
        visitor=visitor,
        chosen=chosen,
        cases=page.lines,
        after=after,
        next=page.next,
        months=months,
        waiting=waiting,
        names=names,
        days_between=days_between,
        states=STATES,
        dues=DUES,
        kinds=[(key, names.category(key)) for key in names.directory.categories],
        departments=[(key, names.department(key)) for key in names.directory.departments],
        mediators=[
            one for one in people if any(g.gives(Right.mediations_lead) for g in one.grants)
        ],
        key=site.identities.random_id(),
        may_lead=visitor.may(Right.mediations_lead),
        may_export=visitor.may(Right.disputes_export),
    )


@router.get("/export")
def export_list(
    request: Request, visitor: ExportDisputes, file_format: AskedFormat = "csv"
) -> Response:
    """The list as it is filtered, as a file; what a seal hides stays hidden."""
    site = site_of(request)
    chosen = _chosen(request, visitor)
    with site.database.reading() as connection:
        people = {person.id for person in all_people(connection)}
        names = names_for(request, visitor, connection, people)
    area, now = reach(visitor, Right.disputes_export), site.clock.now()

    def rows(connection: Connection) -> Iterator[Row]:
        for case in lists.export_cases(connection, chosen.filter, area, visitor.staff_id, now):
            yield _row(case, names)

    sheet = Sheet(
        what="disputes",
        title=names.say("disputes.title"),
        columns=_columns(names),
        rows=rows,
        filters=dict(chosen.active),
    )
    return export(request, visitor, sheet, file_format)


def _columns(names: Names) -> list[Column]:
    def text(key: str, width: int = 14) -> Column:
        return Column(names.say(f"disputes.{key}"), "text", width)

    def instant(key: str) -> Column:
        return Column(names.say(f"disputes.{key}"), "instant", 20)

    return [
        text("number"),
        text("subject", 40),
        text("state"),
        text("kind", 18),
        text("department", 18),
        text("mediator"),
        instant("first_call"),
        instant("opened"),
        instant("settled_at"),
        Column(names.say("disputes.days_to_settle"), "number", 12),
        text("effective_on"),
        text("court_until"),
        text("follow_up_on"),
        instant("followed_up"),
        text("ticket"),
    ]


def _row(case: CaseView, names: Names) -> Row:
    return (
        case.number,
        names.say("disputes.sealed_matter") if case.hidden else case.subject,
        names.say(f"disputes.state.{case.state}"),
        names.category(case.kind),
        names.department(case.department),
        names.person(case.mediator_id),
        case.first_call_at,
        case.opened_at,
        case.settled_at,
        case.days,
        case.effective_on.isoformat() if case.effective_on else "",
        case.court_until.isoformat() if case.court_until else "",
        case.follow_up_on.isoformat() if case.follow_up_on else "",
        case.followed_up_at,
        case.ticket_number,
    )


def _chosen(request: Request, visitor: Visitor) -> Chosen:
    """What makes no sense in an address is left out."""
    values = {name: request.query_params.get(name, "").strip() for name in FIELDS}
    state, mediator = values["state"], values["mediator"]
    states = tuple(one for one in STATES if one == state)
    if state == "unsettled":
        states = OPEN_STATES
    first, last = _day(values["from"]), _day(values["to"])
    return Chosen(
        values,
        CaseFilter(
            states=states,
            kind=values["kind"],
            department=values["department"] or None,
            mediator_id=visitor.staff_id if mediator == "me" else key_of(mediator),
            opened_from=_midnight(first) if first else None,
            opened_before=_midnight(last + timedelta(days=1)) if last else None,
            due=values["due"],
        ),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), COUNTY_TIME)
