"""Departments: who answers what, how fast, who is on duty now, and how much is open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.calls.outbound.rules import may_be_rung
from app.console.naming import names_for
from app.flows.directory import Category, Directory, Post
from app.flows.hours import WEEKDAYS, Hours
from app.flows.numbering import is_placeholder
from app.people.access.rights import Right
from app.people.roster.queries import DESK, OnDuty, all_on_duty
from app.tickets.lists.queries import open_by_department
from app.tickets.models import Ticket
from app.web.access import ViewDepartments
from app.web.pages import render
from app.web.site import site_of

router = APIRouter(prefix="/console/departments")


@dataclass(frozen=True, slots=True)
class Telephone:
    """A duty telephone; `rings` is False for a placeholder that no network assigns."""

    number: str
    rings: bool


@dataclass(frozen=True, slots=True)
class OpenHours:
    """Opening hours as one says them: runs of days, each from its first to its last."""

    runs: Sequence[tuple[str, str]]
    opens: str
    closes: str

    @classmethod
    def of(cls, hours: Hours) -> "OpenHours":
        """The opening hours of the directory; the end of a day is 24:00."""
        return cls(day_runs(hours.days), _clock(hours.opens), _clock(hours.closes))


def day_runs(days: Iterable[str]) -> list[tuple[str, str]]:
    """Days of the week (`mon`, …) as runs: Monday to Friday is one of them."""
    runs: list[tuple[int, int]] = []
    for at in sorted(set(map(WEEKDAYS.index, days))):
        first, last = runs.pop() if runs and runs[-1][1] == at - 1 else (at, at)
        runs.append((first, max(last, at)))
    return [(WEEKDAYS[first], WEEKDAYS[last]) for first, last in runs]


def _clock(at: time) -> str:
    return "24:00" if at == time.max else f"{at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Shown:
    """A department as the page shows it."""

    key: str
    telephones: Sequence[Telephone]
    hours: Sequence[OpenHours]
    head: Post | None
    director: Post | None
    categories: Mapping[str, Category]
    on_duty: Sequence[OnDuty]
    open: int
    overdue: int


@router.get("")
def page(request: Request, visitor: ViewDepartments) -> Response:
    """All departments, the hotline's own desk first."""
    site = site_of(request)
    now = site.clock.now()
    directory = site.library.current.directory
    scope = visitor.scope(Right.tickets_view).condition(Ticket.department, Ticket.region)
    with site.database.reading() as connection:
        counted = open_by_department(connection, scope, now)
        shown = [
            _shown(directory, key, all_on_duty(connection, key, now), counted.get(key, (0, 0)))
            for key in (DESK, *directory.departments)
        ]
        return render(
            request,
            "departments/page.html",
            visitor=visitor,
            departments=shown,
            names=names_for(request, visitor, connection),
            is_open=directory.is_open(now),
            may_see_tickets=visitor.may(Right.tickets_view),
            folder=site.settings.flows_dir if visitor.may(Right.site_setup) else None,
        )


def _shown(
    directory: Directory, key: str, on_duty: Sequence[OnDuty], counted: tuple[int, int]
) -> Shown:
    own = directory.departments.get(key)
    numbers = own.numbers if own else directory.duty.officers
    return Shown(
        key=key,
        telephones=[
            Telephone(number, may_be_rung(number) and not is_placeholder(number))
            for number in numbers
        ],
        hours=[OpenHours.of(one) for one in (own.hours if own else None) or directory.hours],
        head=own.head if own else directory.duty.head,
        director=own.director if own else directory.duty.director,
        categories={
            name: one for name, one in directory.categories.items() if one.department == key
        },
        on_duty=on_duty,
        open=counted[0],
        overdue=counted[1],
    )
