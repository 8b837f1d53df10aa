"""What keys and ids are called in the reader's language: departments, categories, people."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from fastapi import Request
from sqlalchemy import Connection

from app.flows.directory import Directory
from app.people.access.visitor import Visitor
from app.people.staff import queries as staff
from app.tickets.changes import staff_of
from app.web.pages import language_of
from app.web.site import site_of
from app.web.spoken import spoken_language
from app.web.words import all_words


@dataclass(frozen=True, slots=True)
class Names:
    """Names by key; what is no longer in the directory is called by its key."""

    directory: Directory
    language: str
    people: Mapping[int, str] = field(default_factory=dict)

    def say(self, key: str, **fields: object) -> str:
        """A text of the pages in the reader's language."""
        return all_words().say(key, self.language, **fields)

    def department(self, key: str) -> str:
        """A department; "" is the hotline's own desk."""
        if not key:
            return self.say("tickets.hotline_desk")
        if key in self.directory.departments:
            return self.directory.department_name(key, self.language)
        return key

    def category(self, key: str) -> str:
        """A category of appeals."""
        if key in self.directory.categories:
            return self.directory.category_name(key, self.language)
        return key

    def coded(self, area: str, code: str) -> str:
        """A code such as a state or a channel, or the code itself when it has no name."""
        key = f"tickets.{area}.{code}"
        return self.say(key) if all_words().has(key) else code

    def spoken_language(self, tag: str) -> str:
        """A language of callers in the reader's words, or by its own name."""
        return spoken_language(tag, self.directory, self.language)

    def person(self, staff_id: int | None) -> str:
        """A person of the staff; "" for nobody."""
        if staff_id is None:
            return ""
        return self.people.get(staff_id) or self.say("ticket.actor.staff", id=staff_id)

    def actor(self, actor: str) -> str:
        """Who did something, as events name them."""
        staff_id = staff_of(actor)
        if staff_id is not None:
            return self.person(staff_id)
        kind, _, name = actor.partition(":")
        if kind == "api":
            return self.say("ticket.actor.api", name=name)
        key = f"ticket.actor.phone.{name}" if kind == "phone" else f"ticket.actor.{kind}"
        return self.say(key) if all_words().has(key) else actor


def names_for(
    request: Request, visitor: Visitor, connection: Connection, people: Collection[int | None] = ()
) -> Names:
    """The names in a visitor's language, with those of some people of the staff."""
    known = {one for one in people if one is not None}
    return Names(
        site_of(request).library.current.directory,
        language_of(request, visitor),
        staff.names_of(connection, known) if known else {},
    )
