"""Reads of who is at their telephone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from app.people.presence.address import client_of
from app.people.presence.models import PresenceState, StaffPresence
from app.people.staff.models import Staff

BEAT_SECONDS = 2
GONE_AFTER = timedelta(seconds=6)  # without a beat; rung then, a caller is offered to others
RUNG_AT_MOST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Presence:
    """How the telephone of a member of the staff stands."""

    staff_id: int
    state: PresenceState
    page: str
    at_desk: bool
    changed_at: datetime
    beat_at: datetime

    def is_here(self, at: datetime) -> bool:
        """Whether its page was heard of lately."""
        return self.beat_at > at - GONE_AFTER

    @property
    def address(self) -> str:
        """Where it is rung."""
        return client_of(self.staff_id)


_COLUMNS: tuple[Any, ...] = tuple(getattr(StaffPresence, name) for name in Presence.__slots__)


def presence_of(connection: Connection, staff_id: int, *, lock: bool = False) -> Presence | None:
    """How somebody's telephone stands, or stood last; None when they never had one."""
    query = select(*_COLUMNS).where(StaffPresence.staff_id == staff_id)
    query = query.with_for_update() if lock else query
    row = connection.execute(query).one_or_none()
    return None if row is None else Presence(*row)


def here(connection: Connection, staff: Collection[int], at: datetime) -> dict[int, Presence]:
    """Those of these people who are at their telephones."""
    if not staff:
        return {}
    query = select(*_COLUMNS).where(StaffPresence.staff_id.in_(staff), is_here(at))
    return {row.staff_id: Presence(*row) for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Attendant:
    """Somebody who takes the callers of the desk at their browser."""

    staff_id: int
    name: str
    language: str


def at_the_desk(connection: Connection, at: datetime) -> list[Attendant]:
    """Whoever is ready for the hotline's own desk, longest first."""
    query = (
        select(Staff.id, Staff.name, Staff.language)
        .join(StaffPresence, StaffPresence.staff_id == Staff.id)
        .where(Staff.active, StaffPresence.at_desk, StaffPresence.state == "ready", is_here(at))
        .order_by(StaffPresence.changed_at, Staff.id)
    )
    return [Attendant(*row) for row in connection.execute(query)]


def is_here(at: datetime) -> ColumnElement[bool]:
    """Whose page was heard of lately."""
    return StaffPresence.beat_at > at - GONE_AFTER


def gone_lately(connection: Connection, at: datetime) -> list[int]:
    """Whose page fell silent within the last minutes: they may still be rung."""
    silent = StaffPresence.beat_at <= at - GONE_AFTER, StaffPresence.beat_at > at - RUNG_AT_MOST
    return list(connection.execute(select(StaffPresence.staff_id).where(*silent)).scalars())


@dataclass(frozen=True, slots=True)
class Ready:
    """Somebody who takes calls in their browser now."""

    login: str
    name: str


def attendants(connection: Connection, at: datetime, but: int) -> list[Ready]:
    """Whoever else is ready, by name."""
    query = (
        select(Staff.login, Staff.name)
        .join(StaffPresence, StaffPresence.staff_id == Staff.id)
        .where(Staff.active, StaffPresence.state == "ready", is_here(at), Staff.id != but)
        .order_by(Staff.name)
    )
    return [Ready(*row) for row in connection.execute(query)]
