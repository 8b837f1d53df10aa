"""What people do with their own account; each act is audited.

Whoever changes what proves who they are proves it once more: by the password, and guessing it here
is slowed down as it is at the door.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.database import Database
from app.people.access.visitor import Visitor
from app.people.audit.service import record
from app.people.credentials import service as credentials
from app.people.credentials import totp
from app.people.credentials.passwords import hash_password, verify_password
from app.people.credentials.queries import Credential, credential_of
from app.people.credentials.rules import LONGEST, check_password
from app.people.credentials.throttle import charge, forgive, login_gate
from app.people.pins import service as pins
from app.people.pins.service import check_pin
from app.people.sessions import service as sessions


class WrongPasswordError(Exception):
    """The password given once more was not right."""


class WrongCodeError(Exception):
    """The code from the authenticator app was not right."""


class SamePasswordError(Exception):
    """The new password is the old one."""


def confirm_password(database: Database, visitor: Visitor, password: str, at: datetime) -> None:
    """Raise WrongPasswordError unless it is theirs; TooManyAttemptsError after some failures."""
    with database.writing() as connection:
        credential = _credential(connection, visitor)
        charge(connection, (login_gate(credential.login),), at)
    if not verify_password(password[: LONGEST + 1], credential.password_hash):
        raise WrongPasswordError
    with database.writing() as connection:
        forgive(connection, login_gate(credential.login))


def set_password(database: Database, visitor: Visitor, password: str, at: datetime) -> None:
    """Replace somebody's own password; every other session of theirs ends.

    Raises WeakPasswordError or SamePasswordError.
    """
    with database.reading() as connection:
        credential = _credential(connection, visitor)
    check_password(password, credential.login, visitor.name)
    if verify_password(password, credential.password_hash):
        raise SamePasswordError
    hashed = hash_password(password)
    with database.writing() as connection:
        credentials.give_password(connection, credential.staff_id, hashed, at, one_time=False)
        ended = sessions.end_all(connection, credential.staff_id, at, but=visitor.session)
        _record(connection, visitor, "account.password_changed", {"sessions_ended": ended}, at)


def confirm_totp(
    database: Database, visitor: Visitor, code: str, recovery: Sequence[str], at: datetime
) -> None:
    """Let the second factor count once a code of it was given; every other session ends.

    Raises WrongCodeError.
    """
    with database.writing() as connection:
        credential = _credential(connection, visitor)
        secret = credential.totp_secret
        step = totp.matching_step(secret, code, at) if secret else None
        if step is None or not credentials.confirm_totp(
            connection, credential.staff_id, step, recovery, at
        ):
            raise WrongCodeError
        ended = sessions.end_all(connection, credential.staff_id, at, but=visitor.session)
        _record(connection, visitor, "account.totp_set", {"sessions_ended": ended}, at)


def totp_to_confirm(database: Database, visitor: Visitor, fresh: str) -> str:
    """The secret that waits to be confirmed; the fresh one when none does yet."""
    with database.writing() as connection:
        credential = _credential(connection, visitor)
        if credential.totp_secret and not credential.has_totp:
            return credential.totp_secret
        credentials.begin_totp(connection, credential.staff_id, fresh)
    return fresh


def remove_totp(database: Database, visitor: Visitor, at: datetime) -> None:
    """Take one's second factor away."""
    with database.writing() as connection:
        credentials.remove_totp(connection, visitor.id)
        _record(connection, visitor, "account.totp_removed", {}, at)


def replace_recovery_codes(
    database: Database, visitor: Visitor, codes: Sequence[str], at: datetime
) -> None:
    """Replace one's recovery codes."""
    with database.writing() as connection:
        credentials.replace_recovery_codes(connection, visitor.id, codes)
        _record(connection, visitor, "account.recovery_codes_replaced", {}, at)


def set_pin(database: Database, visitor: Visitor, pin: str, at: datetime) -> None:
    """Set one's PIN for the telephone. Raises WeakPinError."""
    check_pin(pin)
    hashed = hash_password(pin)
    with database.writing() as connection:
        pins.set_pin(connection, visitor, hashed, at)


def end_session(database: Database, visitor: Visitor, key: str, at: datetime) -> bool:
    """End one of one's own sessions; whether there was one."""
    with database.writing() as connection:
        ended = sessions.end_session(connection, visitor.id, key, at)
        if ended:
            act = "sign_out" if key == visitor.session else "account.session_ended"
            _record(connection, visitor, act, {}, at)
    return ended


def end_other_sessions(database: Database, visitor: Visitor, at: datetime) -> int:
    """End all of one's own sessions but this one; how many there were."""
    with database.writing() as connection:
        ended = sessions.end_all(connection, visitor.id, at, but=visitor.session)
        _record(connection, visitor, "account.sessions_ended", {"sessions_ended": ended}, at)
    return ended


def _credential(connection: Connection, visitor: Visitor) -> Credential:
    credential = credential_of(connection, visitor.id)
    if credential is None:
        raise LookupError(visitor.actor)
    return credential


def _record(
    connection: Connection, visitor: Visitor, act: str, detail: dict[str, object], at: datetime
) -> None:
    record(connection, actor=visitor.actor, act=act, target=visitor.actor, detail=detail, at=at)
