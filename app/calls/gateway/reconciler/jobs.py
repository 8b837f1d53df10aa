"""Comparing our calls with the provider's, and settling what differs; never back, never twice.

Whatever the provider says goes the way of a callback (`log_status`): a final state stays, all hooks
are told once, and a call whose callbacks are lost for ever is over as if they had come.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, insert

from app.calls.callbacks import FINAL_RANK, STATUS_RANK, log_status
from app.calls.facts import CallOrigin, StatusEvent
from app.calls.gateway import alarms, store
from app.calls.gateway.models import OutboundLeg
from app.calls.gateway.reconciler import queries
from app.calls.gateway.reconciler.queries import Lost
from app.calls.telephony import MOST_LISTED, CallFound, TelephonyError
from app.calls.wiring import Wiring
from app.calls.writes import RECONCILED
from app.database import blind_index
from app.jobs.runner import Handler, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload
from app.metrics import counters

log = structlog.get_logger()

COMPARE = Every("outbound.compare", 120, queries.anything_open)
LOOK_ROUND = Every("outbound.look_round", 600)

MOST_ASKED = 20  # requests of one job: what is left over waits for the next
GIVEN_UP_AFTER = timedelta(minutes=15)  # law L4: then it never was
NEAR = timedelta(seconds=90)  # between our asking and the provider's own record of it
OVERLAP = timedelta(minutes=30)
STRANGER = "stranger"


class Reconciler:
    """The handlers of the jobs that compare."""

    recurring = (COMPARE, LOOK_ROUND)

    def __init__(self, wiring: Wiring, canary_number: str = "") -> None:
        self._wiring = wiring
        self._canary_number = canary_number

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {COMPARE.kind: self.compare, LOOK_ROUND.kind: self.look_round}

    def compare(self, _payload: Payload, tools: Tools) -> None:
        """Settle calls that ended unheard of, and find those whose placing is unknown."""
        at = tools.clock.now()
        with tools.database.reading() as connection:
            open_ = [*queries.open_calls(connection, at), *queries.silent_calls(connection, at)]
            lost = queries.lost_legs(connection, at)
            never_rung = queries.never_rung(connection, at)
        try:
            self._settle_ended(open_, tools)
            for leg in lost[:MOST_ASKED]:
                self._find(leg, tools)
        except TelephonyError as error:
            log.warning("reconciler.provider_away", error=str(error))
        if never_rung:
            with tools.database.writing() as connection:
                for key in never_rung:
                    tools.gateway.released(connection, key, "not rung")

    def look_round(self, _payload: Payload, tools: Tools) -> None:
        """Adopt calls that came while we were away; report those that nobody here caused."""
        at = tools.clock.now()
        with tools.database.reading() as connection:
            looked = queries.last_looked(connection, LOOK_ROUND.kind) or at
        since = max(min(looked, at) - OVERLAP, at - queries.LONGEST_AGO)
        try:
            begun = tools.telephony.calls_begun(since, at - queries.QUIET)
        except TelephonyError as error:
            log.warning("reconciler.provider_away", error=str(error))
            return
        if len(begun) >= MOST_LISTED:
            log.warning("reconciler.list_cut_off", since=since.isoformat())
        over = {call.sid: call for call in begun if _is_over(call)}
        with tools.database.reading() as connection:
            unknown = queries.unknown_among(connection, over.keys())
            lost = {leg.number for leg in queries.lost_legs(connection, at)}
        for sid in sorted(unknown):
            call = over[sid]
            if call.direction == "outbound-api" and call.called not in lost:
                self._report(call, tools)
            elif call.direction != "outbound-api":
                self._adopt(call, tools, "")

    # --- what ended unheard of

    def _settle_ended(self, sids: list[str], tools: Tools) -> None:
        if not sids:
            return
        alive = {call.sid for call in tools.telephony.calls_under_way()}
        for sid in [sid for sid in sids if sid not in alive][:MOST_ASKED]:
            found = tools.telephony.find_call(sid)
            if found is None:
                log.warning("reconciler.not_at_provider", call=sid)
                self._end_unknown(sid, tools)
            elif _is_over(found):
                self._adopt(found, tools)

    def _adopt(self, call: CallFound, tools: Tools, leg: str | None = None) -> None:
        """Write what the provider says of a call that is over, as its last callback would have."""
        with tools.database.writing() as connection:
            token = queries.leg_of_call(connection, call.sid) if leg is None else leg
            origin = _origin(call).known_to(self._canary_number)
            event = StatusEvent(origin, call.status, RECONCILED, call.seconds, token)
            log_status(connection, event, tools.clock.now(), self._wiring)
        counters.CALLS_RECONCILED.labels("adopted").inc()
        log.info("reconciler.adopted", call=call.sid, status=call.status)

    def _end_unknown(self, sid: str, tools: Tools) -> None:
        """A call that we know, and the provider does not: nobody is kept in it for ever."""
        with tools.database.writing() as connection:
            origin = queries.origin_of(connection, sid)
            if origin is not None:
                token = queries.leg_of_call(connection, sid)
                event = StatusEvent(origin, "failed", RECONCILED, None, token)
                log_status(connection, event, tools.clock.now(), self._wiring)

    # --- whether it ever rang

    def _find(self, leg: Lost, tools: Tools) -> None:
        """Look for the call of a leg by its number and time; one that is not there never was."""
        at = tools.clock.now()
        listed = tools.telephony.calls_to(leg.number, leg.asked_at - NEAR)
        with tools.database.writing() as connection:
            unknown = queries.unknown_among(connection, {call.sid for call in listed})
            near = [call for call in listed if call.sid in unknown and _is_near(call, leg)]
            if near:
                found = min(near, key=lambda call: abs(call.created_at - leg.asked_at))
                tools.gateway.placed(connection, leg.key, found.sid)
                counters.CALLS_RECONCILED.labels("found").inc()
                log.info("reconciler.found", call=found.sid, status=found.status)
            elif leg.asked_at < at - GIVEN_UP_AFTER:
                tools.gateway.released(connection, leg.key, "never rang")
                counters.CALLS_RECONCILED.labels("never_rang").inc()
        if near and _is_over(found):
            self._adopt(found, tools, leg.key)

    # --- what nobody here caused

    def _report(self, call: CallFound, tools: Tools) -> None:
        """A call was placed from our account by somebody else: booked, and told (threat T1)."""
        at = tools.clock.now()
        with tools.database.writing() as connection:
            if queries.unknown_among(connection, {call.sid}):
                _book_stranger(connection, call, at)
                alarms.stranger(connection, call.sid, at)
        counters.CALLS_RECONCILED.labels(STRANGER).inc()
        log.error("reconciler.stranger", call=call.sid, status=call.status)


def _book_stranger(connection: Connection, call: CallFound, at: datetime) -> None:
    store.wait_for_turn(connection)
    connection.execute(
        insert(OutboundLeg).values(
            key=f"{STRANGER}:{call.sid}",
            way="found",
            purpose=STRANGER,
            actor="unknown",
            number=call.called,
            number_index=blind_index(call.called),
            state=STRANGER,
            rule="",
            over_cap="",
            asked_at=call.created_at,
            placed_at=call.created_at,
            booked_seconds=call.seconds,
            call_sid=call.sid,
            parent_sid=None,
            status=call.status,
            settled_at=at,
        )
    )


def _origin(call: CallFound) -> CallOrigin:
    far, near = call.caller, call.called
    if call.direction.startswith("outbound"):
        far, near = near, far
    return CallOrigin(call.sid, far, near, call.direction, call.parent_sid)


def _is_over(call: CallFound) -> bool:
    return STATUS_RANK.get(call.status) == FINAL_RANK


def _is_near(call: CallFound, leg: Lost) -> bool:
    return call.direction == "outbound-api" and abs(call.created_at - leg.asked_at) <= NEAR
