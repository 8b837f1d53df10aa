"""How often something may be done: counted per telephone, per network address, and for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from app.database import blind_index
from app.messages.codes.models import Counted

KEPT = timedelta(days=2)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PURGED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of a kind within a span, by one subject (empty: by all together)."""

    kind: str
    subject: str
    within: timedelta
    most: int

    @property
    def index(self) -> str:
        """How the subject is kept."""
        return blind_index(f"counted\n{self.subject}") if self.subject else ""


def reached(connection: Connection, limits: Sequence[Limit], at: datetime) -> Limit | None:
    """The first limit that lets nothing more through, or None."""
    return next((limit for limit in limits if _count(connection, limit, at) >= limit.most), None)


def count(connection: Connection, limits: Sequence[Limit], at: datetime) -> None:
    """Count something once for each kind and subject of these limits; forget what is old."""
    for kind, index in dict.fromkeys((limit.kind, limit.index) for limit in limits):
        connection.execute(insert(Counted).values(kind=kind, subject=index, at=at))
    old = select(Counted.id).where(Counted.at < at - KEPT).limit(PURGED_AT_ONCE)
    connection.execute(delete(Counted).where(Counted.id.in_(old.scalar_subquery())))


def wait_for_others(connection: Connection, limits: Sequence[Limit]) -> None:
    """Let whoever counts the same commit first: many at once must not slip through together.

    On SQLite every transaction that writes is alone anyway.
    """
    if connection.dialect.name != "postgresql":
        return
    for kind, index in sorted({(limit.kind, limit.index) for limit in limits}):
        lock = func.pg_advisory_xact_lock(func.hashtext(kind), func.hashtext(index))
        connection.execute(select(lock))


def admit(connection: Connection, limits: Sequence[Limit], at: datetime) -> Limit | None:
    """Count and let through (None), or the limit that was reached; then nothing is counted."""
    wait_for_others(connection, limits)
    limit = reached(connection, limits, at)
    if limit is None:
        count(connection, limits, at)
    return limit


def _count(connection: Connection, limit: Limit, at: datetime) -> int:
    return connection.execute(
        select(func.count()).where(
            Counted.kind == limit.kind,
            Counted.subject == limit.index,
            Counted.at > at - limit.within,
        )
    ).scalar_one()
