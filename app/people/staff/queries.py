"""Reads of staff: by login, by id, with what they were granted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, select

from app.database import blind_index
from app.people.access.rights import Role
from app.people.access.scope import ALL
from app.people.access.visitor import Grant
from app.people.presence.address import is_client, staff_of
from app.people.staff.models import Staff, StaffGrant

_Rows = Select[int, str, str, str, str, bool, datetime]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the staff, and what they were granted."""

    id: int
    login: str
    name: str
    language: str
    phone: str
    active: bool
    created_at: datetime
    grants: tuple[Grant, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """Their roles, each once, in the order of the table of rights."""
        held = {grant.role for grant in self.grants}
        return tuple(role for role in Role if role in held)


def find_person(connection: Connection, staff_id: int) -> Person | None:
    """Somebody by id."""
    return _one(connection, _people().where(Staff.id == staff_id))


def find_by_login(connection: Connection, login: str) -> Person | None:
    """Somebody by login, however it was capitalised."""
    return _one(connection, _people().where(Staff.login == login.strip().lower()))


def all_people(connection: Connection) -> list[Person]:
    """Everybody, the active ones first, then by login."""
    return _many(connection, _people().order_by(Staff.active.desc(), Staff.login))


def grants_of(connection: Connection, staff_ids: Sequence[int]) -> dict[int, tuple[Grant, ...]]:
    """What each of them was granted, in the order it was."""
    rows = connection.execute(
        select(StaffGrant.staff_id, StaffGrant.role, StaffGrant.department, StaffGrant.region)
        .where(StaffGrant.staff_id.in_(staff_ids))
        .order_by(StaffGrant.id)
    )
    found: dict[int, tuple[Grant, ...]] = {}
    for row in rows:
        grant = Grant.of(Role(row.role), row.department, row.region)
        found[row.staff_id] = (*found.get(row.staff_id, ()), grant)
    return found


def names_of(connection: Connection, staff_ids: Collection[int]) -> dict[int, str]:
    """The names of some people by their ids; unknown ids are left out."""
    rows = connection.execute(select(Staff.id, Staff.name).where(Staff.id.in_(staff_ids)))
    return {row.id: row.name for row in rows}


def with_phones(connection: Connection) -> dict[int, str]:
    """The names of the active people who have a telephone, by their ids."""
    query = select(Staff.id, Staff.name).where(Staff.active, Staff.phone_index != "")
    return {row.id: row.name for row in connection.execute(query.order_by(Staff.login))}


def names_by_phone(connection: Connection, numbers: Collection[str]) -> dict[str, str]:
    """The names of people by their telephones and browsers, for those that are theirs."""
    indexes = {blind_index(number): number for number in numbers if not is_client(number)}
    query = select(Staff.phone_index, Staff.name).where(Staff.phone_index.in_(indexes))
    found = {indexes[row.phone_index]: row.name for row in connection.execute(query)}
    browsers = {staff_id: number for number in numbers if (staff_id := staff_of(number))}
    return found | {
        browsers[staff_id]: name for staff_id, name in names_of(connection, browsers).items()
    }


def other_administrators(connection: Connection, staff_id: int) -> int:
    """How many active people besides this one administer the whole hotline."""
    others = (
        select(Staff.id)
        .join(StaffGrant, StaffGrant.staff_id == Staff.id)
        .where(
            Staff.active,
            Staff.id != staff_id,
            StaffGrant.role == Role.admin,
            StaffGrant.department == ALL,
            StaffGrant.region == ALL,
        )
        .distinct()
    )
    return len(connection.execute(others).all())


def _people() -> _Rows:
    return select(
        Staff.id,
        Staff.login,
        Staff.name,
        Staff.language,
        Staff.phone,
        Staff.active,
        Staff.created_at,
    )


def _many(connection: Connection, query: _Rows) -> list[Person]:
    rows = connection.execute(query).all()
    grants = grants_of(connection, [row.id for row in rows])
    return [Person(*row, grants.get(row.id, ())) for row in rows]


def _one(connection: Connection, query: _Rows) -> Person | None:
    return next(iter(_many(connection, query)), None)
