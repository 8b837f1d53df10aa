"""Arithmetic on working time: pure, exact, across midnight, weekends, holidays and make-up days.

A clock runs either round the clock or in a department's working hours; both are a `Timepiece`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from app.flows.calendar import WorkingCalendar
from app.flows.hours import COUNTY_TIME, Hours

LONGEST_LOOK = 400  # days; an office closed for longer is never open

Stretch = tuple[datetime, datetime]


class Timepiece(Protocol):
    """How the time of a promise passes. All instants are aware, in UTC."""

    def add(self, start: datetime, seconds: float) -> datetime:
        """The first instant at which so many seconds have passed since `start`."""

    def between(self, start: datetime, end: datetime) -> float:
        """The seconds that pass from `start` to `end`; 0 when `end` is not later."""


class RoundTheClock:
    """Time that never stands still."""

    def add(self, start: datetime, seconds: float) -> datetime:
        """Simply later."""
        return start + timedelta(seconds=seconds)

    def between(self, start: datetime, end: datetime) -> float:
        """Simply the difference."""
        return max(0.0, (end - start).total_seconds())


ROUND_THE_CLOCK = RoundTheClock()


@dataclass(frozen=True)
class WorkingTime:
    """Time that passes only while a department's office is open."""

    hours: Sequence[Hours]
    calendar: WorkingCalendar
    department: str = ""

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open at an instant."""
        return any(begin <= at < end for begin, end in self._stretches(_county_day(at)))

    def add(self, start: datetime, seconds: float) -> datetime:
        """The first instant at which so many seconds of work have passed since `start`.

        An office that is never open (`flows check` refuses it) keeps its promises round the clock:
        no mistake in a calendar may keep a ticket from being opened.
        """
        if seconds <= 0:
            return start
        left = timedelta(seconds=seconds)
        for begin, end in self.stretches(start):
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return start + timedelta(seconds=seconds)

    def between(self, start: datetime, end: datetime) -> float:
        """The seconds of work from `start` to `end`; 0 when `end` is not later."""
        passed = timedelta()
        for opened, closed in self.stretches(start):
            if opened >= end:
                break
            passed += min(closed, end) - opened
        return passed.total_seconds()

    def is_worked(self, day: date) -> bool:
        """Whether the office opens at all on a day."""
        return bool(self._stretches(day))

    def is_holiday(self, day: date) -> bool:
        """Whether the office is closed on a day that it would be open on, for a public holiday."""
        return self.calendar.kind(day, self.department) == "holiday" and not self.is_worked(day)

    def is_make_up(self, day: date) -> bool:
        """Whether a day is worked to make up for a holiday."""
        return self.calendar.kind(day, self.department) == "workday" and self.is_worked(day)

    def stretches(self, start: datetime) -> Iterator[Stretch]:
        """The open stretches from an instant on, in order, as long as there are any."""
        day, idle = _county_day(start), 0
        while idle <= LONGEST_LOOK:
            idle += 1
            for begin, end in self._stretches(day):
                if end > start:
                    idle = 0
                    yield max(begin, start), end
            day += timedelta(days=1)

    def _stretches(self, day: date) -> list[Stretch]:
        """The open stretches of one day, in order, overlapping hours joined."""
        kept = self.calendar.weekday(day, self.department)
        joined: list[Stretch] = []
        for begin, end in sorted(h.on(day) for h in self.hours if h.is_kept(day.weekday(), kept)):
            if joined and begin <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((begin, end))
        return joined


def _county_day(at: datetime) -> date:
    return at.astimezone(COUNTY_TIME).date()
