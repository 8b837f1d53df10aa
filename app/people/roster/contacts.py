"""Whom to turn to: the people on duty, or the directory's telephones, and the line above them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, select

from app.database import blind_index
from app.flows.directory import Directory, Post
from app.people.roster.queries import all_on_duty
from app.people.staff.models import Staff

MEDIATOR = "mediator"
FALLBACK_LANGUAGE = "zh-CN"


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who can be told: a member of staff, or a telephone that belongs to nobody we know.

    `staff_id` is None for such a telephone; `phone` is empty for staff without one.
    """

    staff_id: int | None
    name: str
    phone: str
    language: str = FALLBACK_LANGUAGE


@dataclass(frozen=True, slots=True)
class Route:
    """Where a matter goes: its department, and who looks after it at that instant, in order."""

    department: str
    contacts: tuple[Contact, ...]


def route(connection: Connection, directory: Directory, category: str, at: datetime) -> Route:
    """The department of a category and whoever is on duty there at an instant.

    A category that is no longer known goes to the hotline's own desk.
    """
    known = directory.categories.get(category)
    department = known.department if known else ""
    return Route(department, duty_contacts(connection, directory, department, at))


def duty_contacts(
    connection: Connection, directory: Directory, department: str, at: datetime
) -> tuple[Contact, ...]:
    """Whoever is on duty for a department at an instant, primaries first.

    When the roster has nobody: the telephones of the directory, in their order. Mediators on duty
    look after mediations only.
    """
    rostered = [
        Contact(person.staff_id, person.name, person.phone, person.language)
        for person in all_on_duty(connection, department, at)
        if person.role != MEDIATOR
    ]
    return distinct(rostered or numbered(connection, directory_numbers(directory, department)))


def directory_numbers(directory: Directory, department: str) -> Sequence[str]:
    """The duty telephones of a department, or of the hotline's own desk."""
    known = directory.departments.get(department)
    return known.numbers if known else directory.duty.officers


def post_contacts(connection: Connection, post: Post | None) -> tuple[Contact, ...]:
    """Everybody in a post of the escalation line: its staff by login, then its telephones."""
    if post is None:
        return ()
    found = {
        row.login: Contact(row.id, row.name, row.phone, row.language)
        for row in connection.execute(_people().where(Staff.login.in_(post.staff)))
    }
    staff = [found[login] for login in post.staff if login in found]
    return distinct([*staff, *numbered(connection, post.numbers)])


def staff_contact(connection: Connection, staff_id: int | None) -> Contact | None:
    """A member of staff who is still active, or None."""
    if staff_id is None:
        return None
    row = connection.execute(_people().where(Staff.id == staff_id)).one_or_none()
    return Contact(row.id, row.name, row.phone, row.language) if row else None


def numbered(connection: Connection, numbers: Sequence[str]) -> list[Contact]:
    """Telephones as contacts: with the name of the member of staff whom each belongs to, if any."""
    indexes = {blind_index(number): number for number in numbers}
    owners = {
        indexes[row.phone_index]: Contact(row.id, row.name, row.phone, row.language)
        for row in connection.execute(_people().where(Staff.phone_index.in_(indexes)))
    }
    return [owners.get(number, Contact(None, "", number)) for number in numbers]


def distinct(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """Nobody twice: neither a person nor a telephone."""
    seen: set[str | int] = set()
    kept = []
    for contact in contacts:
        marks = {mark for mark in (contact.staff_id, contact.phone) if mark}
        if marks and not marks & seen:
            kept.append(contact)
        seen |= marks
    return tuple(kept)


def _people() -> Select[int, str, str, str, str, str]:
    return select(
        Staff.id, Staff.login, Staff.name, Staff.phone, Staff.phone_index, Staff.language
    ).where(Staff.active)
