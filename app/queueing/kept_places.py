"""Keeping a caller's place: they hang up, and when it is their turn staff are rung, then they.

Served once, in the order in which callers first asked, within the calling hours, and only to the
number that called. What could not be done stands as a task for people.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.calls.facts import CallFacts
from app.calls.outbound import store as outbound
from app.calls.outbound.models import OutboundState
from app.calls.outbound.queries import cancelled_since
from app.calls.outbound.service import Plan, plan_call
from app.calls.outbound.store import Outgoing
from app.calls.wiring import Invitation
from app.database import blind_index
from app.flows.directory import Directory
from app.flows.effects import KeepPlace, NoteCallBack
from app.queueing import queries, store
from app.queueing.crew import FAILED, Member, crew, occupied
from app.queueing.desk import least_lately
from app.queueing.models import Outcome, RingResult
from app.queueing.service import ask
from app.queueing.store import Waiting
from app.tickets.callbacks.queries import KEPT_PLACE
from app.tickets.callbacks.service import note_call_back
from app.tickets.callbacks.tasks import CallToReturn, open_task
from app.tickets.changes import SYSTEM, staff_actor
from app.tickets.closing.schedule import is_allowed

log = structlog.get_logger()

MOST_TRIES = 5  # members of the staff who are rung for one kept place
RINGS_FOR = timedelta(minutes=2)  # until the placed call tells by itself how it goes
STALE_AFTER = timedelta(minutes=2)
REFUSED_FOR = timedelta(minutes=1)  # then a place is served again for which nobody could be rung
RESULTS: Mapping[str, RingResult] = {
    "busy": "busy",
    "failed": "failed",
    "machine": "machine",
    "cancelled": "cancelled",
}


class KeptPlaces:
    """Keeps places and serves them; the purpose of the calls placed for them."""

    ring_seconds = 20
    limit_seconds = 3_900
    may_wait = False

    def __init__(self, directory: Callable[[], Directory], random_id: Callable[[], str]) -> None:
        self._directory = directory
        self._random_id = random_id

    # --- effects

    def keep(self, connection: Connection, effect: KeepPlace, call: CallFacts) -> None:
        """A caller hangs up and is called back in turn: a task says so from now on."""
        caller = store.of_call(connection, call.sid, lock=True)
        if caller is None:
            ask(connection, effect.target, 1, call, call.at)
            caller = store.of_call(connection, call.sid, lock=True)
            assert caller is not None
        owed = CallToReturn(
            call.sid,
            call.caller,
            caller.caller_index,
            call.language,
            "kept_place",
            call.at,
            note="kept their place in the queue" + ("" if effect.chosen else ", by saying nothing"),
        )
        number = open_task(connection, self._directory(), owed, effect.number, call.at)
        store.end_rings(connection, caller.id, "cancelled", call.at)
        store.change(
            connection,
            caller.id,
            state="kept",
            patient_from=call.at,
            ticket=number,
            claimed_by="",
            claimed_index="",
            claim_until=None,
            seen_at=call.at,
        )

    def note(self, connection: Connection, effect: NoteCallBack, call: CallFacts) -> None:
        """How a call back goes, on its ticket and in the queue."""
        note_call_back(connection, effect, call)
        placed = outbound.of_call(connection, call.sid)
        if placed is None or placed.purpose != KEPT_PLACE:
            return
        caller = store.being_served(connection, placed.subject)
        if caller is None:
            return
        if effect.result == "accepted":
            for other in queries.kept_under(connection, placed.subject):
                store.end(connection, other, "came_back", call.at)
            store.change(connection, caller.id, state="talking", seen_at=call.at)
            talk = call.at + timedelta(seconds=self.limit_seconds)
            store.extend_ring(connection, caller.id, blind_index(placed.number), talk)
        else:
            outcome: Outcome = "called_back" if effect.result == "reached" else "not_reached"
            store.end(connection, caller.id, outcome, call.at)

    # --- serving

    def serve(self, connection: Connection, at: datetime) -> int:
        """Ring staff for those whose turn it is; returns for how many."""
        if not is_allowed(at, self._directory().calling_hours):
            return 0
        return sum(
            self._serve(connection, caller, at) for caller in queries.kept_places(connection)
        )

    def _serve(self, connection: Connection, waiting: Waiting, at: datetime) -> bool:
        caller = store.load(connection, waiting.id)
        if caller is None or caller.state != "kept":
            return False
        if self._is_in_vain(connection, caller, at):
            store.end(connection, caller.id, "given_up", at)
            return False
        if (
            store.being_served(connection, caller.ticket) is not None
        ):  # by an earlier call of theirs
            return False
        since = at - REFUSED_FOR
        if cancelled_since(connection, KEPT_PLACE, caller.ticket, since):
            return False
        free = self._free(connection, caller, at)
        before = queries.ahead(connection, caller.target, at, caller, with_kept=True)
        if len(free) <= before:
            return False
        member = free[before]
        until = at + RINGS_FOR
        if not store.begin_ring(connection, caller.id, member.index, at, until):
            return False
        store.change(connection, caller.id, state="calling", tries=caller.tries + 1, seen_at=at)
        plan_call(connection, self._plan(caller, member, at))
        log.info("queue.place_served", caller=caller.id, tries=caller.tries + 1)
        return True

    def _is_in_vain(self, connection: Connection, caller: Waiting, at: datetime) -> bool:
        """Whether a place is served no more: tried enough, too old, or settled by somebody."""
        return (
            caller.tries >= MOST_TRIES
            or caller.in_line_since <= at - queries.KEPT_FOR
            or queries.is_settled(connection, caller.ticket)
        )

    def _free(self, connection: Connection, caller: Waiting, at: datetime) -> list[Member]:
        """Who could be rung for them; a telephone that rests, if there is no other at all.

        Who has just not taken this place is left alone for a while, and whoever comes next is
        served meanwhile.
        """
        members = crew(connection, self._directory(), caller.target, at)
        there = [member for member in members if not member.trouble]
        there = there or [member for member in members if member.trouble == FAILED]
        since = max(caller.patient_from, at - queries.TRIED_AGAIN_AFTER)
        tried = store.rung_since(connection, caller.id, since)
        busy = occupied(connection, {member.index for member in there}, at)
        # The citizen may be on the telephone with us: nobody is connected with somebody busy.
        if caller.caller_index in occupied(connection, {caller.caller_index}, at):
            return []
        return least_lately(connection, [one for one in there if one.index not in busy | tried])

    def _plan(self, caller: Waiting, member: Member, at: datetime) -> Plan:
        staff_id = member.contact.staff_id
        return Plan(
            key=f"kept:{caller.id}:{at.isoformat()}",
            token=self._random_id(),
            purpose=KEPT_PLACE,
            subject=caller.ticket,
            actor=staff_actor(staff_id) if staff_id else SYSTEM,
            number=member.contact.phone,
            # The citizen asked for this one call: it uses nobody's allowance, whoever takes it.
            citizen_index=f"kept:{caller.id}:{caller.tries + 1}",
            due_at=at,
        )

    # --- the purpose of the calls that are placed

    def may_ring(self, _connection: Connection, call: Outgoing, at: datetime) -> datetime | None:
        """At once or not at all."""
        return at if at - call.due_at <= STALE_AFTER else None

    def invitation(self, _connection: Connection, call: Outgoing) -> Invitation:
        """What the member of the staff hears."""
        return Invitation({"call": str(call.id)}, "", "call_back")

    def settled(
        self, connection: Connection, call: Outgoing, state: OutboundState, at: datetime
    ) -> None:
        """A call for which nobody pressed 1: the place is kept, and somebody else is rung.

        One of which nobody knows whether it rang is not: it is left to people. One that was
        cancelled rang nobody, and is no try.
        """
        caller = store.being_served(connection, call.subject)
        if caller is None:
            return
        if caller.state == "talking" or state == "unknown":
            store.end(connection, caller.id, "given_up", at)
        elif caller.state == "calling":
            is_tried = state != "cancelled"
            store.end_rings(connection, caller.id, RESULTS.get(state, "no_answer"), at)
            if queries.has_come_back(connection, caller):
                store.end(connection, caller.id, "came_back", at)
                return
            tries = caller.tries if is_tried else caller.tries - 1
            store.change(connection, caller.id, state="kept", tries=tries, seen_at=at)
