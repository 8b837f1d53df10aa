"""Reads of the duty roster."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, case, or_, select

from app.people.roster.models import DutyPattern, DutyShift, DutySwap
from app.people.staff.models import Staff

DESK = ""  # the hotline's own desk


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A member of staff who is on duty. `phone` is empty when none is known."""

    staff_id: int
    name: str
    phone: str
    language: str
    role: str
    rank: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time in which nobody is on duty."""

    begins: datetime
    ends: datetime


def on_duty(connection: Connection, department: str, at: datetime, role: str = "") -> OnDuty | None:
    """Who is on duty for a department (empty: the desk) at an instant: the primary first.

    `role` narrows it to officers, agents or mediators. None when the roster has nobody.
    """
    return next(iter(all_on_duty(connection, department, at, role)), None)


def all_on_duty(
    connection: Connection, department: str, at: datetime, role: str = ""
) -> list[OnDuty]:
    """Everybody on duty for a department at an instant, primaries before backups."""
    order = case((DutyShift.rank == "primary", 0), else_=1)
    query = (
        select(Staff.id, Staff.name, Staff.phone, Staff.language, DutyShift.role, DutyShift.rank)
        .join(Staff, Staff.id == DutyShift.staff_id)
        .where(
            DutyShift.department == department,
            DutyShift.starts_at <= at,
            DutyShift.ends_at > at,
            DutyShift.cancelled_at.is_(None),
            Staff.active,
        )
        .order_by(order, DutyShift.starts_at, DutyShift.id)
    )
    if role:
        query = query.where(DutyShift.role == role)
    people: dict[int, OnDuty] = {}
    for row in connection.execute(query):
        people.setdefault(row.id, OnDuty(*row))
    return list(people.values())


def gaps(
    connection: Connection, department: str, begins: datetime, ends: datetime, role: str = ""
) -> list[Gap]:
    """The stretches between two instants in which nobody is on duty, in order."""
    found, covered_until = [], begins
    for shift in connection.execute(_shifts(department, begins, ends, role)):
        if shift.starts_at > covered_until:
            found.append(Gap(covered_until, shift.starts_at))
        covered_until = max(covered_until, shift.ends_at)
    if covered_until < ends:
        found.append(Gap(covered_until, ends))
    return found


def _shifts(
    department: str, begins: datetime, ends: datetime, role: str
) -> Select[datetime, datetime]:
    query = (
        select(DutyShift.starts_at, DutyShift.ends_at)
        .join(Staff, Staff.id == DutyShift.staff_id)
        .where(
            DutyShift.department == department,
            DutyShift.starts_at < ends,
            DutyShift.ends_at > begins,
            DutyShift.cancelled_at.is_(None),
            Staff.active,
        )
        .order_by(DutyShift.starts_at, DutyShift.id)
    )
    return query.where(DutyShift.role == role) if role else query


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A shift as the roster shows it."""

    id: int
    staff_id: int
    name: str
    department: str
    role: str
    rank: str
    starts_at: datetime
    ends_at: datetime
    is_asked_about: bool


def shifts_between(
    connection: Connection,
    begins: datetime,
    ends: datetime,
    *,
    department: str | None = None,
    staff_id: int | None = None,
) -> list[RosterEntry]:
    """The shifts that touch a stretch of time, in order; of one department or person, if given."""
    asked = select(DutySwap.id).where(DutySwap.shift_id == DutyShift.id, DutySwap.state == "asked")
    query = (
        select(
            DutyShift.id,
            DutyShift.staff_id,
            Staff.name,
            DutyShift.department,
            DutyShift.role,
            DutyShift.rank,
            DutyShift.starts_at,
            DutyShift.ends_at,
            asked.exists(),
        )
        .join(Staff, Staff.id == DutyShift.staff_id)
        .where(
            DutyShift.starts_at < ends, DutyShift.ends_at > begins, DutyShift.cancelled_at.is_(None)
        )
        .order_by(DutyShift.starts_at, DutyShift.id)
    )
    if department is not None:
        query = query.where(DutyShift.department == department)
    if staff_id is not None:
        query = query.where(DutyShift.staff_id == staff_id)
    return [RosterEntry(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class SwapEntry:
    """A swap as the roster shows it."""

    id: int
    shift_id: int
    return_shift_id: int | None
    asked_by: int
    to_staff_id: int
    why: str
    starts_at: datetime
    ends_at: datetime
    asked_at: datetime


def open_swaps(connection: Connection, staff_id: int | None = None) -> list[SwapEntry]:
    """Swaps that wait for an answer, the soonest shift first; those of one person, if given."""
    query = (
        select(
            DutySwap.id,
            DutySwap.shift_id,
            DutySwap.return_shift_id,
            DutySwap.asked_by,
            DutySwap.to_staff_id,
            DutySwap.why,
            DutyShift.starts_at,
            DutyShift.ends_at,
            DutySwap.asked_at,
        )
        .join(DutyShift, DutyShift.id == DutySwap.shift_id)
        .where(DutySwap.state == "asked")
        .order_by(DutyShift.starts_at, DutySwap.id)
    )
    if staff_id is not None:
        mine = or_(DutySwap.to_staff_id == staff_id, DutySwap.asked_by == staff_id)
        query = query.where(mine)
    return [SwapEntry(*row) for row in connection.execute(query)]


def find_shift(connection: Connection, shift_id: int) -> RosterEntry | None:
    """A shift that is on the roster, or None."""
    row = connection.execute(
        select(DutyShift.starts_at, DutyShift.ends_at).where(DutyShift.id == shift_id)
    ).one_or_none()
    if row is None:
        return None
    found = shifts_between(connection, row.starts_at, row.ends_at)
    return next((entry for entry in found if entry.id == shift_id), None)


@dataclass(frozen=True, slots=True)
class WeeklyEntry:
    """A weekly duty as the roster shows it; see `DutyPattern`."""

    id: int
    staff_id: int
    department: str
    role: str
    rank: str
    weekday: int
    starts: str
    minutes: int
    on_holidays: bool


def weekly_duties(connection: Connection) -> list[WeeklyEntry]:
    """The weekly duties that have no end yet, by desk and weekday."""
    query = (
        select(
            DutyPattern.id,
            DutyPattern.staff_id,
            DutyPattern.department,
            DutyPattern.role,
            DutyPattern.rank,
            DutyPattern.weekday,
            DutyPattern.starts,
            DutyPattern.minutes,
            DutyPattern.on_holidays,
        )
        .where(DutyPattern.valid_until.is_(None))
        .order_by(DutyPattern.department, DutyPattern.weekday, DutyPattern.starts, DutyPattern.id)
    )
    return [WeeklyEntry(*row) for row in connection.execute(query)]
