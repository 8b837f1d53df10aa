"""Pages of the roster."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, get_args

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from app.console.naming import names_for
from app.console.roster.forms import ShiftForm, WeeklyForm
from app.console.roster.week import by_department, clock, days_from, midnight, monday_of, row_of
from app.flows.hours import COUNTY_TIME
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.people.roster import queries, service, swaps
from app.people.roster.errors import RosterError
from app.people.roster.models import DutyRole, Rank
from app.people.roster.queries import DESK
from app.people.roster.service import WeeklyDuty
from app.people.staff.queries import all_people
from app.web.access import EditRoster, UseAccount, ViewRoster
from app.web.pages import language_of, render
from app.web.problems import ProblemError
from app.web.site import site_of

router = APIRouter(prefix="/console/roster")

HERE = "/console/roster"
Text = Annotated[str, Form(max_length=500)]


@router.get("")
def week(request: Request, visitor: ViewRoster, week: str = "") -> Response:
    """A week: who is on duty where, where nobody is, and what waits for an answer."""
    site = site_of(request)
    now = site.clock.now()
    monday = monday_of(_day(week, now.astimezone(COUNTY_TIME).date()))
    days = days_from(monday)
    begins, ends = midnight(days[0]), midnight(days[-1] + timedelta(days=1))
    with site.database.reading() as connection:
        shifts = by_department(queries.shifts_between(connection, begins, ends))
        rows = [
            row_of(key, days, shifts.get(key, ()), _gaps(connection, key, begins, ends))
            for key in (DESK, *site.library.current.directory.departments)
        ]
        people = [person for person in all_people(connection) if person.active]
        return render(
            request,
            "roster/week.html",
            visitor=visitor,
            names=names_for(request, visitor, connection, [person.id for person in people]),
            rows=rows,
            days=days,
            today=now.astimezone(COUNTY_TIME).date(),
            calendar=site.library.current.directory.calendar,
            clock=clock,
            before=monday - timedelta(days=7),
            after=monday + timedelta(days=7),
            desks=[row.department for row in rows],
            may_edit=lambda key: visitor.may(Right.roster_edit, department=key),
            people=people,
            swaps=queries.open_swaps(connection, _mine_only(visitor)),
            weekly=queries.weekly_duties(connection),
            roles=get_args(DutyRole),
            ranks=get_args(Rank),
            form_key=site.identities.random_id(),
        )


@router.post("/shifts")
def add_shift(
    request: Request, visitor: EditRoster, form: Annotated[ShiftForm, Form()]
) -> Response:
    """Put somebody on duty once."""
    visitor.insist(Right.roster_edit, department=form.department)
    return _done(
        request,
        visitor,
        lambda c, _at: service.add_shift(c, form.shift(), form.key),
        form.starts.date(),
    )


@router.post("/shifts/{shift}/cancel")
def cancel_shift(
    request: Request, visitor: EditRoster, shift: int, day: Annotated[date, Form()]
) -> Response:
    """Take a shift off the roster."""

    def cancel(connection: Connection, at: datetime) -> None:
        entry = queries.find_shift(connection, shift)
        if entry is None:
            raise ProblemError(404)
        visitor.insist(Right.roster_edit, department=entry.department)
        service.cancel_shift(connection, shift, at)

    return _done(request, visitor, cancel, day)


@router.post("/weekly")
def add_weekly(
    request: Request, visitor: EditRoster, form: Annotated[WeeklyForm, Form()]
) -> Response:
    """Put somebody on duty on some weekdays, every week."""
    visitor.insist(Right.roster_edit, department=form.department)
    site = site_of(request)
    today = site.clock.now().astimezone(COUNTY_TIME).date()
    calendar = site.library.current.directory.calendar

    def add(connection: Connection, _at: datetime) -> None:
        for weekday in form.weekdays:
            duty = WeeklyDuty(
                form.staff,
                form.department,
                form.role,
                form.rank,
                weekday,
                form.starts.strip(),
                round(form.hours * 60),
                form.on_holidays,
                valid_from=today,
            )
            service.add_weekly(connection, duty)
        service.lay_out(connection, calendar, today, today + service.AHEAD)

    return _done(request, visitor, add, today)


@router.post("/weekly/{duty}/end")
def end_weekly(request: Request, visitor: EditRoster, duty: int) -> Response:
    """Let a weekly duty end with today."""
    today = site_of(request).clock.now().astimezone(COUNTY_TIME).date()

    def end(connection: Connection, at: datetime) -> None:
        found = {one.id: one for one in queries.weekly_duties(connection)}.get(duty)
        if found is None:
            raise ProblemError(404)
        visitor.insist(Right.roster_edit, department=found.department)
        service.end_weekly(connection, duty, today, at)

    return _done(request, visitor, end, today)


@router.post("/shifts/{shift}/swap")
def ask_to_swap(
    request: Request,
    visitor: UseAccount,
    shift: int,
    colleague: Annotated[int, Form()],
    day: Annotated[date, Form()],
    why: Text = "",
) -> Response:
    """Ask a colleague to take one's own shift."""
    return _done(
        request,
        visitor,
        lambda c, at: swaps.ask(
            c, shift_id=shift, asked_by=visitor.id, to_staff_id=colleague, at=at, why=why
        ),
        day,
    )


@router.post("/swaps/{swap}/{answer}")
def answer_swap(request: Request, visitor: UseAccount, swap: int, answer: str) -> Response:
    """Accept or decline as the colleague, cancel as who asked, or force as a supervisor."""
    verbs: dict[str, Callable[[Connection, int, int, datetime], None]] = {
        "accept": swaps.accept,
        "decline": swaps.decline,
        "cancel": swaps.cancel,
        "force": swaps.force,
    }
    if answer not in verbs:
        raise ProblemError(404)

    def settle(connection: Connection, at: datetime) -> None:
        if answer == "force":
            visitor.insist(Right.roster_edit, department=_of_swap(connection, swap))
        verbs[answer](connection, swap, visitor.id, at)

    return _done(request, visitor, settle)


def _done(
    request: Request,
    visitor: Visitor,
    do: Callable[[Connection, datetime], object],
    day: date | None = None,
) -> Response:
    """Do it and show the week; what the roster refuses is said."""
    site = site_of(request)
    try:
        with site.database.writing() as connection:
            do(connection, site.clock.now())
    except RosterError as error:
        raise ProblemError(422, error.said(language_of(request, visitor))) from error
    site.wake_jobs()
    return RedirectResponse(f"{HERE}?week={day.isoformat()}" if day else HERE, 303)


def _gaps(
    connection: Connection, department: str, begins: datetime, ends: datetime
) -> list[queries.Gap]:
    """Only the hotline's own desk promises somebody at every hour."""
    return queries.gaps(connection, department, begins, ends) if department == DESK else []


def _of_swap(connection: Connection, swap: int) -> str:
    entry = next((one for one in queries.open_swaps(connection) if one.id == swap), None)
    shift = queries.find_shift(connection, entry.shift_id) if entry else None
    if shift is None:
        raise ProblemError(404)
    return shift.department


def _mine_only(visitor: Visitor) -> int | None:
    return None if visitor.may(Right.roster_edit) else visitor.id


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
