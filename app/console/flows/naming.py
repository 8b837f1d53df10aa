"""What versions, their makers and their origins are called on the pages."""

from collections.abc import Collection
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import Connection

from app.console.naming import Names, names_for
from app.people.access.visitor import Visitor
from app.publishing.service import FILES
from app.tickets.changes import staff_of


@dataclass(frozen=True, slots=True)
class Makers:
    """The people behind versions, in the reader's language."""

    names: Names

    def who(self, actor: str) -> str:
        """Somebody of the staff, whoever had the shell, or a change of the folder."""
        if actor == FILES:
            return self.names.say("versions.by_files")
        kind, _, name = actor.partition(":")
        if kind == "cli":
            return self.names.say("versions.by_command", name=name)
        return self.names.actor(actor)

    def all_of(self, actors: Collection[str]) -> str:
        """Several of them."""
        return self.names.say("versions.and").join(map(self.who, actors))


def makers_for(
    request: Request, visitor: Visitor, connection: Connection, actors: Collection[str]
) -> Makers:
    """The makers with the names of those of the staff."""
    return Makers(names_for(request, visitor, connection, [staff_of(one) for one in actors]))
