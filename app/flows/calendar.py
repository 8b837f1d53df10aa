"""Which days are worked: the model of `calendar.yaml`, laid over a source of public holidays.

The source is passed in (`app.people.roster.calendar` asks a library), so that flows stay pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, Protocol, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

DayKind = Literal["ordinary", "holiday", "workday"]
MONDAY = 0  # a make-up workday keeps a Monday's hours
LONGEST_SPAN = 62  # days


class Holidays(Protocol):
    """A source of public holidays and make-up workdays. Must always answer the same."""

    def kind(self, day: date) -> DayKind:
        """What is special about a day: a public holiday, a make-up workday, or nothing."""

    def is_published(self, year: int) -> bool:
        """Whether the make-up workdays of a year are known."""


class NoHolidays:
    """A source that knows of no holiday: every week is like the other."""

    def kind(self, day: date) -> DayKind:
        """Nothing is special about any day."""
        return "ordinary"

    def is_published(self, year: int) -> bool:
        """Nothing is missing where nothing is expected."""
        return True


def _span(value: object) -> object:
    """`2027-02-05`, or `2027-02-05/2027-02-11` for a span with both its ends."""
    if not isinstance(value, str):
        return value
    first, _, last = value.partition("/")
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise ValueError("write a day as 2027-02-05, a span as 2027-02-05/2027-02-11") from None
    if not 0 <= (end - begin).days < LONGEST_SPAN:
        raise ValueError(f"a span goes forward and has at most {LONGEST_SPAN} days")
    return (begin, end)


Span = Annotated[tuple[date, date], BeforeValidator(_span)]
Year = Annotated[str, Field(pattern=r"^20\d\d$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Closure(_Strict):
    """Days on which some departments, or all of them, are closed for a reason of their own."""

    days: Span
    departments: list[str] = Field(default_factory=list)
    why: str = ""

    def covers(self, day: date, department: str) -> bool:
        """Whether a department is closed on a day."""
        is_theirs = not self.departments or department in self.departments
        return is_theirs and self.days[0] <= day <= self.days[1]


class YearOverlay(_Strict):
    """What the county knows better of one year.

    With `published: true` the year's official notice is entered here in full.
    """

    published: bool = False
    holidays: list[Span] = Field(default_factory=list)
    workdays: list[Span] = Field(default_factory=list)
    closures: list[Closure] = Field(default_factory=list)

    def kind(self, day: date, department: str) -> DayKind | None:
        """What this overlay says of a day; None when it says nothing."""
        if any(closure.covers(day, department) for closure in self.closures):
            return "holiday"
        if _in(day, self.workdays):
            return "workday"
        return "holiday" if _in(day, self.holidays) else None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        for begin, end in self.workdays:
            for first, last in self.holidays:
                if begin <= last and first <= end:
                    raise ValueError(f"{max(begin, first)} is a holiday and a workday: keep one")
        return self

    def spans(self) -> Iterable[Span]:
        """All spans of the year."""
        yield from self.holidays
        yield from self.workdays
        yield from (closure.days for closure in self.closures)


class Overlay(_Strict):
    """The whole of `calendar.yaml`."""

    years: dict[Year, YearOverlay] = Field(default_factory=dict)

    @field_validator("years")
    @classmethod
    def _in_their_years(cls, years: dict[Year, YearOverlay]) -> dict[Year, YearOverlay]:
        for year, overlay in years.items():
            for begin, end in overlay.spans():
                if not begin.year <= int(year) <= end.year:
                    raise ValueError(f"{begin} does not belong to the year {year}")
        return years


@dataclass(frozen=True)
class WorkingCalendar:
    """The days of work: what the county says of a day, otherwise what the source says."""

    source: Holidays = field(default_factory=NoHolidays)
    overlay: Mapping[str, YearOverlay] = field(default_factory=dict)

    def kind(self, day: date, department: str = "") -> DayKind:
        """What is special about a day for a department (empty: the hotline's own desk)."""
        said = (overlay.kind(day, department) for overlay in self.overlay.values())
        return next((kind for kind in said if kind), None) or self.source.kind(day)

    def weekday(self, day: date, department: str = "") -> int | None:
        """The weekday whose hours a day keeps (Monday is 0); None on a holiday."""
        kind = self.kind(day, department)
        if kind == "holiday":
            return None
        return MONDAY if kind == "workday" and day.weekday() > 4 else day.weekday()

    def is_published(self, year: int) -> bool:
        """Whether the holidays and make-up workdays of a year are known in full."""
        overlay = self.overlay.get(str(year))
        return (overlay is not None and overlay.published) or self.source.is_published(year)


def _in(day: date, spans: Iterable[Span]) -> bool:
    return any(begin <= day <= end for begin, end in spans)
