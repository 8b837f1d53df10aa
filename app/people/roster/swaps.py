"""Swaps: asking a colleague to take a shift, and what becomes of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from app.database import insert_once
from app.people.alerts.service import raise_alert
from app.people.roster.errors import RosterError
from app.people.roster.models import DutyShift, DutySwap, SwapState
from app.people.staff.models import Staff


def ask(
    connection: Connection,
    *,
    shift_id: int,
    asked_by: int,
    to_staff_id: int,
    at: datetime,
    why: str = "",
    return_shift_id: int | None = None,
) -> int:
    """Ask a colleague to take one's shift, perhaps for one of theirs; returns the swap's id.

    Raises RosterError when a shift is not whose it should be, is over, or is asked about already.
    """
    _owned(connection, shift_id, asked_by, at)
    if to_staff_id == asked_by or not _is_active(connection, to_staff_id):
        raise RosterError("请选择另一位在岗同事。", "Choose another colleague who works here.")
    if return_shift_id is not None:
        _owned(connection, return_shift_id, to_staff_id, at)
    is_new = insert_once(
        connection,
        DutySwap,
        shift_id=shift_id,
        return_shift_id=return_shift_id,
        asked_by=asked_by,
        to_staff_id=to_staff_id,
        state="asked",
        why=why.strip()[:500],
        asked_at=at,
    )
    if not is_new:
        raise RosterError("这个班次已经在问别人了。", "Somebody is being asked about this already.")
    query = select(DutySwap.id).where(DutySwap.shift_id == shift_id, DutySwap.state == "asked")
    swap_id = connection.execute(query).scalar_one()
    words = {
        "zh-CN": "有同事请您换班，请到值班表答复。",
        "en-US": "A colleague asks you to swap a shift. Please answer on the roster.",
    }
    _tell(connection, swap_id, "asked", (to_staff_id,), words, at)
    return swap_id


def accept(connection: Connection, swap_id: int, staff_id: int, at: datetime) -> None:
    """The colleague takes the shift; one of theirs goes the other way, when that was offered."""
    swap = _asked(connection, swap_id)
    _refuse_others(staff_id, swap.to_staff_id)
    _exchange(connection, swap, "accepted", staff_id, at)


def decline(connection: Connection, swap_id: int, staff_id: int, at: datetime) -> None:
    """The colleague does not take it."""
    swap = _asked(connection, swap_id)
    _refuse_others(staff_id, swap.to_staff_id)
    _settle(connection, swap, "declined", staff_id, at)


def cancel(connection: Connection, swap_id: int, staff_id: int, at: datetime) -> None:
    """Who asked takes it back."""
    swap = _asked(connection, swap_id)
    _refuse_others(staff_id, swap.asked_by)
    _settle(connection, swap, "cancelled", staff_id, at)


def force(connection: Connection, swap_id: int, supervisor_id: int, at: datetime) -> None:
    """A supervisor decides that the shift changes hands. The edge checks that they may."""
    _exchange(connection, _asked(connection, swap_id), "forced", supervisor_id, at)


def _exchange(connection: Connection, swap: Any, state: SwapState, by: int, at: datetime) -> None:
    _owned(connection, swap.shift_id, swap.asked_by, at)
    _give(connection, swap.shift_id, swap.to_staff_id)
    if swap.return_shift_id is not None:
        _owned(connection, swap.return_shift_id, swap.to_staff_id, at)
        _give(connection, swap.return_shift_id, swap.asked_by)
    _settle(connection, swap, state, by, at)


def _settle(connection: Connection, swap: Any, state: SwapState, by: int, at: datetime) -> None:
    connection.execute(
        update(DutySwap)
        .where(DutySwap.id == swap.id)
        .values(state=state, answered_at=at, answered_by=by)
    )
    others = [person for person in (swap.asked_by, swap.to_staff_id) if person != by]
    _tell(connection, swap.id, state, others, _SETTLED[state], at)


_SETTLED = {
    "accepted": {"zh-CN": "您的换班已被接受。", "en-US": "Your swap was accepted."},
    "declined": {
        "zh-CN": "您的换班没有被接受，班次仍是您的。",
        "en-US": "Your swap was declined; the shift is still yours.",
    },
    "cancelled": {"zh-CN": "同事撤回了换班。", "en-US": "Your colleague took the swap back."},
    "forced": {
        "zh-CN": "主管已决定换班，请看值班表。",
        "en-US": "A supervisor decided the swap. Please look at the roster.",
    },
}


def _tell(
    connection: Connection,
    swap_id: int,
    news: str,
    people: Sequence[int],
    words: dict[str, str],
    at: datetime,
) -> None:
    for person in people:
        raise_alert(
            connection,
            key=f"swap:{swap_id}:{news}:{person}",
            staff_id=person,
            kind=f"roster.swap_{news}",
            ticket_id=None,
            words=words,
            at=at,
            ways=("console", "push"),
        )


def _asked(connection: Connection, swap_id: int) -> Any:
    """A swap that nobody has answered, locked."""
    row = connection.execute(
        select(
            DutySwap.id,
            DutySwap.shift_id,
            DutySwap.return_shift_id,
            DutySwap.asked_by,
            DutySwap.to_staff_id,
            DutySwap.state,
        )
        .where(DutySwap.id == swap_id)
        .with_for_update()
    ).one_or_none()
    if row is None or row.state != "asked":
        raise RosterError("这次换班已经处理过了。", "This swap has been settled already.")
    return row


def _owned(connection: Connection, shift_id: int, staff_id: int, at: datetime) -> None:
    """Refuse a shift that is another's, is over, or was taken off the roster."""
    query = select(DutyShift.id).where(
        DutyShift.id == shift_id,
        DutyShift.staff_id == staff_id,
        DutyShift.ends_at > at,
        DutyShift.cancelled_at.is_(None),
    )
    if connection.execute(query.with_for_update()).first() is None:
        raise RosterError(
            "这个班次不是本人的，或者已经结束、取消。",
            "This shift is somebody else's, or it is over or cancelled.",
        )


def _give(connection: Connection, shift_id: int, staff_id: int) -> None:
    connection.execute(update(DutyShift).where(DutyShift.id == shift_id).values(staff_id=staff_id))


def _is_active(connection: Connection, staff_id: int) -> bool:
    query = select(Staff.id).where(Staff.id == staff_id, Staff.active)
    return connection.execute(query).first() is not None


def _refuse_others(staff_id: int, whose: int) -> None:
    if staff_id != whose:
        raise RosterError("这次换班不由您答复。", "This swap is not yours to answer.")
