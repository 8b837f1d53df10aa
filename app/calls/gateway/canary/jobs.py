"""What the canary does in the background: fly, be watched, and be forgotten."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete

from app.calls.gateway.alarms import tell_watchers
from app.calls.gateway.canary import queries
from app.calls.gateway.canary.service import send_canary
from app.calls.gateway.models import OutboundLeg
from app.calls.models import Call, CallEvent
from app.calls.outbound.models import OutboundCall
from app.flows.hours import COUNTY_TIME
from app.jobs.runner import Handler, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload

FLY = Every("canary.fly", queries.ROUND.total_seconds())
WATCH = Every("canary.watch", 60, queries.wants_care)
FORGET = Every("canary.forget", 3_600, queries.any_old)
AT_ONCE = 400


class CanaryJobs:
    """The handlers of the canary's jobs; without a number of its own it never flies."""

    def __init__(self, own_number: str, canary_number: str, random_hex: Callable[[], str]) -> None:
        self.number = canary_number
        self._own_number = own_number
        self._random_hex = random_hex
        self.recurring: Sequence[Every] = (FLY, WATCH, FORGET) if canary_number else (FORGET,)

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {FLY.kind: self.fly, WATCH.kind: self.watch, FORGET.kind: self.forget}

    def fly(self, _payload: Payload, tools: Tools) -> None:
        """Ask for the call."""
        with tools.database.writing() as connection:
            send_canary(connection, self._own_number, self._random_hex(), tools.clock.now())

    def watch(self, _payload: Payload, tools: Tools) -> None:
        """Send another when one is overdue, and raise the alarm when none comes through."""
        at = tools.clock.now()
        with tools.database.writing() as connection:
            proof = queries.proof(connection, at)
            if proof.wants_another(at):
                send_canary(connection, self._own_number, self._random_hex(), at)
            if proof.since and proof.is_silent(at) and not queries.is_alarmed(connection, at):
                _alarm(connection, proof.since, at)

    def forget(self, _payload: Payload, tools: Tools) -> None:
        """Delete canaries of long ago: nobody asks for them, and they come every five minutes."""
        at = tools.clock.now()
        with tools.database.writing() as connection:
            calls = queries.old_calls(connection, at, AT_ONCE)
            legs = queries.old_legs(connection, self._own_number, at, AT_ONCE)
            planned = queries.old_ones(connection, at, AT_ONCE)
            connection.execute(delete(CallEvent).where(CallEvent.call_sid.in_(calls)))
            connection.execute(delete(Call).where(Call.sid.in_(calls)))
            connection.execute(delete(OutboundLeg).where(OutboundLeg.id.in_(legs)))
            connection.execute(delete(OutboundCall).where(OutboundCall.id.in_(planned)))


def _alarm(connection: Connection, since: datetime, at: datetime) -> None:
    when = since.astimezone(COUNTY_TIME).strftime("%H:%M")
    words = {
        "zh-CN": f"线路自检电话从 {when} 起没有打通：群众可能打不进来。请运行 hotline doctor。",
        "en-US": f"The line's own test call has not come through since {when}: callers may not "
        "reach us. Run `hotline doctor`.",
    }
    tell_watchers(connection, f"{queries.ALARM}:{at.isoformat()}", queries.ALARM, words, at)
