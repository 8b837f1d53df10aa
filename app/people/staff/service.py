"""The verbs of staff: accounts and grants. The only writer of its tables; every verb is audited.

Each takes the visitor who does it and raises ForbiddenError when it lies outside their reach
(`authority.py`), or a StaffError that says what is wrong.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from app.database import blind_index, insert_once
from app.people.access.rights import Right, Role
from app.people.access.scope import ALL
from app.people.access.visitor import Grant, Visitor
from app.people.audit.service import record
from app.people.credentials.service import give_password, remove_totp
from app.people.sessions import service as sessions
from app.people.staff import authority
from app.people.staff.errors import (
    AreaError,
    LastAdministratorError,
    LoginError,
    LoginTakenError,
    NameMissingError,
    PhoneError,
)
from app.people.staff.models import Staff, StaffGrant
from app.people.staff.queries import Person, find_person, other_administrators
from app.tickets.phones import e164

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_AT_HOME = re.compile(r"0\d{9,11}|1\d{10}")  # a landline with its area code, or a mobile
_AREA = re.compile(r"\*|[\w.-]{0,64}")


@dataclass(frozen=True, slots=True)
class Profile:
    """What others read of a person. `phone` is as people write it, in E.164, or empty."""

    name: str
    language: str = "zh-CN"
    phone: str = ""


def add_staff(
    connection: Connection,
    login: str,
    profile: Profile,
    password_hash: str,
    *,
    by: Visitor,
    at: datetime,
) -> int:
    """Add somebody with a one-time password and no grants yet; their id.

    Raises LoginError, LoginTakenError, NameMissingError, PhoneError, ForbiddenError.
    """
    by.insist(Right.staff_edit)
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise LoginError
    values = _checked(profile)
    if not insert_once(connection, Staff, login=login, active=True, created_at=at, **values):
        raise LoginTakenError
    staff_id = connection.execute(select(Staff.id).where(Staff.login == login)).scalar_one()
    give_password(connection, staff_id, password_hash, at, one_time=True)
    _record(connection, by, "staff.added", staff_id, {"login": login}, at)
    return staff_id


def change_profile(
    connection: Connection, person: Person, profile: Profile, *, by: Visitor, at: datetime
) -> None:
    """Change name, language and telephone: one's own, or of somebody within reach."""
    if by.staff_id != person.id:
        authority.insist_may_manage(by, person)
    values = _checked(profile)
    before = {"name": person.name, "language": person.language, "phone": person.phone}
    connection.execute(update(Staff).where(Staff.id == person.id).values(**values))
    changed = sorted(field for field, former in before.items() if values[field] != former)
    _record(connection, by, "staff.profile_changed", person.id, {"fields": changed}, at)


def give_grant(
    connection: Connection,
    person: Person,
    role: Role,
    department: str = ALL,
    region: str = ALL,
    *,
    by: Visitor,
    at: datetime,
) -> bool:
    """Grant a role in an area; False when they had it. Their sessions get fresh cookies."""
    if not (_AREA.fullmatch(department) and _AREA.fullmatch(region)):
        raise AreaError
    authority.insist_may_grant(by, person, Grant.of(role, department, region))
    area = {"role": role, "department": department, "region": region}
    given = insert_once(connection, StaffGrant, staff_id=person.id, granted_at=at, **area)
    if given:
        sessions.ask_to_renew(connection, person.id)
        _record(connection, by, "staff.granted", person.id, area, at)
    return given


def take_grant(
    connection: Connection,
    person: Person,
    role: Role,
    department: str = ALL,
    region: str = ALL,
    *,
    by: Visitor,
    at: datetime,
) -> bool:
    """Take a role in an area away; False when they did not have it.

    Raises LastAdministratorError when nobody else administers the whole hotline.
    """
    authority.insist_may_grant(by, person, Grant.of(role, department, region))
    area = {"role": role, "department": department, "region": region}
    if (role, department, region) == (Role.admin, ALL, ALL):
        _insist_on_another_administrator(connection, person)
    taken = connection.execute(
        delete(StaffGrant).where(
            StaffGrant.staff_id == person.id,
            StaffGrant.role == role,
            StaffGrant.department == department,
            StaffGrant.region == region,
        )
    ).rowcount
    if taken:
        sessions.ask_to_renew(connection, person.id)
        _record(connection, by, "staff.revoked", person.id, area, at)
    return taken == 1


def deactivate(connection: Connection, person: Person, *, by: Visitor, at: datetime) -> None:
    """Let somebody in no more; their sessions end at once. What they did stays theirs."""
    authority.insist_not_oneself(by, person)
    authority.insist_may_manage(by, person)
    _insist_on_another_administrator(connection, person)
    connection.execute(update(Staff).where(Staff.id == person.id).values(active=False))
    ended = sessions.end_all(connection, person.id, at)
    _record(connection, by, "staff.deactivated", person.id, {"sessions_ended": ended}, at)


def reactivate(connection: Connection, person: Person, *, by: Visitor, at: datetime) -> None:
    """Let somebody in again, with the grants they had."""
    authority.insist_not_oneself(by, person)
    authority.insist_may_manage(by, person)
    connection.execute(update(Staff).where(Staff.id == person.id).values(active=True))
    _record(connection, by, "staff.reactivated", person.id, {}, at)


def reset_password(
    connection: Connection,
    person: Person,
    password_hash: str,
    *,
    and_totp: bool,
    by: Visitor,
    at: datetime,
) -> None:
    """Give somebody a one-time password, on demand also without their second factor.

    They are signed out everywhere; with the second factor go its recovery codes.
    """
    authority.insist_not_oneself(by, person)
    authority.insist_may_manage(by, person)
    give_password(connection, person.id, password_hash, at, one_time=True)
    if and_totp:
        remove_totp(connection, person.id)
    ended = sessions.end_all(connection, person.id, at)
    detail = {"totp_removed": and_totp, "sessions_ended": ended}
    _record(connection, by, "staff.reset", person.id, detail, at)


def sign_out_everywhere(
    connection: Connection, person: Person, *, by: Visitor, at: datetime
) -> int:
    """End all sessions of somebody within reach; how many there were."""
    authority.insist_may_manage(by, person)
    ended = sessions.end_all(connection, person.id, at, but=by.session)
    _record(connection, by, "staff.signed_out", person.id, {"sessions_ended": ended}, at)
    return ended


def reread(connection: Connection, staff_id: int) -> Person:
    """Somebody within the transaction that changes them; the account is locked meanwhile.

    Raises LookupError when there is nobody with this id.
    """
    connection.execute(select(Staff.id).where(Staff.id == staff_id).with_for_update())
    person = find_person(connection, staff_id)
    if person is None:
        raise LookupError(staff_id)
    return person


def _insist_on_another_administrator(connection: Connection, person: Person) -> None:
    """Two administrators who remove each other at once wait here for one another."""
    administrators = select(StaffGrant.id).where(StaffGrant.role == Role.admin)
    connection.execute(administrators.order_by(StaffGrant.id).with_for_update())
    administers = any(
        (grant.role, grant.department, grant.region) == (Role.admin, ALL, ALL)
        for grant in person.grants
    )
    if person.active and administers and not other_administrators(connection, person.id):
        raise LastAdministratorError


def _checked(profile: Profile) -> dict[str, str]:
    name = " ".join(profile.name.split())
    written = re.sub(r"[\s-]", "", profile.phone)
    phone = e164(written) if _AT_HOME.fullmatch(written) else written
    if not name or len(name) > 64:
        raise NameMissingError
    if phone and not _PHONE.fullmatch(phone):
        raise PhoneError
    index = blind_index(phone) if phone else ""
    return {"name": name, "language": profile.language, "phone": phone, "phone_index": index}


def _record(
    connection: Connection,
    by: Visitor,
    act: str,
    staff_id: int,
    detail: Mapping[str, object],
    at: datetime,
) -> None:
    record(connection, actor=by.actor, act=act, target=f"staff:{staff_id}", detail=detail, at=at)
