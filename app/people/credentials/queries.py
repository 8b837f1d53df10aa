"""Reads of credentials."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from app.people.credentials.models import RecoveryCode, StaffCredential
from app.people.staff.models import Staff


@dataclass(frozen=True, slots=True)
class Credential:
    """What somebody can prove themselves by."""

    staff_id: int
    login: str
    active: bool
    password_hash: str
    must_change: bool
    one_time_until: datetime | None
    totp_secret: str
    totp_confirmed_at: datetime | None
    totp_step: int
    oidc_subject: str | None

    @property
    def has_totp(self) -> bool:
        """Whether a second factor counts."""
        return self.totp_confirmed_at is not None

    def usable(self, at: datetime) -> bool:
        """Whether one may sign in by it: an active person, and no one-time password run out."""
        ran_out = self.must_change and self.one_time_until is not None and self.one_time_until <= at
        return self.active and not ran_out


def credential_of(connection: Connection, staff_id: int) -> Credential | None:
    """The credential of somebody by id."""
    return _find(connection, StaffCredential.staff_id == staff_id)


def credential_by_login(connection: Connection, login: str) -> Credential | None:
    """The credential of somebody by login."""
    return _find(connection, Staff.login == login.strip().lower())


def credential_by_subject(connection: Connection, subject: str) -> Credential | None:
    """The credential of somebody by what the identity provider calls them."""
    return _find(connection, StaffCredential.oidc_subject == subject)


def recovery_codes_left(connection: Connection, staff_id: int) -> int:
    """How many recovery codes somebody has not used."""
    left = select(func.count()).where(
        RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None)
    )
    return connection.execute(left).scalar_one()


def with_totp(connection: Connection) -> frozenset[int]:
    """The staff ids that have a second factor."""
    confirmed = select(StaffCredential.staff_id).where(
        StaffCredential.totp_confirmed_at.is_not(None)
    )
    return frozenset(connection.execute(confirmed).scalars())


def _find(connection: Connection, condition: ColumnElement[bool]) -> Credential | None:
    row = connection.execute(
        select(
            StaffCredential.staff_id,
            Staff.login,
            Staff.active,
            StaffCredential.password_hash,
            StaffCredential.must_change,
            StaffCredential.one_time_until,
            StaffCredential.totp_secret,
            StaffCredential.totp_confirmed_at,
            StaffCredential.totp_step,
            StaffCredential.oidc_subject,
        )
        .join(Staff, Staff.id == StaffCredential.staff_id)
        .where(condition)
    ).one_or_none()
    return None if row is None else Credential(**row._asdict())
