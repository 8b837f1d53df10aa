"""Rows of waiting callers as values, read under a lock; and the telephones rung for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from app.database import insert_once
from app.queueing.models import CallerState, Outcome, QueuedCaller, RingResult, StaffRing


@dataclass(frozen=True, slots=True)
class Waiting:
    """A caller who wants a person, as they stand."""

    id: int
    call_sid: str
    caller: str
    caller_index: str
    target: str
    language: str
    state: CallerState
    position: int
    asked_at: datetime
    in_line_since: datetime
    patient_from: datetime
    seen_at: datetime
    claimed_by: str
    claimed_index: str
    claimed_at: datetime | None
    claim_until: datetime | None
    answered_at: datetime | None
    ticket: str
    tries: int

    def is_claimed(self, at: datetime) -> bool:
        """Whether somebody has taken this caller and has not lost them yet."""
        return bool(self.claimed_by) and self.claim_until is not None and at < self.claim_until


COLUMNS: tuple[Any, ...] = tuple(getattr(QueuedCaller, name) for name in Waiting.__slots__)
IS_OPEN = QueuedCaller.ended_at.is_(None)


def of_call(connection: Connection, call_sid: str, *, lock: bool = False) -> Waiting | None:
    """The caller of a call, or None when they want nobody (any more)."""
    return _one(connection, IS_OPEN & (QueuedCaller.call_sid == call_sid), lock=lock)


def being_served(connection: Connection, ticket: str) -> Waiting | None:
    """Whose place, kept under a task, is being served now, locked; None when nobody's is."""
    is_served = QueuedCaller.state.in_(("calling", "talking"))
    return _one(connection, IS_OPEN & (QueuedCaller.ticket == ticket) & is_served, lock=True)


def load(connection: Connection, caller_id: int) -> Waiting | None:
    """A caller by id, locked; None when they want nobody any more."""
    return _one(connection, IS_OPEN & (QueuedCaller.id == caller_id), lock=True)


def claim_stands(connection: Connection, caller: Waiting, at: datetime) -> bool:
    """Whether somebody has taken a caller and was not rung for them yet: a claim rings once."""
    if not caller.is_claimed(at):
        return False
    query = select(StaffRing.id).where(
        StaffRing.caller_id == caller.id,
        StaffRing.number_index == caller.claimed_index,
        StaffRing.rung_at >= caller.claimed_at,
    )
    return connection.execute(query.limit(1)).first() is None


def answered_by(connection: Connection, caller_id: int) -> int | None:
    """Which member of the staff answered a caller last, where that is known."""
    query = select(QueuedCaller.answered_by).where(QueuedCaller.id == caller_id)
    return connection.execute(query).scalar_one_or_none()


def change(connection: Connection, caller_id: int, **values: Any) -> None:
    """Change columns of a caller."""
    connection.execute(update(QueuedCaller).where(QueuedCaller.id == caller_id).values(**values))


def end(connection: Connection, caller_id: int, outcome: Outcome, at: datetime) -> None:
    """They have a person, or want none any more."""
    change(connection, caller_id, state="ended", outcome=outcome, ended_at=at, seen_at=at)
    end_rings(connection, caller_id, "cancelled", at)


def begin_ring(
    connection: Connection, caller_id: int, number_index: str, at: datetime, until: datetime
) -> bool:
    """Ring a telephone for a caller; False when it rings, or talks, for somebody else."""
    overdue = (StaffRing.number_index == number_index) & (StaffRing.until <= at)
    _end(connection, overdue, "cancelled", at)
    return insert_once(
        connection,
        StaffRing,
        caller_id=caller_id,
        number_index=number_index,
        rung_at=at,
        until=until,
        result="",
        ended_at=None,
    )


def rung_since(connection: Connection, caller_id: int, since: datetime) -> set[str]:
    """Which telephones were rung for a caller since an instant, and not only about to be."""
    query = select(StaffRing.number_index).where(
        StaffRing.caller_id == caller_id,
        StaffRing.rung_at > since,
        StaffRing.result != "cancelled",
    )
    return set(connection.execute(query).scalars())


def end_rings(
    connection: Connection,
    caller_id: int,
    result: RingResult,
    at: datetime,
    indexes: Collection[str] | None = None,
) -> None:
    """No telephone, or none of these, rings for a caller any more."""
    mine = StaffRing.caller_id == caller_id
    if indexes is not None:
        mine &= StaffRing.number_index.in_(indexes)
    _end(connection, mine, result, at)


def extend_ring(connection: Connection, caller_id: int, number_index: str, until: datetime) -> None:
    """Whoever was rung talks with the caller now."""
    mine = (StaffRing.caller_id == caller_id) & (StaffRing.number_index == number_index)
    connection.execute(
        update(StaffRing)
        .where(mine, StaffRing.ended_at.is_(None))
        .values(until=until, result="accepted")
    )


def _end(
    connection: Connection, which: ColumnElement[bool], result: RingResult, at: datetime
) -> None:
    """Those who accepted keep that result."""
    is_open = StaffRing.ended_at.is_(None)
    told = StaffRing.result != ""
    connection.execute(update(StaffRing).where(which, is_open, told).values(ended_at=at))
    connection.execute(update(StaffRing).where(which, is_open).values(ended_at=at, result=result))


def _one(connection: Connection, where: ColumnElement[bool], *, lock: bool) -> Waiting | None:
    query = select(*COLUMNS).where(where).order_by(QueuedCaller.id.desc()).limit(1)
    if lock:
        query = query.with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else Waiting(*row)
