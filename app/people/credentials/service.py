"""The verbs of credentials; what was proved and what was changed. The only writer of its tables."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, update

from app.people.credentials.models import RecoveryCode, StaffCredential
from app.people.credentials.totp import recovery_hash

ONE_TIME_DAYS = timedelta(days=7)


def give_password(
    connection: Connection, staff_id: int, password_hash: str, at: datetime, *, one_time: bool
) -> None:
    """Set somebody's password. A one-time one must be changed at once, within a week."""
    values = {
        "password_hash": password_hash,
        "password_set_at": at,
        "must_change": one_time,
        "one_time_until": at + ONE_TIME_DAYS if one_time else None,
    }
    changed = connection.execute(
        update(StaffCredential).where(StaffCredential.staff_id == staff_id).values(**values)
    ).rowcount
    if not changed:
        connection.execute(insert(StaffCredential).values(staff_id=staff_id, **values))


def begin_totp(connection: Connection, staff_id: int, secret: str) -> None:
    """Keep a secret that does not count yet; one that counts is not touched."""
    connection.execute(
        update(StaffCredential)
        .where(StaffCredential.staff_id == staff_id, StaffCredential.totp_confirmed_at.is_(None))
        .values(totp_secret=secret)
    )


def confirm_totp(
    connection: Connection, staff_id: int, step: int, codes: Sequence[str], at: datetime
) -> bool:
    """Let the secret count, after a code of it was given; False when one counts already."""
    confirmed = connection.execute(
        update(StaffCredential)
        .where(
            StaffCredential.staff_id == staff_id,
            StaffCredential.totp_confirmed_at.is_(None),
        )
        .values(totp_confirmed_at=at, totp_step=step)
    ).rowcount
    if confirmed:
        replace_recovery_codes(connection, staff_id, codes)
    return confirmed == 1


def use_totp(connection: Connection, staff_id: int, step: int) -> bool:
    """Use a code up; False when it, or a later one, was used already."""
    return (
        connection.execute(
            update(StaffCredential)
            .where(StaffCredential.staff_id == staff_id, StaffCredential.totp_step < step)
            .values(totp_step=step)
        ).rowcount
        == 1
    )


def remove_totp(connection: Connection, staff_id: int) -> None:
    """Take the second factor and its recovery codes away."""
    connection.execute(
        update(StaffCredential)
        .where(StaffCredential.staff_id == staff_id)
        .values(totp_secret="", totp_confirmed_at=None, totp_step=0)
    )
    connection.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))


def replace_recovery_codes(connection: Connection, staff_id: int, codes: Sequence[str]) -> None:
    """Put new recovery codes in the place of all former ones."""
    connection.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    connection.execute(
        insert(RecoveryCode),
        [{"staff_id": staff_id, "code_hash": recovery_hash(staff_id, code)} for code in codes],
    )


def use_recovery_code(connection: Connection, staff_id: int, code: str, at: datetime) -> bool:
    """Use a recovery code up; False when it is none, or was used already."""
    return (
        connection.execute(
            update(RecoveryCode)
            .where(
                RecoveryCode.staff_id == staff_id,
                RecoveryCode.code_hash == recovery_hash(staff_id, code),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=at)
        ).rowcount
        == 1
    )


def bind_subject(connection: Connection, staff_id: int, subject: str) -> None:
    """Remember what the identity provider calls somebody, at their first sign-in by it."""
    connection.execute(
        update(StaffCredential)
        .where(StaffCredential.staff_id == staff_id, StaffCredential.oidc_subject.is_(None))
        .values(oidc_subject=subject)
    )
