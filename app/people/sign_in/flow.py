"""The way in: a password, then perhaps a second factor. Every try is counted and audited.

Whatever is wrong, the answer is the same and takes as long: an unknown login, a wrong password, a
deactivated account, a one-time password that has run out.
"""

from datetime import datetime

from sqlalchemy import Connection

from app.database import Database
from app.people.audit.service import record
from app.people.credentials import service as credentials
from app.people.credentials import totp
from app.people.credentials.passwords import verify_password
from app.people.credentials.queries import (
    Credential,
    credential_by_login,
    credential_by_subject,
    credential_of,
)
from app.people.credentials.rules import LONGEST
from app.people.credentials.throttle import (
    address_gate,
    charge,
    code_gate,
    forgive,
    login_gate,
    take_back,
)
from app.people.sessions.queries import Seen
from app.people.sessions.service import (
    OIDC,
    OIDC_WITH_FACTOR,
    PASSWORD,
    Door,
    end_session,
    open_session,
)
from app.people.sign_in.oidc import Identity

NOBODY = "staff:unknown"
TOTP, RECOVERY = "totp", "recovery"


class WrongError(Exception):
    """It was not right; whatever it was, this is all that is said."""


def by_password(database: Database, login: str, password: str, door: Door) -> bool:
    """Sign in under the door's fresh token; whether the second factor is still due.

    Raises WrongError, or TooManyAttemptsError before anything is tried.
    """
    with database.writing() as connection:
        charge(connection, (login_gate(login), address_gate(door.address)), door.at)
        before = credential_by_login(connection, login)
    kept = _tried(before, password, door.at)
    right = verify_password(password[: LONGEST + 1], kept)
    with database.writing() as connection:
        credential = credential_by_login(connection, login)
        # Once more: it may have been changed or deactivated while we were at it.
        if credential and right and _tried(credential, password, door.at) == kept:
            forgive(connection, login_gate(login))
            take_back(connection, address_gate(door.address))
            enter(connection, credential, PASSWORD, door, needs_code=credential.has_totp)
            return credential.has_totp
        _record(connection, credential, "sign_in.refused", PASSWORD, door.at)
    raise WrongError


def by_code(database: Database, half: Seen, code: str, door: Door) -> bool:
    """Give the second factor of a half-open session, which is replaced by the door's.

    Whether a recovery code was used up for it. Raises WrongError, or TooManyAttemptsError.
    """
    staff_id = half.visitor.id
    with database.writing() as connection:
        charge(connection, (code_gate(staff_id),), door.at)
        credential = credential_of(connection, staff_id)
        used = _use_code(connection, credential, code, door.at) if credential else None
        if credential and used:
            forgive(connection, code_gate(staff_id))
            end_session(connection, staff_id, half.visitor.session, door.at)
            enter(connection, credential, half.way, door, needs_code=False, factor=used)
            return used == RECOVERY
        _record(connection, credential, "sign_in.refused", "code", door.at)
    raise WrongError


def by_identity(database: Database, identity: Identity, door: Door) -> bool:
    """Sign in whom the identity provider names; whether our own second factor is still due.

    They are found by the provider's name for them, and the first time by their login. Raises
    WrongError when they are not of the staff: nobody is added by signing in.
    """
    way = OIDC_WITH_FACTOR if identity.by_factors else OIDC
    with database.writing() as connection:
        credential = _named(connection, identity)
        if credential and credential.active:
            credentials.bind_subject(connection, credential.staff_id, identity.subject)
            needs_code = credential.has_totp and not identity.by_factors
            enter(connection, credential, way, door, needs_code=needs_code)
            return needs_code
        _record(connection, credential, "sign_in.refused", way, door.at)
    raise WrongError


def _named(connection: Connection, identity: Identity) -> Credential | None:
    known = credential_by_subject(connection, identity.subject)
    if known:
        return known
    found = (credential_by_login(connection, login) for login in identity.logins)
    # Whoever is bound to another of the provider's accounts is not taken over by this one.
    return next((one for one in found if one and one.oidc_subject is None), None)


def enter(
    connection: Connection,
    credential: Credential,
    way: str,
    door: Door,
    *,
    needs_code: bool,
    factor: str = "",
) -> None:
    """Open a session for somebody who has proved who they are."""
    open_session(
        connection, staff_id=credential.staff_id, way=way, needs_code=needs_code, door=door
    )
    if not needs_code:
        said = f"{way}+{factor}" if factor else way
        _record(connection, credential, "sign_in.succeeded", said, door.at)


def _tried(credential: Credential | None, password: str, at: datetime) -> str | None:
    """The hash that a password is tried against; None when nothing could be right."""
    if credential is None or not credential.usable(at) or len(password) > LONGEST:
        return None
    return credential.password_hash


def _use_code(
    connection: Connection, credential: Credential, code: str, at: datetime
) -> str | None:
    step = totp.matching_step(credential.totp_secret, code, at) if credential.has_totp else None
    if step is not None and credentials.use_totp(connection, credential.staff_id, step):
        return TOTP
    if credentials.use_recovery_code(connection, credential.staff_id, code, at):
        return RECOVERY
    return None


def _record(
    connection: Connection, credential: Credential | None, act: str, way: str, at: datetime
) -> None:
    target = f"staff:{credential.staff_id}" if credential else NOBODY
    actor = target if act == "sign_in.succeeded" else "public"
    record(connection, actor=actor, act=act, target=target, detail={"way": way}, at=at)
