"""Public holidays and make-up workdays of China, as the library `holidays` knows them."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock

import structlog

from app.flows.calendar import DayKind, WorkingCalendar
from app.people.roster import published

log = structlog.get_logger()

BEFORE, AFTER = 1, 2  # years asked for together with one that is needed
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Year:
    """The special days of one year."""

    holidays: frozenset[date]
    workdays: frozenset[date]


class ChineseHolidays:
    """The source of holidays (`app.flows.calendar.Holidays`). Thread-safe.

    The library is asked in a process of its own and not kept in memory. `prepare` starts it
    beforehand, so that no call has to wait for it.
    """

    def __init__(self) -> None:
        self._years: dict[int, Year] = {}
        self._asked: tuple[range, subprocess.Popen[str]] | None = None
        self._lock = Lock()

    def prepare(self, year: int) -> None:
        """Ask for the years around one, without waiting for the answer."""
        with self._lock:
            if self._asked is None and year not in self._years:
                years = range(year - BEFORE, year + AFTER + 1)
                self._asked = (years, _ask(years))

    def kind(self, day: date) -> DayKind:
        """What is special about a day: a public holiday, a make-up workday, or nothing."""
        year = self._year(day.year)
        if day in year.holidays:
            return "holiday"
        return "workday" if day in year.workdays else "ordinary"

    def is_published(self, year: int) -> bool:
        """Whether the make-up workdays of a year are known; no year is without any."""
        return bool(self._year(year).workdays)

    def _year(self, year: int) -> Year:
        known = self._years.get(year)
        if known is not None:
            return known
        self.prepare(year)
        with self._lock:
            if self._asked is not None:
                years, process = self._asked
                self._years |= _answer(years, process)
                self._asked = None
        return self._year(year)


def _ask(years: range) -> subprocess.Popen[str]:
    program = Path(published.__file__)
    # Isolated: its own folder must not be searched for modules, or our `calendar` hides Python's.
    return subprocess.Popen(  # noqa: S603 - our own file, and two numbers
        [sys.executable, "-I", str(program), str(years[0]), str(years[-1])],
        stdout=subprocess.PIPE,
        text=True,
    )


def _answer(years: range, process: subprocess.Popen[str]) -> dict[int, Year]:
    """What the process says; when it fails the library is asked here, whatever the memory."""
    try:
        told = json.loads(process.communicate(timeout=PATIENCE_SECONDS)[0])
    except (subprocess.TimeoutExpired, ValueError) as error:
        log.warning("calendar.asked_here", error=type(error).__name__)
        process.kill()
        process.communicate()
        told = published.published(years[0], years[-1])
    return {
        int(year): Year(_dates(days["holidays"]), _dates(days["workdays"]))
        for year, days in told.items()
    }


def _dates(days: list[str]) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in days)


LATE_MONTH = 12  # from then on it is late for the days of the next year to be unknown


def unpublished_years(calendar: WorkingCalendar, today: date) -> list[int]:
    """The years, among this one and from October on the next, whose make-up days are unknown."""
    years = [today.year, today.year + 1] if today.month >= 10 else [today.year]
    return [year for year in years if not calendar.is_published(year)]


def warn_of_unpublished_years(calendar: WorkingCalendar, today: date) -> list[str]:
    """Log each year without make-up days; returns one sentence for each, saying what to do."""
    sentences = []
    for year in unpublished_years(calendar, today):
        # The notice of next year is out by December as a rule: until then nothing is amiss.
        say = log.info if year > today.year and today.month < LATE_MONTH else log.warning
        say("calendar.year_unpublished", year=year)
        sentences.append(
            f"The make-up workdays of {year} are not known: update the library `holidays`, or enter"
            f" the official notice in calendar.yaml with `published: true`."
        )
    return sentences
