"""The people of these tests, and how they are taken on."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from app.database import Database
from app.people.access.rights import Role
from app.people.access.visitor import Grant, Kind, Visitor
from app.people.credentials.passwords import hash_password
from app.people.credentials.service import give_password
from app.people.sessions.service import Door
from app.people.staff.queries import Person, find_by_login
from app.people.staff.service import Profile, add_staff, give_grant, reread

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OPERATOR = Visitor(Kind.operator, name="tests", grants=(Grant.of(Role.admin),))
PASSWORD = "rivers and mountains 7"
KNOWN_HASH = hash_password(PASSWORD)  # made once: it is slow on purpose

_numbers = count(1)


@dataclass
class StoppedClock:
    """A clock that goes only when it is told to."""

    at: datetime = MORNING

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        """Whoever waits for it, waits for ever."""
        await asyncio.Event().wait()

    def forward(self, **span: float) -> None:
        self.at += timedelta(**span)


def door(at: datetime = MORNING, address: str = "192.0.2.1") -> Door:
    """A door that nobody has gone through."""
    number = next(_numbers)
    return Door(address, "Firefox", f"key{number}", f"token{number}", at)


def take_on(
    database: Database,
    login: str,
    *grants: tuple[Role, str, str] | Role,
    one_time: bool = False,
    at: datetime = MORNING,
) -> Person:
    """Somebody with grants and the password of these tests."""
    with database.writing() as connection:
        staff_id = add_staff(
            connection, login, Profile(login.title()), KNOWN_HASH, by=OPERATOR, at=at
        )
        give_password(connection, staff_id, KNOWN_HASH, at, one_time=one_time)
        person = reread(connection, staff_id)
        for grant in grants:
            role, department, region = grant if isinstance(grant, tuple) else (grant, "*", "*")
            give_grant(connection, person, role, department, region, by=OPERATOR, at=at)
    return person_of(database, login)


def person_of(database: Database, login: str) -> Person:
    """Somebody as they stand now."""
    with database.reading() as connection:
        person = find_by_login(connection, login)
    assert person is not None
    return person


def visitor_of(person: Person) -> Visitor:
    """Somebody as a visitor."""
    return Visitor(Kind.staff, person.id, person.name, person.language, person.grants, "")


def without(person: Person) -> Person:
    """The same person without grants."""
    return replace(person, grants=())
