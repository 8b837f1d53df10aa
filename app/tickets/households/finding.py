"""Finding people and households by telephone, name, or the code of the household."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, true

from app.database import blind_index
from app.people.access.scope import ALL, Scope
from app.tickets.households.models import Caller, Household
from app.tickets.models import IS_OPEN, Ticket
from app.tickets.phones import e164
from app.tickets.seal.sight import Viewer, seen_by

FEWEST_DIGITS = 7  # of a telephone
LONGEST = 64


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody who has called, or the head of a household whose telephone is not known."""

    name: str
    phone: str
    code: str
    village: str
    members: int | None
    tickets: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class Finder:
    """Who looks, and where they may see tickets."""

    viewer: Viewer
    scope: Scope

    def tickets(self) -> ColumnElement[bool]:
        """The tickets that may be counted."""
        return and_(self.scope.condition(Ticket.department, Ticket.region), seen_by(self.viewer))

    def households(self) -> ColumnElement[bool]:
        """The households of their regions."""
        regions = {region for _, region in self.scope.areas}
        return true() if ALL in regions else Household.region.in_(sorted(regions))


def find_people(
    connection: Connection, query: str, finder: Finder, limit: int = 10
) -> list[FoundPerson]:
    """People whom a query names: by telephone or name, and households by code or their head.

    Whoever has a sealed ticket is not found by those who may not see its caller.
    """
    written = query.strip()[:LONGEST]
    if not written:
        return []
    callers = _callers(connection, _named(written), finder, limit)
    heads = _heads(connection, written, finder, limit)
    known = {(person.code, person.name) for person in callers if person.code}
    return [*callers, *(head for head in heads if (head.code, head.name) not in known)][:limit]


def names_of_callers(connection: Connection, phones: Collection[str]) -> dict[str, str]:
    """The names of those of some telephones whose people are known."""
    indexes = {blind_index(phone): phone for phone in phones if phone.startswith("+")}
    query = select(Caller.phone_index, Caller.name).where(Caller.phone_index.in_(indexes))
    return {indexes[row.phone_index]: row.name for row in connection.execute(query) if row.name}


def _named(written: str) -> ColumnElement[bool]:
    """A caller's telephone when it looks like one, else their name or their household's code."""
    digits = sum(letter.isdigit() for letter in written)
    if digits >= FEWEST_DIGITS and (phone := e164(written)):
        return Caller.phone_index == blind_index(phone)
    named = Caller.name_index == blind_index(written)
    of_household = select(Household.id).where(Household.code == written)
    return or_(named, Caller.household_id.in_(of_household))


def _callers(
    connection: Connection, which: ColumnElement[bool], finder: Finder, limit: int
) -> list[FoundPerson]:
    sealed = (
        select(Ticket.id)
        .where(
            Ticket.caller_index == Caller.phone_index,
            Ticket.confidential,
            seen_by(finder.viewer).is_not(true()),
        )
        .exists()
    )
    query = (
        select(
            Caller.phone_index,
            Caller.name,
            Caller.phone,
            func.coalesce(Household.code, ""),
            func.coalesce(Household.village, ""),
            Household.members,
        )
        .outerjoin(Household, Household.id == Caller.household_id)
        .where(which, ~sealed, or_(Household.id.is_(None), finder.households()))
        .order_by(Caller.id.desc())
        .limit(limit)
    )
    rows = connection.execute(query).all()
    counts = _counts(connection, [row[0] for row in rows], finder) if rows else {}
    return [FoundPerson(*row[1:], *counts.get(row[0], (0, 0))) for row in rows]


def _counts(
    connection: Connection, indexes: Iterable[str], finder: Finder
) -> dict[str, tuple[int, int]]:
    query = (
        select(Ticket.caller_index, func.count(), func.sum(case((IS_OPEN, 1), else_=0)))
        .where(Ticket.caller_index.in_(list(indexes)), finder.tickets())
        .group_by(Ticket.caller_index)
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def _heads(connection: Connection, written: str, finder: Finder, limit: int) -> list[FoundPerson]:
    named = or_(Household.head_index == blind_index(written), Household.code == written)
    query = (
        select(Household.head, Household.code, Household.village, Household.members)
        .where(named, finder.households())
        .order_by(Household.id)
        .limit(limit)
    )
    return [
        FoundPerson(row.head, "", row.code, row.village, row.members)
        for row in connection.execute(query)
    ]
