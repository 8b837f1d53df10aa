"""Reads of sessions: whose cookie this is, and where somebody is signed in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from app.people.access.rights import Role
from app.people.access.visitor import ONESELF, Kind, Visitor
from app.people.credentials.models import StaffCredential
from app.people.sessions.browsers import device_name
from app.people.sessions.models import StaffSession
from app.people.sessions.service import (
    ABSOLUTE,
    CODE_WITHIN,
    IDLE,
    OIDC_WITH_FACTOR,
    PASSWORD,
    TOUCH_EVERY,
    token_hash,
)
from app.people.staff.models import Staff
from app.people.staff.queries import grants_of


class Pending(StrEnum):
    """What somebody must still do before they are signed in."""

    code = "code"  # give the second factor
    password = "password"  # replace a one-time password  # noqa: S105
    enrol = "enrol"  # set up the second factor that their role needs


@dataclass(frozen=True, slots=True)
class Seen:
    """A living session: whose it is, and what is to be done about it."""

    visitor: Visitor
    way: str
    pending: Pending | None
    renew: bool
    touch: bool


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A place where somebody is signed in."""

    key: str
    address: str
    browser: str
    created_at: datetime
    seen_at: datetime

    @property
    def device(self) -> str:
        """The browser and system, as people call them."""
        return device_name(self.browser)


def find_session(
    connection: Connection, token: str, at: datetime, totp_roles: frozenset[Role] = frozenset()
) -> Seen | None:
    """Whose cookie this is; None when it is unknown, ended, or too old.

    `totp_roles` are the roles that need a second factor.
    """
    row = connection.execute(
        select(
            StaffSession.key,
            StaffSession.needs_code,
            StaffSession.way,
            StaffSession.renew,
            StaffSession.seen_at,
            StaffSession.token_hash,
            Staff.id,
            Staff.name,
            Staff.language,
            StaffCredential.must_change,
            StaffCredential.totp_confirmed_at,
        )
        .join(Staff, Staff.id == StaffSession.staff_id)
        .join(StaffCredential, StaffCredential.staff_id == Staff.id)
        .where(_carries(token_hash(token), at), _alive(at), Staff.active)
    ).one_or_none()
    if row is None:
        return None
    grants = (*grants_of(connection, [row.id]).get(row.id, ()), ONESELF)
    visitor = Visitor(Kind.staff, row.id, row.name, row.language, grants, row.key)
    pending = _pending(
        needs_code=row.needs_code,
        must_change=row.must_change and row.way == PASSWORD,
        must_enrol=(
            row.totp_confirmed_at is None
            and row.way != OIDC_WITH_FACTOR
            and bool(visitor.roles & totp_roles)
        ),
    )
    current = row.token_hash == token_hash(token)
    touch = at - row.seen_at >= TOUCH_EVERY
    return Seen(visitor, row.way, pending, row.renew and current, touch)


def open_sessions(connection: Connection, staff_id: int, at: datetime) -> list[OpenSession]:
    """Where somebody is signed in, the latest seen first."""
    rows = connection.execute(
        select(
            StaffSession.key,
            StaffSession.address,
            StaffSession.browser,
            StaffSession.created_at,
            StaffSession.seen_at,
        )
        .where(StaffSession.staff_id == staff_id, _alive(at), StaffSession.needs_code.is_(False))
        .order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())
    )
    return [OpenSession(*row) for row in rows]


def _carries(hashed: str, at: datetime) -> ColumnElement[bool]:
    return or_(
        StaffSession.token_hash == hashed,
        and_(StaffSession.former_hash == hashed, StaffSession.former_until > at),
    )


def _alive(at: datetime) -> ColumnElement[bool]:
    return and_(
        StaffSession.ended_at.is_(None),
        StaffSession.created_at > at - ABSOLUTE,
        StaffSession.seen_at > at - IDLE,
        or_(StaffSession.needs_code.is_(False), StaffSession.created_at > at - CODE_WITHIN),
    )


def _pending(*, needs_code: bool, must_change: bool, must_enrol: bool) -> Pending | None:
    if needs_code:
        return Pending.code
    if must_change:
        return Pending.password
    return Pending.enrol if must_enrol else None
