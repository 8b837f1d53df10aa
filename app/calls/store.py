"""Where each call is: the database row, and a small memory of it for the next step."""

from collections import OrderedDict
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from app.calls.models import Call, CallEvent
from app.calls.writes import step_key
from app.flows.state import State


@dataclass(frozen=True, slots=True)
class CallPosition:
    """A call as it stands before the step it expects next. `state` is empty before the first.

    `reached` is the same state as the step before has left it: a worker that serves a call step
    after step need not read it again.
    """

    sid: str
    caller: str
    flow_version: str
    state: str
    step: int
    reached: State | None = field(default=None, compare=False)


class RecentCalls:
    """The positions of the calls this worker served last. Stale ones are noticed by their step."""

    def __init__(self, capacity: int = 5_000) -> None:
        self._capacity = capacity
        self._positions: OrderedDict[str, CallPosition] = OrderedDict()

    def get(self, sid: str) -> CallPosition | None:
        """The position last seen by this worker, or None."""
        return self._positions.get(sid)

    def put(self, position: CallPosition) -> None:
        """Remember a position; the longest unused one is forgotten when there are too many."""
        self._positions[position.sid] = position
        self._positions.move_to_end(position.sid)
        if len(self._positions) > self._capacity:
            self._positions.popitem(last=False)

    def forget(self, sid: str) -> None:
        """Drop a position that turned out to be stale."""
        self._positions.pop(sid, None)


def load_position(connection: Connection, sid: str) -> CallPosition | None:
    """The position of a call, or None for an unknown one."""
    row = connection.execute(
        select(Call.sid, Call.caller, Call.flow_version, Call.state, Call.step).where(
            Call.sid == sid
        )
    ).one_or_none()
    if row is None:
        return None
    return CallPosition(row.sid, row.caller, row.flow_version, row.state or "", row.step)


def answer_given(connection: Connection, sid: str, key: str) -> str | None:
    """The TwiML that was answered to an event, or None when there was no such event."""
    return connection.execute(
        select(CallEvent.answer).where(CallEvent.call_sid == sid, CallEvent.key == key)
    ).scalar_one_or_none()


def answer_to_step(connection: Connection, sid: str, step: int) -> str | None:
    """The TwiML that was answered to a step, or None when that step has not been taken."""
    return answer_given(connection, sid, step_key(step))
