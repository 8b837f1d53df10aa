"""Who may be rung for a target: the people on duty now, else the telephones of the directory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.calls.models import Call
from app.database import blind_index
from app.flows.dialling import why_not_rung
from app.flows.directory import Directory
from app.flows.numbering import NumberRefusal, refused_as
from app.people.presence import queries as presence
from app.people.presence.address import is_client
from app.people.roster.contacts import (
    MEDIATOR,
    Contact,
    distinct,
    duty_contacts,
    numbered,
    staff_contact,
)
from app.people.roster.models import DutyShift
from app.people.roster.queries import DESK, all_on_duty
from app.people.skills.models import StaffSkill
from app.people.staff.models import Staff
from app.queueing.models import QueuedCaller, StaffRing
from app.queueing.resting import resting

FAILED = "failed"  # the trouble of a telephone that could not be reached lately
AWAY = "away"  # of somebody whose telephone in the browser is open, and who takes no calls now
LONGEST_TALK = timedelta(hours=1)
LONGEST_LEG = timedelta(hours=4)  # of anything else: a hearing


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may be rung; `trouble` says why they are not, empty when they are.

    One whose telephone failed lately rests until `rests_until`.
    """

    contact: Contact
    index: str
    trouble: str = ""
    rests_until: datetime | None = None


def crew(connection: Connection, directory: Directory, target: str, at: datetime) -> list[Member]:
    """Everybody who is there for a target, in the order of the roster; with what is wrong.

    Whoever has their telephone open in the browser is rung there and nowhere else.
    """
    contacts = _contacts(connection, directory, target, at)
    here = presence.here(connection, [one.staff_id for one in contacts if one.staff_id], at)
    members = []
    for contact in contacts:
        present = here.get(contact.staff_id or 0)
        address = present.address if present else contact.phone
        if address:
            trouble = AWAY if present and present.state != "ready" else ""
            members.append(Member(replace(contact, phone=address), blind_index(address), trouble))
    rests = resting(connection, {member.index for member in members}, at)
    return [
        member if member.trouble else _judged(member, directory, rests.get(member.index))
        for member in members
    ]


def _judged(member: Member, directory: Directory, rests_until: datetime | None) -> Member:
    refused = _refused(member.contact.phone, directory)
    if refused or rests_until is None:
        return replace(member, trouble=refused)
    return replace(member, trouble=FAILED, rests_until=rests_until)


def _refused(number: str, directory: Directory) -> str:
    """Why a telephone is not rung; one in no assigned range is: we know whose it is."""
    if is_client(number):
        return ""
    refusal = refused_as(number, directory.dialling)
    if refusal in (None, NumberRefusal.unassigned):
        return ""
    return why_not_rung(refusal, number, directory.dialling)[0]


def occupied(connection: Connection, indexes: Collection[str], at: datetime) -> set[str]:
    """Which telephones are rung or talk with us now, by their index."""
    rung = select(StaffRing.number_index).where(
        StaffRing.number_index.in_(indexes), StaffRing.ended_at.is_(None), StaffRing.until > at
    )
    found = set(connection.execute(rung).scalars())
    parent = aliased(Call)
    # Legs of our own queue tell by their rings: a lost callback must not keep anybody busy. What
    # the same caller's call rings afterwards, as in an emergency, is none of them.
    queued = exists().where(
        QueuedCaller.call_sid == Call.parent_sid,
        StaffRing.caller_id == QueuedCaller.id,
        StaffRing.number_index == Call.caller_index,
        StaffRing.rung_at <= Call.started_at,
        or_(StaffRing.ended_at.is_(None), StaffRing.ended_at >= Call.started_at),
    )
    alive = exists().where(parent.sid == Call.parent_sid, parent.ended_at.is_(None))
    others = select(Call.caller_index).where(
        Call.caller_index.in_(indexes),
        Call.ended_at.is_(None),
        Call.started_at > at - LONGEST_LEG,
        or_(Call.parent_sid.is_(None), alive & ~queued),
    )
    return found | set(connection.execute(others).scalars())


def rung_last(connection: Connection, indexes: Collection[str]) -> dict[str, datetime]:
    """When each telephone was rung last."""
    query = (
        select(StaffRing.number_index, func.max(StaffRing.rung_at))
        .where(StaffRing.number_index.in_(indexes))
        .group_by(StaffRing.number_index)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _contacts(
    connection: Connection, directory: Directory, target: str, at: datetime
) -> Sequence[Contact]:
    kind, _, key = target.partition(":")
    match kind:
        case "department":
            return duty_contacts(connection, directory, key, at)
        case "skill":
            return _skilled(connection, directory, key, at)
        case "staff":
            return _person(connection, key, at) or _at_the_desk(connection, directory, at)
        case "mediators":
            on_duty = all_on_duty(connection, DESK, at, MEDIATOR)
            rostered = [Contact(p.staff_id, p.name, p.phone, p.language) for p in on_duty]
            return distinct(rostered or numbered(connection, directory.duty.mediators))
    return _at_the_desk(connection, directory, at)


def _at_the_desk(connection: Connection, directory: Directory, at: datetime) -> Sequence[Contact]:
    """Whoever says in their browser that they take the desk's callers, then whoever is on duty."""
    ready = [
        Contact(one.staff_id, one.name, "", one.language)
        for one in presence.at_the_desk(connection, at)
    ]
    return distinct([*ready, *duty_contacts(connection, directory, DESK, at)])


def _skilled(
    connection: Connection, directory: Directory, skill: str, at: datetime
) -> Sequence[Contact]:
    """Whoever is on duty anywhere and has the skill; else its telephones, else the desk."""
    has_it = exists().where(StaffSkill.staff_id == Staff.id, StaffSkill.skill == skill)
    speaks_it = Staff.language == skill
    query = (
        select(Staff.id, Staff.name, Staff.phone, Staff.language)
        .join(DutyShift, DutyShift.staff_id == Staff.id)
        .where(
            DutyShift.starts_at <= at,
            DutyShift.ends_at > at,
            DutyShift.cancelled_at.is_(None),
            Staff.active,
            or_(has_it, speaks_it),
        )
        .order_by(DutyShift.starts_at, DutyShift.id)
    )
    found = distinct(Contact(*row) for row in connection.execute(query))
    if found:
        return found
    known = directory.skills.get(skill)
    if known is not None and known.numbers:
        return distinct(numbered(connection, known.numbers))
    return _at_the_desk(connection, directory, at)


def _person(connection: Connection, login: str, at: datetime) -> Sequence[Contact]:
    query = select(Staff.id).where(Staff.login == login)
    found = staff_contact(connection, connection.execute(query).scalar_one_or_none())
    is_reached = found is not None and (found.phone or _is_in_browser(connection, found, at))
    return (found,) if found is not None and is_reached else ()


def _is_in_browser(connection: Connection, contact: Contact, at: datetime) -> bool:
    return bool(presence.here(connection, [contact.staff_id or 0], at))
