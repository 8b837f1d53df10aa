"""Reads of the audit: by actor, act, target and time, a page at a time, the newest first."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from app.people.audit.models import AuditEntry
from app.people.audit.service import GENESIS, chained

PAGE = 50
_AT_ONCE = 1_000
_NEWEST = select(func.max(AuditEntry.id))  # asked by every worker every two seconds


def newest_number(connection: Connection) -> int:
    """The number of the newest entry, 0 before the first: it grows with every commit of one."""
    return connection.execute(_NEWEST).scalar() or 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, as it is read."""

    id: int
    at: datetime
    actor: str
    act: str
    target: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries: empty fields ask for nothing. `act` may be a beginning, such as `staff.`."""

    actor: str = ""
    act: str = ""
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions of a query."""
        found: list[ColumnElement[bool]] = []
        if self.actor:
            found.append(AuditEntry.actor == self.actor)
        if self.act:
            found.append(AuditEntry.act.startswith(self.act, autoescape=True))
        if self.target:
            found.append(AuditEntry.target == self.target)
        if self.since:
            found.append(AuditEntry.at >= self.since)
        if self.until:
            found.append(AuditEntry.at < self.until)
        return found


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that does not follow from the one before it, and what is wrong."""

    id: int
    why: str


@dataclass(frozen=True, slots=True)
class Head:
    """How far the chain goes: worth noting outside the system, see `verify`."""

    id: int
    hash: str

    @classmethod
    def none(cls) -> "Head":
        """The head of a chain without entries."""
        return cls(0, GENESIS)


def entries(
    connection: Connection, filters: Filters, before: int | None = None, limit: int = PAGE
) -> list[Entry]:
    """Entries, the newest first; `before` is the id of the last one on the page before."""
    query = (
        select(
            AuditEntry.id,
            AuditEntry.at,
            AuditEntry.actor,
            AuditEntry.act,
            AuditEntry.target,
            AuditEntry.detail,
        )
        .where(*filters.conditions())
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return [Entry(*row[:5], json.loads(row.detail)) for row in connection.execute(query)]


def head(connection: Connection) -> Head:
    """The newest entry."""
    row = connection.execute(
        select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    ).one_or_none()
    return Head(*row) if row else Head.none()


def verify(connection: Connection, noted: Head | None = None) -> Broken | None:
    """The first broken entry, or None when every one follows from the one before.

    `noted` is a head that was noted earlier outside the system: entries cut off the end are found
    only by it.
    """
    found = follow((row._mapping for row in _chain(connection)), noted)
    return found if isinstance(found, Broken) else None


def follow(rows: Iterable[Mapping[str, Any]], noted: Head | None = None) -> Head | Broken:
    """Follow a chain from its beginning, wherever its entries stand: its head, or its break."""
    last = Head.none()
    for row in rows:
        number, hashed = row["id"], row["hash"]
        if number != last.id + 1:
            return Broken(last.id + 1, "missing")
        if row["previous"] != last.hash:
            return Broken(number, "does not follow from the entry before")
        told = (row["at"], row["actor"], row["act"], row["target"], row["detail"])
        if hashed != chained(last.hash, number, *told):
            return Broken(number, "changed")
        last = Head(number, hashed)
        if noted and noted.id == number and noted.hash != hashed:
            return Broken(number, "not the entry that was noted")
    if noted and noted.id > last.id:
        return Broken(last.id + 1, "missing")
    return last


def _chain(connection: Connection) -> Iterator[Any]:
    """All entries in order, some at a time."""
    last = 0
    while True:
        rows = connection.execute(
            select(AuditEntry.__table__)
            .where(AuditEntry.id > last)
            .order_by(AuditEntry.id)
            .limit(_AT_ONCE)
        ).all()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].id
