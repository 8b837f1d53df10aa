"""What became of the legs that were let out: hooks of calls, in any order, any number of times."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select

from app.calls.facts import CallEnded
from app.calls.gateway import store
from app.calls.gateway.models import OutboundLeg
from app.calls.gateway.store import IS_UNSETTLED
from app.calls.models import Call
from app.calls.wiring import Invitation
from app.people.presence.address import is_client

OFFLINE = "offline"  # the purpose of a leg that was dialled while the database was away


@dataclass(frozen=True, slots=True)
class _Ended:
    direction: str
    caller: str
    caller_index: str
    parent_sid: str | None
    seconds: int | None
    started_at: datetime


_CALL: tuple[Any, ...] = tuple(getattr(Call, name) for name in _Ended.__slots__)


def bind_answered(
    connection: Connection, token: str, call_sid: str, _at: datetime
) -> Invitation | None:
    """Note which call a leg has become. What it was placed for, its purpose knows: always None."""
    store.change(
        connection,
        OutboundLeg.key == token,
        OutboundLeg.state.in_(("reserved", "unknown")),
        state="placed",
        call_sid=call_sid,
    )
    return None


def call_ended(connection: Connection, ended: CallEnded) -> None:
    """A call is over: its leg books what it took. One that nobody asked for is booked too."""
    row = connection.execute(select(*_CALL).where(Call.sid == ended.sid)).one_or_none()
    if row is None:
        return
    call = _Ended(*row)
    for where in (
        (OutboundLeg.call_sid == ended.sid,),
        (OutboundLeg.key == ended.leg, OutboundLeg.call_sid.is_(None)),
        (OutboundLeg.id == _dialled(connection, call),),
    ):
        if _is_there(connection, *where):
            _settle(connection, ended, call, *where)
            return
    is_outside = call.direction.startswith("outbound") and not is_client(call.caller)
    if is_outside and not ended.leg:
        _book_afterwards(connection, ended, call)


def _dialled(connection: Connection, call: _Ended) -> int:
    """The number of a `<Dial>` that this call rang; 0 when there is none."""
    if not call.parent_sid:  # SQL would take that for "no parent": a call of the same telephone
        return 0
    query = (
        select(OutboundLeg.id)
        .where(
            OutboundLeg.parent_sid == call.parent_sid,
            OutboundLeg.number_index == call.caller_index,
            OutboundLeg.call_sid.is_(None),
            IS_UNSETTLED,
        )
        .order_by(OutboundLeg.id)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none() or 0


def _is_there(connection: Connection, *where: ColumnElement[bool]) -> bool:
    return connection.execute(select(OutboundLeg.id).where(*where).limit(1)).first() is not None


def _settle(
    connection: Connection,
    ended: CallEnded,
    call: _Ended,
    *where: ColumnElement[bool],
) -> None:
    store.change(
        connection,
        *where,
        IS_UNSETTLED,
        state="ended",
        status=ended.status,
        call_sid=ended.sid,
        booked_seconds=call.seconds or 0,
        settled_at=ended.at,
    )


def _book_afterwards(connection: Connection, ended: CallEnded, call: _Ended) -> None:
    connection.execute(
        insert(OutboundLeg).values(
            key=f"offline:{ended.sid}",
            way="dial",
            purpose=OFFLINE,
            actor="system",
            number=call.caller,
            number_index=call.caller_index,
            state="ended",
            rule="",
            over_cap="",
            asked_at=call.started_at,
            placed_at=call.started_at,
            booked_seconds=call.seconds or 0,
            call_sid=ended.sid,
            parent_sid=call.parent_sid,
            status=ended.status,
            settled_at=ended.at,
        )
    )
