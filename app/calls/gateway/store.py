"""Rows of legs that leave: asked for, counted, and settled, one at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select, text, update

from app.calls.gateway.caps import DAY, HOUR, Usage
from app.calls.gateway.models import UNSETTLED, LegState, OutboundLeg, Way
from app.database import blind_index, insert_once

_LOCK = 0x68757861  # any number that nobody else locks
IS_UNSETTLED = OutboundLeg.state.in_(UNSETTLED)


@dataclass(frozen=True, slots=True)
class Wish:
    """A leg that somebody wants to be let out; `seconds` is the longest it may book."""

    key: str
    way: Way
    purpose: str
    actor: str
    number: str
    seconds: int
    parent_sid: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A leg that was asked for before."""

    id: int
    state: LegState
    rule: str


def wait_for_turn(connection: Connection) -> None:
    """Let whoever counts before us commit, so that no two see the last free place.

    Held until the end of the transaction, so it is taken last: after it comes none but the audit's.
    On SQLite every transaction that writes is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def known_leg(connection: Connection, key: str) -> Known | None:
    """What became of a leg that was asked for before by the same key."""
    query = select(OutboundLeg.id, OutboundLeg.state, OutboundLeg.rule)
    row = connection.execute(query.where(OutboundLeg.key == key)).one_or_none()
    return None if row is None else Known(*row)


def usage(connection: Connection, at: datetime, *where: ColumnElement[bool]) -> Usage:
    """What was placed within the last hour and day."""
    lately = OutboundLeg.placed_at > at - HOUR
    query = select(
        func.coalesce(func.sum(case((lately, 1), else_=0)), 0),
        func.count(),
        func.coalesce(func.sum(case((lately, OutboundLeg.booked_seconds), else_=0)), 0),
        func.coalesce(func.sum(OutboundLeg.booked_seconds), 0),
    ).where(OutboundLeg.placed_at > at - DAY, *where)
    return Usage(*(int(value) for value in connection.execute(query).one()))


def nth_newest(connection: Connection, nth: int, *where: ColumnElement[bool]) -> datetime | None:
    """When the so manieth leg, counted from the newest, was placed."""
    query = (
        select(OutboundLeg.placed_at)
        .where(OutboundLeg.placed_at.is_not(None), *where)
        .order_by(OutboundLeg.placed_at.desc())
        .offset(nth - 1)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def keep(
    connection: Connection,
    wish: Wish,
    known: Known | None,
    at: datetime,
    *,
    rule: str = "",
    over_cap: str = "",
) -> None:
    """Write that a leg was let out, or with a `rule` that it was refused."""
    values: dict[str, Any] = {
        "state": "refused" if rule else "reserved",
        "rule": rule,
        "over_cap": over_cap,
        "asked_at": at,
        "placed_at": None if rule else at,
        "booked_seconds": 0 if rule else wish.seconds,
    }
    if known is not None:
        change = update(OutboundLeg).where(OutboundLeg.id == known.id)
        connection.execute(change.values(**values))
        return
    insert_once(
        connection,
        OutboundLeg,
        key=wish.key,
        way=wish.way,
        purpose=wish.purpose[:32],
        actor=wish.actor,
        number=wish.number,
        number_index=blind_index(wish.number),
        parent_sid=wish.parent_sid,
        status="",
        **values,
    )


def actor_of_call(connection: Connection, call_sid: str) -> str:
    """Who caused a call that we placed; `system` for one that came to us."""
    query = select(OutboundLeg.actor).where(OutboundLeg.call_sid == call_sid)
    return connection.execute(query).scalar_one_or_none() or "system"


def release(connection: Connection, *where: ColumnElement[bool], status: str) -> None:
    """Legs that certainly never rang count no more; `status` says why."""
    change(connection, *where, state="released", status=status, placed_at=None, booked_seconds=0)


def change(connection: Connection, *where: ColumnElement[bool], **values: Any) -> int:
    """Change the legs of a condition; returns how many there were."""
    return connection.execute(update(OutboundLeg).where(*where).values(**values)).rowcount
