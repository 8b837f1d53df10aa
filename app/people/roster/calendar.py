"""Public holidays and make-up workdays of China, from the library `holidays`."""

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import structlog

from app.flows.calendar import DayKind, WorkingCalendar

if TYPE_CHECKING:
    from holidays import HolidayBase

log = structlog.get_logger()

REMEMBERED_DAYS = 4_096


class ChineseHolidays:
    """The source of holidays (`app.flows.calendar.Holidays`). Loads its library when first asked.

    The library knows a year's make-up workdays only after the State Council has published them,
    and is silent about those it does not know: a year with none of them is not published.
    """

    def __init__(self) -> None:
        self.kind = lru_cache(maxsize=REMEMBERED_DAYS)(self._kind)
        self.is_published = lru_cache(maxsize=64)(self._is_published)

    def _kind(self, day: date) -> DayKind:
        calendar = _china(day.year)
        if day in calendar:
            return "holiday"
        return "workday" if day.weekday() > 4 and calendar.is_working_day(day) else "ordinary"

    def _is_published(self, year: int) -> bool:
        return any(day.year == year for day in _china(year).weekend_workdays)


@lru_cache(maxsize=16)
def _china(year: int) -> "HolidayBase":
    """The calendar of a year; its neighbours are loaded too, for notices that reach over."""
    from holidays.countries.china import China

    return China(years=(year - 1, year, year + 1))  # type: ignore[no-untyped-call]


def unpublished_years(calendar: WorkingCalendar, today: date) -> list[int]:
    """The years, among this one and from October on the next, whose make-up days are unknown."""
    years = [today.year, today.year + 1] if today.month >= 10 else [today.year]
    return [year for year in years if not calendar.is_published(year)]


def warn_of_unpublished_years(calendar: WorkingCalendar, today: date) -> list[str]:
    """Log each year without make-up days; returns one sentence for each, saying what to do."""
    sentences = []
    for year in unpublished_years(calendar, today):
        log.warning("calendar.year_unpublished", year=year)
        sentences.append(
            f"The make-up workdays of {year} are not known: update the library `holidays`, or enter"
            f" the official notice in calendar.yaml with `published: true`."
        )
    return sentences
