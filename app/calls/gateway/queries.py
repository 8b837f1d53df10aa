"""Reads of what went out, for the page, the metrics and the doctor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from app.calls.gateway import store
from app.calls.gateway.caps import Gauge, hotline_gauges
from app.calls.gateway.models import LegState, OutboundLeg
from app.flows.directory import Caps

PAGE = 50
DAY = timedelta(days=1)
STATES: tuple[LegState, ...] = (
    "refused", "unknown", "stranger", "reserved", "placed", "ended", "released",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg, as the page shows it."""

    id: int
    way: str
    purpose: str
    actor: str
    number: str
    state: LegState
    rule: str
    over_cap: str
    asked_at: datetime
    booked_seconds: int
    call_sid: str | None
    parent_sid: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which legs: those asked for within a time, for a purpose, in a state; empty is any."""

    since: datetime
    until: datetime
    purpose: str = ""
    state: str = ""
    before: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions of a query."""
        found = [OutboundLeg.asked_at >= self.since, OutboundLeg.asked_at < self.until]
        if self.purpose:
            found.append(OutboundLeg.purpose == self.purpose)
        if self.state:
            found.append(OutboundLeg.state == self.state)
        if self.before is not None:
            found.append(OutboundLeg.id < self.before)
        return found


@dataclass(frozen=True, slots=True)
class Count:
    """How many legs of a purpose are in a state, and the seconds they book."""

    purpose: str
    state: LegState
    legs: int
    seconds: int


_COLUMNS = [getattr(OutboundLeg, name) for name in Leg.__slots__]


def legs(connection: Connection, chosen: Chosen, limit: int = PAGE) -> Sequence[Leg]:
    """Legs, the newest first."""
    query = select(*_COLUMNS).where(*chosen.conditions())
    rows = connection.execute(query.order_by(OutboundLeg.id.desc()).limit(limit))
    return [Leg(*row) for row in rows]


def counts(connection: Connection, since: datetime, until: datetime) -> Sequence[Count]:
    """Legs by purpose and state."""
    query = (
        select(
            OutboundLeg.purpose,
            OutboundLeg.state,
            func.count(),
            func.coalesce(func.sum(OutboundLeg.booked_seconds), 0),
        )
        .where(OutboundLeg.asked_at >= since, OutboundLeg.asked_at < until)
        .group_by(OutboundLeg.purpose, OutboundLeg.state)
        .order_by(OutboundLeg.purpose, OutboundLeg.state)
    )
    return [Count(row[0], row[1], row[2], int(row[3])) for row in connection.execute(query)]


def hotline_use(connection: Connection, caps: Caps, at: datetime) -> Sequence[Gauge]:
    """How much of the hotline's caps is used now."""
    return list(hotline_gauges(store.usage(connection, at), caps))


def standing(connection: Connection, at: datetime) -> dict[str, int]:
    """How many legs of the last day are in which state."""
    query = (
        select(OutboundLeg.state, func.count())
        .where(OutboundLeg.asked_at > at - DAY)
        .group_by(OutboundLeg.state)
    )
    return {str(state): count for state, count in connection.execute(query)}
