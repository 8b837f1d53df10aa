"""A week of the roster as a grid: a row for each desk, a column for each day. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from app.flows.hours import COUNTY_TIME
from app.people.roster.queries import Gap, RosterEntry

DAYS = 7


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one desk: its shifts that begin on it, and when nobody is there."""

    shifts: Sequence[RosterEntry]
    gaps: Sequence[Gap]


@dataclass(frozen=True, slots=True)
class Row:
    """One desk through the week."""

    department: str
    cells: Sequence[Cell]


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def days_from(monday: date) -> list[date]:
    """The seven days of a week."""
    return [monday + timedelta(days=offset) for offset in range(DAYS)]


def midnight(day: date) -> datetime:
    """The beginning of a day in the county, in UTC."""
    return datetime.combine(day, time.min, COUNTY_TIME).astimezone(UTC)


def row_of(
    department: str, days: Sequence[date], shifts: Sequence[RosterEntry], gaps: Sequence[Gap]
) -> Row:
    """One desk's week out of its shifts and gaps."""
    return Row(department, [_cell(day, shifts, gaps) for day in days])


def by_department(shifts: Sequence[RosterEntry]) -> Mapping[str, list[RosterEntry]]:
    """The shifts of each desk, in their order."""
    found: dict[str, list[RosterEntry]] = {}
    for shift in shifts:
        found.setdefault(shift.department, []).append(shift)
    return found


def clock(instant: datetime) -> str:
    """The time of day in the county: 08:30."""
    return f"{instant.astimezone(COUNTY_TIME):%H:%M}"


def _cell(day: date, shifts: Sequence[RosterEntry], gaps: Sequence[Gap]) -> Cell:
    begins, ends = midnight(day), midnight(day + timedelta(days=1))
    inside = [
        Gap(max(gap.begins, begins), min(gap.ends, ends))
        for gap in gaps
        if gap.begins < ends and gap.ends > begins
    ]
    return Cell([shift for shift in shifts if begins <= shift.starts_at < ends], inside)
