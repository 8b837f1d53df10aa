"""Reads of the duty roster."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, case, select

from app.people.roster.models import DutyShift
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
