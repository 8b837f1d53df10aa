"""What steps of calls do to the queue: ring, hold, give up; and what ends of calls do to it.

Handlers run inside the journal's transaction. A step that would ring somebody who was rung for
another caller meanwhile is refused, and taken again.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, insert, select

from app.calls.facts import CallEnded, CallFacts
from app.calls.models import Call
from app.database import blind_index
from app.flows.effects import EndRinging, HoldCaller, LeaveQueue, OfferAgain, RingStaff, WaitOn
from app.flows.inputs import NOT_LET_OUT
from app.people.presence import service as presence
from app.queueing import queries, store
from app.queueing.errors import StaffBusyError
from app.queueing.models import Outcome, QueuedCaller, RingResult, StaffRing
from app.queueing.store import Waiting

log = structlog.get_logger()

# By how much ringing may last longer than asked for: the network's margin, and the whisper.
RINGING_MARGIN = timedelta(seconds=35)
RESULTS: dict[str, RingResult] = {
    "busy": "busy",
    "failed": "failed",
    "canceled": "cancelled",
    NOT_LET_OUT: "cancelled",
}


def ring(connection: Connection, effect: RingStaff, call: CallFacts) -> None:
    """Telephones are rung for a caller. Raises StaffBusyError when one may not be (any more)."""
    caller = _asks(connection, effect.target, 1, call)
    if caller is None:
        return
    indexes = [blind_index(number) for number in effect.numbers]
    if store.claim_stands(connection, caller, call.at) and indexes != [caller.claimed_index]:
        raise StaffBusyError("somebody has taken this caller")
    store.end_rings(connection, caller.id, "cancelled", call.at)
    until = call.at + timedelta(seconds=effect.seconds) + RINGING_MARGIN
    for index in indexes:
        if not store.begin_ring(connection, caller.id, index, call.at, until):
            raise StaffBusyError("somebody else rings this telephone")
    store.change(connection, caller.id, state="ringing", seen_at=call.at)


def end_ringing(connection: Connection, effect: EndRinging, call: CallFacts) -> None:
    """Nobody took the caller, or the conversation is over."""
    caller = store.of_call(connection, call.sid, lock=True)
    if caller is None:
        return
    if effect.bridged:
        began = caller.answered_at or call.at - timedelta(seconds=effect.seconds)
        store.change(connection, caller.id, answered_at=began)
        store.end(connection, caller.id, "person", call.at)
        return
    rung = _open_rings(connection, caller.id)
    machines = _picked_up(connection, call.sid, rung)
    store.end_rings(connection, caller.id, "machine", call.at, machines)
    store.end_rings(connection, caller.id, RESULTS.get(effect.status, "no_answer"), call.at)
    values = {"claimed_by": "", "claimed_index": "", "claim_until": None}
    is_released = effect.status == NOT_LET_OUT or caller.claimed_index in rung
    released = values if is_released else {}
    store.change(connection, caller.id, state="waiting", seen_at=call.at, **released)


def hold(connection: Connection, effect: HoldCaller, call: CallFacts) -> None:
    """A caller waits."""
    caller = _asks(connection, effect.target, effect.position, call)
    if caller is None:
        return
    store.end_rings(connection, caller.id, "cancelled", call.at)
    store.change(connection, caller.id, state="waiting", seen_at=call.at)


def wait_on(connection: Connection, _effect: WaitOn, call: CallFacts) -> None:
    """A caller chose to wait on: another minute begins, and everybody may be rung again."""
    caller = store.of_call(connection, call.sid, lock=True)
    if caller is not None:
        store.change(connection, caller.id, patient_from=call.at, seen_at=call.at)


def offer_again(connection: Connection, _effect: OfferAgain, call: CallFacts) -> None:
    """Whoever talked with a caller vanished: the caller keeps their place, with fresh patience."""
    caller = store.of_call(connection, call.sid, lock=True)
    if caller is None:
        return
    store.end_rings(connection, caller.id, "cancelled", call.at)
    answered_by = store.answered_by(connection, caller.id)
    if answered_by is not None:
        presence.vanished(connection, answered_by, call.at)
    store.change(
        connection,
        caller.id,
        state="waiting",
        seen_at=call.at,
        patient_from=call.at,
        claimed_by="",
        claimed_index="",
        claim_until=None,
    )


def leave(connection: Connection, effect: LeaveQueue, call: CallFacts) -> None:
    """A caller waits no more."""
    caller = store.of_call(connection, call.sid, lock=True)
    if caller is not None:
        outcome: Outcome = "message" if effect.reason == "message" else "left"
        store.end(connection, caller.id, outcome, call.at)


def call_ended(connection: Connection, ended: CallEnded) -> None:
    """A call is over: a caller hung up, or the telephone of somebody who was rung did."""
    caller = store.of_call(connection, ended.sid, lock=True)
    if caller is None:
        _leg_ended(connection, ended)
    elif caller.state in ("waiting", "ringing", "talking"):
        outcome: Outcome = "person" if caller.answered_at else "hung_up"
        store.end(connection, caller.id, outcome, ended.at)


def give_up_silent(connection: Connection, at: datetime) -> int:
    """End callers of whom nothing is heard any more; returns how many."""
    lost = queries.silent(connection, at)
    for caller in lost:
        log.warning("queue.caller_lost", call=caller.call_sid, state=caller.state)
        store.end(connection, caller.id, "person" if caller.answered_at else "lost", at)
    return len(lost)


def ask(
    connection: Connection, target: str, position: int, call: CallFacts, in_line_since: datetime
) -> None:
    """Somebody asks for a person."""
    connection.execute(
        insert(QueuedCaller).values(
            call_sid=call.sid,
            caller=call.caller,
            caller_index=blind_index(call.caller),
            target=target,
            language=call.language,
            state="waiting",
            position=position,
            asked_at=call.at,
            in_line_since=in_line_since,
            patient_from=call.at,
            seen_at=call.at,
            claimed_by="",
            claimed_index="",
            ticket="",
            tries=0,
            outcome="",
        )
    )


def _asks(connection: Connection, target: str, position: int, call: CallFacts) -> Waiting | None:
    """The caller of a call, from now on in the queue; whoever has a kept place has it there.

    None when the call is over: one of its webhooks came after the news of its end, and nobody
    is to wait behind somebody who has hung up.
    """
    caller = store.of_call(connection, call.sid, lock=True)
    if caller is not None:
        if caller.target != target:
            store.change(connection, caller.id, target=target)
        return caller
    if _is_over(connection, call.sid):
        return None
    before = _left_this_moment(connection, call)
    if before is not None:  # key 0 leads back here: their place is still theirs
        store.change(connection, before.id, ended_at=None, outcome="", target=target)
    else:
        kept = queries.kept_place(connection, blind_index(call.caller), target)
        ask(connection, target, position, call, kept.in_line_since if kept else call.at)
        if kept is not None:
            store.end(connection, kept.id, "came_back", call.at)
    asked = store.of_call(connection, call.sid, lock=True)
    assert asked is not None
    return asked


def _is_over(connection: Connection, call_sid: str) -> bool:
    query = select(Call.id).where(Call.sid == call_sid, Call.ended_at.is_not(None))
    return connection.execute(query).first() is not None


def _left_this_moment(connection: Connection, call: CallFacts) -> Waiting | None:
    query = select(*store.COLUMNS).where(
        QueuedCaller.call_sid == call.sid,
        QueuedCaller.outcome == "left",
        QueuedCaller.ended_at == call.at,
    )
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else Waiting(*row)


def _open_rings(connection: Connection, caller_id: int) -> set[str]:
    query = select(StaffRing.number_index).where(
        StaffRing.caller_id == caller_id, StaffRing.ended_at.is_(None)
    )
    return set(connection.execute(query).scalars())


def _picked_up(connection: Connection, call_sid: str, indexes: Collection[str]) -> set[str]:
    """Telephones that were picked up for a call and did not accept it: machines, most likely."""
    query = select(Call.caller_index).where(
        Call.parent_sid == call_sid,
        Call.caller_index.in_(indexes),
        Call.status.in_(("in-progress", "completed")),
    )
    return set(connection.execute(query).scalars())


def _leg_ended(connection: Connection, ended: CallEnded) -> None:
    """A telephone that was rung is free again, and how it went is known for certain."""
    query = select(Call.parent_sid, Call.caller_index).where(
        Call.sid == ended.sid, Call.parent_sid.is_not(None)
    )
    leg = connection.execute(query).one_or_none()
    if leg is None:
        return
    for caller in queries.rung_for(connection, leg.parent_sid)[:1]:
        result = RESULTS.get(ended.status)
        if result is None:
            result = "no_answer" if ended.status == "no-answer" else "machine"
        store.end_rings(connection, caller.id, result, ended.at, {leg.caller_index})
