"""What a mediation has done by the telephone network, after the commit that asked for it."""

from collections.abc import Mapping

import structlog

from app.calls.retry_law import AGAIN_SECONDS, insist, place_once
from app.calls.telephony import (
    OutcomeUnknownError,
    RefusedError,
    TelephonyError,
    TryAgainLaterError,
)
from app.jobs.runner import Handler, RetryLater, Tools
from app.jobs.service import Payload
from app.mediation import store
from app.mediation.floor import seats
from app.mediation.service import Mediation
from app.mediation.states import ANSWERED, ENDED, LOST, PRESENT, Leg
from app.mediation.store import Session
from app.mediation.watching import Watching

log = structlog.get_logger()


class MediationJobs:
    """The handlers of all jobs that mediations ask for."""

    def __init__(self, mediation: Mediation) -> None:
        self._mediation = mediation
        self._watching = Watching(mediation)

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {
            "mediation.invite": self.invite,
            "mediation.expire": self.expire,
            "mediation.move": self.move,
            "mediation.adjust": self.adjust,
            "mediation.hang_up": self.hang_up,
            "mediation.remove_unknown": self.remove_unknown,
            "mediation.end_floor": self.end_floor,
            "mediation.look": self._watching.look,
            "mediation.follow_up": self.follow_up,
        }

    def invite(self, payload: Payload, tools: Tools) -> None:
        """Ring a party, if its session still wants it."""
        if not place_once(self._mediation, payload["leg"], tools, payload.get("actor", "")):
            raise RetryLater(AGAIN_SECONDS)

    def expire(self, payload: Payload, tools: Tools) -> None:
        """End the gathering when its time is up."""
        opening = bool(payload.get("opening"))
        with tools.database.writing() as connection:
            self._mediation.expire(
                connection, payload["session"], tools.clock.now(), opening=opening
            )

    def move(self, payload: Payload, tools: Tools) -> None:
        """Interrupt what a leg does, so that it looks where it belongs; not once it is there.

        Not insisted on: every waiting leg looks by itself within seconds, and what a leg on a floor
        misses is made good by the next look at the session.
        """
        found = _leg_of(payload["leg"], tools)
        if found is None or found[1].call_sid is None or _is_where_it_belongs(*found):
            return
        call_sid = found[1].call_sid
        try:
            tools.telephony.resume_call(call_sid, payload["key"])
        except TryAgainLaterError as error:
            raise RetryLater(AGAIN_SECONDS) from error
        except (RefusedError, OutcomeUnknownError) as error:
            log.info("mediation.not_moved", call=call_sid, error=str(error))

    def adjust(self, payload: Payload, tools: Tools) -> None:
        """Have the network treat a leg on the floor as its row says: muted, coaching, exit."""
        found = _leg_of(payload["leg"], tools)
        if found is None:
            return
        session, leg = found
        call_sid = leg.call_sid
        if call_sid is None or leg.state != "on_floor" or leg.floor != session.floor:
            return
        coached = session.wishes.coached if leg.role == "mediator" else ""
        hears_alone = str(session.leg(coached).call_sid) if coached else ""
        closes = leg.role == "mediator" and not session.wishes.talks_on
        insist(
            lambda: tools.telephony.adjust_participant(
                session.floor, call_sid, muted=leg.is_muted, coaches=hears_alone, closes=closes
            )
        )

    def hang_up(self, payload: Payload, tools: Tools) -> None:
        """Stop a telephone from ringing."""
        found = _leg_of(payload["leg"], tools)
        call_sid = found[1].call_sid if found else None
        if call_sid is not None:
            insist(lambda: tools.telephony.hang_up(call_sid))

    def remove_unknown(self, payload: Payload, tools: Tools) -> None:
        """Remove somebody from a floor that is not theirs."""
        insist(lambda: tools.telephony.remove_participant(payload["conference"], payload["call"]))

    def end_floor(self, payload: Payload, tools: Tools) -> None:
        """End the conference that is no floor any more."""
        conference: str = payload["conference"]
        try:
            tools.telephony.end_conference(conference)
        except TelephonyError as error:
            raise RetryLater(AGAIN_SECONDS) from error
        with tools.database.writing() as connection:
            store.mark_ended(connection, conference, tools.clock.now())

    def follow_up(self, payload: Payload, tools: Tools) -> None:
        """See that a session in which nobody spoke has left a ticket."""
        with tools.database.writing() as connection:
            self._mediation.follow_up(connection, payload["session"], tools.clock.now())


def _leg_of(leg_id: str, tools: Tools) -> tuple[Session, Leg] | None:
    with tools.database.reading() as connection:
        session_id = store.session_of_leg(connection, leg_id)
        session = store.load(connection, session_id, lock=False) if session_id else None
    return (session, session.leg(leg_id)) if session else None


def _is_where_it_belongs(session: Session, leg: Leg) -> bool:
    """Whether there is nothing to interrupt a leg for.

    Who has left by themselves hears in this very step that it is over; who was sent away was put
    aside before, and does not know it yet.
    """
    if leg.state == "left":
        return not leg.is_aside
    if session.state in ENDED or leg.state in LOST:
        return leg.state not in ANSWERED
    if leg.state not in PRESENT or not session.floor:
        return False
    belongs = leg.id in seats(session.legs, session.wishes)
    return leg.floor == (session.floor if belongs else "")
