"""Whose telephone a number is: duty posts and departments by the directory, people by the staff."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.console.naming import Names
from app.flows.directory import Directory
from app.people.roster.contacts import staff_contact
from app.people.staff import queries as staff
from app.tickets.changes import staff_actor, staff_of
from app.tickets.households.finding import names_of_callers

OFFICERS, MEDIATORS = "officers", "mediators"


@dataclass(frozen=True, slots=True)
class Book:
    """Names by telephone, for a reader of a language."""

    names: Names
    people: Mapping[str, str] = field(default_factory=dict)
    callers: Mapping[str, str] = field(default_factory=dict)

    def caller(self, number: str) -> str:
        """Whose a telephone is that called or was called: ours, or a caller's; empty if unknown."""
        return self.callers.get(number) or self.name(number)

    def name(self, number: str) -> str:
        """A person's name, or a post's; empty for a telephone that is nobody's here."""
        if number in self.people:
            return self.people[number]
        key = next((key for key, numbers in posts(self.names.directory) if number in numbers), "")
        return self.post(key) if key else ""

    def post(self, key: str) -> str:
        """What a post is called: the officers or mediators on duty, or a department."""
        if key in (OFFICERS, MEDIATORS):
            return self.names.say(f"calls.post.{key}")
        return self.names.department(key)


def posts(directory: Directory) -> list[tuple[str, frozenset[str]]]:
    """The posts that are rung, by their keys, each with its telephones."""
    duty = directory.duty
    found = [(OFFICERS, frozenset(duty.officers)), (MEDIATORS, frozenset(duty.mediators))]
    return found + [(key, frozenset(one.numbers)) for key, one in directory.departments.items()]


def telephones_of(connection: Connection, directory: Directory, key: str) -> frozenset[str]:
    """The telephones of a post, or of a person (`staff:7`); none for an unknown one."""
    staff_id = staff_of(key)
    if staff_id is None:
        return dict(posts(directory)).get(key, frozenset())
    contact = staff_contact(connection, staff_id)
    return frozenset({contact.phone}) if contact and contact.phone else frozenset()


def whom_to_reach(connection: Connection, names: Names) -> list[tuple[str, str]]:
    """Posts and people who may have been reached: their keys and names."""
    known = [(key, Book(names).post(key)) for key, _ in posts(names.directory)]
    people = staff.with_phones(connection)
    return known + [(staff_actor(staff_id), name) for staff_id, name in people.items()]


def book_for(connection: Connection, names: Names, numbers: Collection[str]) -> Book:
    """The names of the staff and of callers among some numbers, and those of all posts."""
    known = {one for one in numbers if one}
    return Book(names, staff.names_by_phone(connection, known), names_of_callers(connection, known))
