"""The verbs of calls we place: each is asked for, placed once, and its purpose told how it went.

A purpose (a return visit, a call back) says when its call may still be placed and what is heard.
What the network is asked for is a job in the same transaction; a call that may or may not ring is
never placed again (law L4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import Connection, select

from app.calls.facts import CANARY, CallEnded, CallFacts
from app.calls.outbound import queries, store
from app.calls.outbound.models import OutboundCall, OutboundState
from app.calls.outbound.rules import allowed_from
from app.calls.outbound.store import Outgoing
from app.calls.telephony import CallOrder
from app.calls.wiring import Invitation
from app.database import insert_once
from app.flows.effects import AnswerOutbound
from app.jobs.service import enqueue

log = structlog.get_logger()

PLACE, SETTLE = "outbound.place", "outbound.settle"
AGAIN_AFTER = timedelta(seconds=30)  # when the network was not to be reached
# A call's last webhooks may arrive after the news of its end.
SETTLE_AFTER = timedelta(seconds=30)
# Until then the webhooks of a call whose placing failed may still tell that it rings.
UNKNOWN_FOR = timedelta(minutes=15)

ENDED: Mapping[str, OutboundState] = {
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "failed",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A call to be placed. `key` makes it unique, `token` is fresh random (128 bits).

    `number` is rung, `citizen_index` is whose allowance it uses.
    """

    key: str
    token: str
    purpose: str
    subject: str
    actor: str
    number: str
    citizen_index: str
    due_at: datetime


class Purpose(Protocol):
    """What calls are placed for.

    One that `may_wait` is planned again when there is no room for its call, or no network;
    otherwise the call is cancelled at once, and whoever wants another asks for it.
    """

    ring_seconds: int
    limit_seconds: int
    may_wait: bool

    def may_ring(self, connection: Connection, call: Outgoing, at: datetime) -> datetime | None:
        """When the call may be placed: `at` for now, later for not before; None for no more."""

    def invitation(self, connection: Connection, call: Outgoing) -> Invitation:
        """What somebody who answers hears."""

    def settled(
        self, connection: Connection, call: Outgoing, state: OutboundState, at: datetime
    ) -> None:
        """How the call went, told once."""


def plan_call(connection: Connection, plan: Plan) -> bool:
    """Ask for a call within the caller's transaction; False when its key was used before."""
    is_new = insert_once(
        connection,
        OutboundCall,
        key=plan.key,
        token=plan.token,
        purpose=plan.purpose,
        subject=plan.subject,
        actor=plan.actor,
        number=plan.number,
        citizen_index=plan.citizen_index,
        state="planned",
        due_at=plan.due_at,
    )
    if is_new:
        query = select(OutboundCall.id).where(OutboundCall.key == plan.key)
        ask_to_place(connection, connection.execute(query).scalar_one(), plan.due_at)
    return is_new


def ask_to_place(connection: Connection, call_id: int, due_at: datetime, again: str = "") -> None:
    """Ask for the job that places a call; `again` tells a repeated asking from the first."""
    enqueue(connection, PLACE, f"{PLACE}:{call_id}:{again}", {"call": call_id}, due_at)


class Outbound:
    """All calls we place, by what they are for."""

    def __init__(self, purposes: Mapping[str, Purpose]) -> None:
        self._purposes = purposes

    # --- hooks and effects of calls

    def invitation(
        self, connection: Connection, token: str, call_sid: str, at: datetime
    ) -> Invitation | None:
        """What an answered call was placed for; binds the one-time token to it (threat T17)."""
        call = store.of_token(connection, token)
        if call is None or call.settled_at is not None:
            return None
        if call.call_sid not in (None, call_sid):
            log.warning("outbound.token_of_another_call", call=call_sid)
            return None
        store.update_call(connection, call, call_sid=call_sid, state="answered")
        return self._purposes[call.purpose].invitation(connection, call)

    def answer(self, connection: Connection, effect: AnswerOutbound, call: CallFacts) -> None:
        """A call was answered by somebody it was not meant for."""
        placed = store.of_call(connection, call.sid)
        if placed is not None and placed.settled_at is None:
            store.update_call(connection, placed, state=effect.answer)

    def call_ended(self, connection: Connection, ended: CallEnded) -> None:
        """A call is over; its purpose is told, a little later if it was answered."""
        call = store.of_call(connection, ended.sid) or store.of_token(connection, ended.leg)
        if call is None or call.settled_at is not None or call.call_sid not in (None, ended.sid):
            return
        # `completed` says nothing new: who answered has been told by the call's first webhook.
        state = ENDED.get(ended.status, call.state)
        if state in ("dialing", "unknown"):
            state = "failed"  # it was answered, and our first webhook never arrived
        store.update_call(connection, call, call_sid=ended.sid, state=state)
        unanswered = ended.status in ENDED  # nobody was there who could still tell anything
        _ask_to_settle(connection, call, ended.at + (timedelta(0) if unanswered else SETTLE_AFTER))

    # --- what the jobs report

    def begin_dialling(
        self, connection: Connection, call_id: int, at: datetime
    ) -> CallOrder | None:
        """The call to be placed, now marked as dialling; None when it is not to be placed now.

        One that is too early is planned again.
        A call that was marked and never bound is left by a worker that died while it asked:
        whether it rings is unknown, and it is not placed again.
        """
        call = store.load(connection, call_id)
        if call is None or call.state != "planned":
            if call is not None and call.state == "dialing" and call.call_sid is None:
                self._leave_unknown(connection, call, at)
            return None
        purpose = self._purposes[call.purpose]
        wanted_at = purpose.may_ring(connection, call, at)
        if wanted_at is None:
            self._cancel(connection, call, at)
            return None
        placed = queries.placed_lately(connection, call.citizen_index, at)
        start = max(wanted_at, allowed_from(placed, at))
        if start > at:
            _plan_again(connection, call, start)
            return None
        store.update_call(connection, call, state="dialing", placed_at=at)
        return CallOrder(
            call.number,
            call.token,
            purpose.ring_seconds,
            purpose.limit_seconds,
            purpose=call.purpose,
            actor=call.actor,
            from_canary=call.purpose == CANARY,
        )

    def postpone(self, connection: Connection, call_id: int, until: datetime, at: datetime) -> None:
        """The gateway has no room for the call now: it is planned again, if it may wait."""
        call = store.load(connection, call_id)
        if call is None or call.state != "dialing" or call.call_sid is not None:
            return
        if self._purposes[call.purpose].may_wait:
            _plan_again(connection, call, until)
        else:
            self._cancel(connection, call, at)

    def not_placed(self, connection: Connection, call_id: int, at: datetime) -> None:
        """A call was certainly not placed: it is planned again, if it may wait."""
        self.postpone(connection, call_id, at + AGAIN_AFTER, at)

    def placed(self, connection: Connection, call_id: int, call_sid: str, _at: datetime) -> None:
        """A call was placed; its webhooks may have been here first."""
        call = store.load(connection, call_id)
        if call is not None and call.call_sid is None:
            store.update_call(connection, call, call_sid=call_sid)

    def undialable(self, connection: Connection, call_id: int, at: datetime) -> None:
        """The network refused the call for good."""
        call = store.load(connection, call_id)
        if call is not None and call.settled_at is None:
            store.update_call(connection, call, state="failed")
            _ask_to_settle(connection, call, at)

    def outcome_unknown(self, connection: Connection, call_id: int, at: datetime) -> None:
        """Nobody knows whether a call was placed: wait for its webhooks, never ring again."""
        call = store.load(connection, call_id)
        if call is not None and call.state == "dialing" and call.call_sid is None:
            self._leave_unknown(connection, call, at)

    def settle(self, connection: Connection, call_id: int, at: datetime) -> None:
        """Tell the purpose how a call went, once."""
        call = store.load(connection, call_id)
        if call is None or call.settled_at is not None:
            return
        store.update_call(connection, call, settled_at=at)
        log.info("outbound.settled", purpose=call.purpose, state=call.state)
        self._purposes[call.purpose].settled(connection, call, call.state, at)

    def remember(self, connection: Connection, at: datetime) -> int:
        """Look after calls that nothing is done for any more; returns how many.

        One that was never placed is asked for again; one whose end was never told is unknown.
        """
        forgotten = queries.forgotten(connection, at)
        for call_id in forgotten:
            call = store.load(connection, call_id)
            if call is None or call.settled_at is not None:
                continue
            if call.state == "planned":
                ask_to_place(connection, call_id, at, again=at.isoformat())
                continue
            if call.state == "dialing":
                store.update_call(connection, call, state="unknown")
            self.settle(connection, call_id, at)
        return len(forgotten)

    def _cancel(self, connection: Connection, call: Outgoing, at: datetime) -> None:
        store.update_call(connection, call, state="cancelled", placed_at=None, settled_at=at)
        self._purposes[call.purpose].settled(connection, call, "cancelled", at)

    def _leave_unknown(self, connection: Connection, call: Outgoing, at: datetime) -> None:
        store.update_call(connection, call, state="unknown")
        _ask_to_settle(connection, call, at + UNKNOWN_FOR)


def _plan_again(connection: Connection, call: Outgoing, due_at: datetime) -> None:
    store.update_call(connection, call, state="planned", placed_at=None, due_at=due_at)
    ask_to_place(connection, call.id, due_at, again=due_at.isoformat())


def _ask_to_settle(connection: Connection, call: Outgoing, due_at: datetime) -> None:
    key = f"{SETTLE}:{call.id}:{due_at.isoformat()}"
    enqueue(connection, SETTLE, key, {"call": call.id}, due_at)
