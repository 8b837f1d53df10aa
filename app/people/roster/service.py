"""The verbs of the roster: shifts by hand and from weekly duties. `swaps` has those of swaps."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from app.database import insert_once
from app.flows.calendar import WorkingCalendar
from app.flows.directory import Directory
from app.flows.hours import COUNTY_TIME
from app.jobs.runner import Handler, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload
from app.people.roster.calendar import warn_of_unpublished_years
from app.people.roster.errors import RosterError
from app.people.roster.models import DutyPattern, DutyRole, DutyShift, Rank

GENERATE = "roster.generate"
GENERATING = Every(GENERATE, 3_600.0)
LOOK_AHEAD = "roster.look_ahead"
LOOKING_AHEAD = Every(LOOK_AHEAD, 86_400.0)
AHEAD = timedelta(days=35)  # how far the pattern is laid out
LONGEST_SHIFT = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Shift:
    """One stretch of duty. An empty `department` is the hotline's own desk."""

    staff_id: int
    department: str
    role: DutyRole
    rank: Rank
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class WeeklyDuty:
    """A duty that repeats every week; see `DutyPattern`."""

    staff_id: int
    department: str
    role: DutyRole
    rank: Rank
    weekday: int
    starts: str
    minutes: int
    on_holidays: bool
    valid_from: date
    valid_until: date | None = None


def add_shift(connection: Connection, shift: Shift, key: str) -> int:
    """Put a shift on the roster once by `key`; returns its id. Raises RosterError."""
    length = shift.ends_at - shift.starts_at
    if not timedelta() < length <= LONGEST_SHIFT:
        raise RosterError(
            "值班结束要晚于开始，最长 36 小时。",
            "A shift ends after it begins and has at most 36 hours.",
        )
    came_from = f"hand:{key}"[:64]
    _insert_shift(connection, came_from, shift)
    query = select(DutyShift.id).where(DutyShift.came_from == came_from)
    return connection.execute(query).scalar_one()


def cancel_shift(connection: Connection, shift_id: int, at: datetime) -> bool:
    """Take a shift off the roster; False when it is not on it."""
    gone = connection.execute(
        update(DutyShift)
        .where(DutyShift.id == shift_id, DutyShift.cancelled_at.is_(None))
        .values(cancelled_at=at)
    )
    return gone.rowcount == 1


def add_weekly(connection: Connection, duty: WeeklyDuty) -> int:
    """Add a weekly duty; its shifts follow with the next laying out. Raises RosterError."""
    if not 0 <= duty.weekday <= 6 or not 0 < duty.minutes <= LONGEST_SHIFT / timedelta(minutes=1):
        raise RosterError(
            "请选择星期几，值班时长在 1 分钟到 36 小时之间。",
            "Choose a weekday, and a length of 1 minute to 36 hours.",
        )
    _time_of_day(duty.starts)
    added = insert(DutyPattern).values(
        staff_id=duty.staff_id,
        department=duty.department,
        role=duty.role,
        rank=duty.rank,
        weekday=duty.weekday,
        starts=duty.starts,
        minutes=duty.minutes,
        on_holidays=duty.on_holidays,
        valid_from=duty.valid_from,
        valid_until=duty.valid_until,
    )
    return connection.execute(added.returning(DutyPattern.id)).scalar_one()


def end_weekly(connection: Connection, pattern_id: int, last_day: date, at: datetime) -> int:
    """Let a weekly duty end with a day; shifts laid out after it go. Returns how many went."""
    connection.execute(
        update(DutyPattern).where(DutyPattern.id == pattern_id).values(valid_until=last_day)
    )
    midnight = datetime.combine(last_day + timedelta(days=1), time.min, COUNTY_TIME)
    gone = connection.execute(
        update(DutyShift)
        .where(
            DutyShift.came_from.startswith(f"pattern:{pattern_id}:"),
            DutyShift.starts_at >= max(midnight.astimezone(UTC), at),
            DutyShift.cancelled_at.is_(None),
        )
        .values(cancelled_at=at)
    )
    return gone.rowcount


def lay_out(connection: Connection, calendar: WorkingCalendar, first: date, last: date) -> int:
    """Make the shifts of all weekly duties for some days; returns how many are new.

    Done again it makes nothing twice, and nothing that was taken off the roster.
    """
    standing = select(DutyPattern).where(
        DutyPattern.valid_from <= last,
        or_(DutyPattern.valid_until.is_(None), DutyPattern.valid_until >= first),
    )
    patterns: Sequence[Any] = connection.execute(standing.order_by(DutyPattern.id)).all()
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    wanted = {
        f"pattern:{pattern.id}:{day.isoformat()}": _shift_of(pattern, day)
        for day in days
        for pattern in patterns
        if _falls_on(pattern, calendar, day)
    }
    there = _came_from(connection, wanted.values())
    return sum(
        _insert_shift(connection, came_from, shift)
        for came_from, shift in wanted.items()
        if came_from not in there
    )


def generate(directory: Callable[[], Directory]) -> Handler:
    """The recurring job that lays the weekly duties out, by the calendar in force."""

    def run(_payload: Payload, tools: Tools) -> None:
        today = tools.clock.now().astimezone(COUNTY_TIME).date()
        with tools.database.writing() as connection:
            lay_out(connection, directory().calendar, today, today + AHEAD)

    return run


def look_ahead(directory: Callable[[], Directory]) -> Handler:
    """The recurring job that warns of a year whose make-up workdays are not known."""

    def run(_payload: Payload, tools: Tools) -> None:
        today = tools.clock.now().astimezone(COUNTY_TIME).date()
        warn_of_unpublished_years(directory().calendar, today)

    return run


def _falls_on(pattern: Any, calendar: WorkingCalendar, day: date) -> bool:
    """Whether a weekly duty is done on a day."""
    if day < pattern.valid_from or (pattern.valid_until and day > pattern.valid_until):
        return False
    kept = day.weekday() if pattern.on_holidays else calendar.weekday(day, pattern.department)
    return bool(kept == pattern.weekday)


def _shift_of(pattern: Any, day: date) -> Shift:
    """The shift that a weekly duty makes on a day."""
    begins = datetime.combine(day, _time_of_day(pattern.starts), COUNTY_TIME).astimezone(UTC)
    ends = begins + timedelta(minutes=pattern.minutes)
    return Shift(pattern.staff_id, pattern.department, pattern.role, pattern.rank, begins, ends)


def _came_from(connection: Connection, shifts: Collection[Shift]) -> set[str]:
    """Which shifts of that time were made before, those taken off the roster included."""
    if not shifts:
        return set()
    begins = min(shift.starts_at for shift in shifts)
    query = select(DutyShift.came_from).where(DutyShift.starts_at >= begins)
    return set(connection.execute(query).scalars())


def _insert_shift(connection: Connection, came_from: str, shift: Shift) -> bool:
    return insert_once(
        connection,
        DutyShift,
        came_from=came_from,
        staff_id=shift.staff_id,
        department=shift.department,
        role=shift.role,
        rank=shift.rank,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )


def _time_of_day(starts: str) -> time:
    try:
        return datetime.strptime(starts, "%H:%M").time()  # noqa: DTZ007 - a time of day only
    except ValueError:
        raise RosterError("开始时间请写成 08:30。", "Write the start as 08:30.") from None
