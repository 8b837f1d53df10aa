"""When an office opens and closes next, and which holiday comes: pure, from its working time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.flows.hours import COUNTY_TIME
from app.flows.working import WorkingTime

SOON = 14  # days: a holiday further away is not spoken of
ALWAYS = timedelta(days=8)  # an office open for longer without a break does not close
MAKE_UP_WITHIN = 7  # days before and behind a holiday in which days are worked for it
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """How an office stands at an instant.

    `until` is when it closes (None: it is closed, or never closes), `opens` when it opens next
    (None: it is open, or never opens).
    """

    is_open: bool
    until: datetime | None = None
    opens: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday: the first and last day the office is closed, and days worked for it."""

    first: date
    last: date
    workdays: tuple[date, ...]


def opening(working: WorkingTime, at: datetime) -> Opening:
    """Whether the office is open, until when, and when it opens next."""
    until: datetime | None = None
    for begin, end in working.stretches(at):
        if until is None:
            if begin > at:
                return Opening(is_open=False, opens=begin)
        elif begin > until:
            return Opening(is_open=True, until=until)
        until = end
        if until - at > ALWAYS:
            return Opening(is_open=True)
    return Opening(is_open=until is not None, until=until)


def next_holiday(working: WorkingTime, today: date) -> Holiday | None:
    """The public holiday that is on, or begins within 14 days."""
    days = (today + DAY * number for number in range(SOON + 1))
    day = next((day for day in days if working.is_holiday(day)), None)
    if day is None:
        return None
    first, last = day, day
    while not working.is_worked(first - DAY) and day - first < ALWAYS * 2:
        first -= DAY
    while not working.is_worked(last + DAY) and last - day < ALWAYS * 2:
        last += DAY
    around = (first + DAY * number for number in range(-MAKE_UP_WITHIN, (last - first).days + 8))
    workdays = tuple(one for one in around if one >= today and working.is_make_up(one))
    return Holiday(first, last, workdays)


def county_day(at: datetime) -> date:
    """The day it is in the county at an instant."""
    return at.astimezone(COUNTY_TIME).date()
