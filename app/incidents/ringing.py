"""The line about an incident: step by step, round by round, until somebody is in charge.

Every verb may be applied twice and in any order: it locks its incident and acts only where that
makes sense. A step is asked for by the incident's own round and step, so that of two workers, or
of a worker that died and its successor, one asks it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.calls.facts import CallEnded
from app.calls.gateway.service import EMERGENCY
from app.calls.telephony import CallOrder
from app.calls.wiring import Invitation
from app.flows.directory import Directory
from app.incidents import store
from app.incidents.history import note
from app.incidents.line import asked_in
from app.incidents.models import CallState
from app.incidents.states import (
    LINE,
    RINGING,
    STEP_SECONDS,
    UNDER_WAY,
    Leg,
    Standing,
    after,
    ended_as,
    pause_before,
)
from app.incidents.telling import ALARM, WAYS, alarm
from app.jobs.service import Payload, enqueue
from app.tickets.changes import lock_by_id
from app.tickets.clocks.telling import tell

log = structlog.get_logger()

RING_SECONDS = 25
DRILL = "drill"  # what calls about a drill are for: the caps hold for them
CALL_SECONDS = 7_500  # a conversation with the caller included

RING, HANG_UP, STEP = "incident.ring", "incident.hang_up", "incident.step"


class Ringing:
    """The line, by the directory in force at each instant and a source of chance.

    `random_hex` gives 128 random bits in hexadecimal.
    """

    def __init__(self, directory: Callable[[], Directory], random_hex: Callable[[], str]) -> None:
        self._directory = directory
        self._random_hex = random_hex

    # --- step by step

    def begin(self, connection: Connection, incident: Standing, at: datetime) -> None:
        """Ask the first step: all supervisors, on every channel, while the officers are rung."""
        self._ask(connection, incident, 0, 0, at)

    def step_over(
        self, connection: Connection, incident_id: int, round_: int, step: int, at: datetime
    ) -> None:
        """A step has had its time: the next is asked, unless somebody is in charge."""
        incident = store.lock(connection, incident_id)
        if incident.looks_for_somebody and (incident.round, incident.step) == (round_, step):
            self._ask(connection, incident, *after(round_, step), at)

    def release(self, connection: Connection, incident: Standing, at: datetime) -> None:
        """Somebody has it: those still ringing are let go; those who hear it are told so."""
        for leg in store.legs_of(connection, incident.id):
            if leg.state in RINGING:
                store.change_leg(connection, leg.id, state="cancelled", ended_at=at)
                if leg.call_sid is not None:
                    _enqueue(connection, HANG_UP, leg.id, {"leg": leg.id}, at)

    def _ask(
        self, connection: Connection, incident: Standing, round_: int, step: int, at: datetime
    ) -> None:
        """Ask a step, or the first behind it that has anybody; at the end of a round, rest."""
        asked = 0
        while step >= 0:
            asked = self._ring_all(connection, incident, round_, step, at)
            if asked or (round_, step) == (0, 0):
                break
            round_, step = after(round_, step)
        store.change(connection, incident.id, round=round_, step=step)
        seconds = STEP_SECONDS if step >= 0 else pause_before(round_)
        payload: Payload = {"incident": incident.id, "round": round_, "step": step}
        key = f"{incident.id}:{round_}:{step}"
        _enqueue(connection, STEP, key, payload, at, seconds)
        if step >= 0:
            detail = {"round": round_, "rung": LINE[step], "telephones": asked}
            note(connection, incident.ticket_id, at, "alarm", detail)
        else:
            log.error("incident.nobody_took_it", incident=incident.id, round=round_)

    def _ring_all(
        self, connection: Connection, incident: Standing, round_: int, step: int, at: datetime
    ) -> int:
        """Tell and ring everybody of a step; returns how many."""
        directory = self._directory()
        ticket = lock_by_id(connection, incident.ticket_id)
        with_officers = round_ > 0 or incident.is_drill
        asked = asked_in(
            connection, directory, ticket.department, step, at, with_officers=with_officers
        )
        for position, (rung, contact) in enumerate(asked):
            tell(
                connection,
                contact,
                key=f"incident:{incident.id}:{round_}:{step}:{position}",
                kind=ALARM,
                ticket_id=incident.ticket_id,
                words=alarm(directory, incident, ticket.number),
                at=at,
                ways=WAYS,
            )
            if contact.phone and directory.entries.incident:
                leg = Leg(
                    id=self._random_hex(),
                    incident_id=incident.id,
                    rung=rung,
                    staff_id=contact.staff_id,
                    number=contact.phone,
                    language=contact.language,
                    token=self._random_hex(),
                    call_sid=None,
                    state="dialing",
                    is_placed=False,
                )
                store.add_leg(connection, leg, round_, step, position)
                _enqueue(connection, RING, leg.id, {"leg": leg.id}, at)
        return len(asked)

    # --- what becomes of each call

    def lose(self, connection: Connection, leg_id: str, state: CallState, at: datetime) -> None:
        """This call brought nobody. Repeated or late, nothing happens."""
        incident, leg = self._leg(connection, leg_id)
        if leg.state in UNDER_WAY:
            store.change_leg(connection, leg.id, state=state, ended_at=at)
            detail = {"rung": leg.rung, "staff": leg.staff_id, "result": state}
            note(connection, incident.ticket_id, at, "asked", detail)

    def invitation(
        self, connection: Connection, token: str, call_sid: str, at: datetime
    ) -> Invitation | None:
        """What an answered call was rung for; binds the one-time token to the call (threat T17)."""
        known = store.leg_of_token(connection, token)
        if known is None:
            return None
        _, leg = self._leg(connection, known.id)
        if leg.call_sid is None:
            leg = store.change_leg(connection, leg.id, call_sid=call_sid)
        elif leg.call_sid != call_sid:
            log.warning("incident.token_of_another_call", call=call_sid)
            return None
        if leg.state in RINGING:
            store.change_leg(connection, leg.id, state="answered", answered_at=at)
        return Invitation({"leg": leg.id}, leg.language, entry="incident")

    def call_ended(self, connection: Connection, ended: CallEnded) -> None:
        """A call is over: whoever it rang has not taken the incident, unless they had before."""
        known = store.leg_of_call(connection, ended.sid)
        known = known or store.leg_of_token(connection, ended.leg)
        if known is None:
            return
        _, leg = self._leg(connection, known.id)
        if leg.call_sid is None:
            leg = store.change_leg(connection, leg.id, call_sid=ended.sid)
        if leg.call_sid == ended.sid:
            self.lose(connection, leg.id, ended_as(leg.state, ended.status), ended.at)

    # --- what the jobs report

    def begin_dialling(self, connection: Connection, leg_id: str, at: datetime) -> CallOrder | None:
        """The call to be placed for a leg, now marked as placed; None when none is to be placed.

        A leg that was marked and has no call is left by a worker that died while it asked: whether
        it rings is unknown, and it is not rung again (law L4).
        """
        incident, leg = self._leg(connection, leg_id)
        if leg.state != "dialing":
            return None
        if leg.is_placed:
            if leg.call_sid is None:
                store.change_leg(connection, leg.id, state="unknown")
            return None
        if not incident.looks_for_somebody:
            store.change_leg(connection, leg.id, state="cancelled", ended_at=at)
            return None
        store.mark_placed(connection, leg.id, at)
        purpose = DRILL if incident.is_drill else EMERGENCY
        return CallOrder(leg.number, leg.token, RING_SECONDS, CALL_SECONDS, purpose=purpose)

    def not_placed(self, connection: Connection, leg_id: str, _at: datetime) -> None:
        """A call was certainly not placed and may be tried again."""
        _, leg = self._leg(connection, leg_id)
        if leg.call_sid is None:
            store.mark_placed(connection, leg.id, None)

    def placed(self, connection: Connection, leg_id: str, call_sid: str, at: datetime) -> None:
        """A call was placed; its webhooks may have been here first."""
        _, leg = self._leg(connection, leg_id)
        if leg.call_sid is None:
            leg = store.change_leg(connection, leg.id, call_sid=call_sid)
        if leg.state not in UNDER_WAY and leg.state != "taken":
            _enqueue(connection, HANG_UP, leg.id, {"leg": leg.id}, at)

    def undialable(self, connection: Connection, leg_id: str, at: datetime) -> None:
        """The network refused the call for good."""
        self.lose(connection, leg_id, "failed", at)

    def outcome_unknown(self, connection: Connection, leg_id: str, _at: datetime) -> None:
        """Nobody knows whether a call was placed: wait for its webhooks, never ring again."""
        _, leg = self._leg(connection, leg_id)
        if leg.state == "dialing":
            store.change_leg(connection, leg.id, state="unknown")

    def _leg(self, connection: Connection, leg_id: str) -> tuple[Standing, Leg]:
        """A leg and its incident; the lock of the incident guards both."""
        incident = store.lock(connection, store.leg(connection, leg_id).incident_id)
        return incident, store.leg(connection, leg_id)


def _enqueue(
    connection: Connection,
    kind: str,
    subject: str,
    payload: Payload,
    at: datetime,
    after_seconds: float = 0,
) -> None:
    due_at = at + timedelta(seconds=after_seconds)
    enqueue(connection, kind, f"{kind}:{subject}", payload, due_at, urgent=True)
