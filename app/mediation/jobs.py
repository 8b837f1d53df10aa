"""What a mediation has done by the telephone network, after the commit that asked for it."""

from collections.abc import Mapping

import structlog

from app.calls.retry_law import AGAIN_SECONDS, insist, place_once
from app.calls.telephony import OutcomeUnknownError, RefusedError, TryAgainLaterError
from app.jobs.runner import Handler, RetryLater, Tools
from app.jobs.service import Payload
from app.mediation import store
from app.mediation.service import Mediation
from app.mediation.states import ANSWERED, LegState

log = structlog.get_logger()


class MediationJobs:
    """The handlers of all jobs that mediations ask for."""

    def __init__(self, mediation: Mediation) -> None:
        self._mediation = mediation

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {
            "mediation.invite": self.invite,
            "mediation.expire": self.expire,
            "mediation.resume": self.resume,
            "mediation.hang_up": self.hang_up,
            "mediation.remove_unknown": self.remove_unknown,
            "mediation.watch": self.watch,
            "mediation.close": self.close,
            "mediation.follow_up": self.follow_up,
        }

    def invite(self, payload: Payload, tools: Tools) -> None:
        """Ring a party, if its session still wants it."""
        if not place_once(self._mediation, payload["leg"], tools, payload.get("actor", "")):
            raise RetryLater(AGAIN_SECONDS)

    def expire(self, payload: Payload, tools: Tools) -> None:
        """End the gathering when its time is up."""
        with tools.database.writing() as connection:
            self._mediation.expire(connection, payload["session"], tools.clock.now())

    def resume(self, payload: Payload, tools: Tools) -> None:
        """Interrupt the waiting of a leg: its floor is open, or the mediation has failed.

        Not insisted on: every waiting leg looks by itself within seconds, and one that is already
        on the floor must not be torn from it.
        """
        news = str(payload["key"]).split("-", 1)[0]
        waiting: frozenset[LegState] = ANSWERED if news == "failed" else frozenset({"consented"})
        call_sid = _call_of(payload["leg"], tools, waiting)
        if call_sid is None:
            return
        try:
            tools.telephony.resume_call(call_sid, payload["key"])
        except TryAgainLaterError as error:
            raise RetryLater(AGAIN_SECONDS) from error
        except (RefusedError, OutcomeUnknownError) as error:
            log.info("mediation.not_resumed", call=call_sid, error=str(error))

    def hang_up(self, payload: Payload, tools: Tools) -> None:
        """Stop a telephone from ringing."""
        call_sid = _call_of(payload["leg"], tools)
        if call_sid is not None:
            insist(lambda: tools.telephony.hang_up(call_sid))

    def remove_unknown(self, payload: Payload, tools: Tools) -> None:
        """Remove somebody from a floor that is not theirs."""
        insist(lambda: tools.telephony.remove_participant(payload["conference"], payload["call"]))

    def watch(self, payload: Payload, tools: Tools) -> None:
        """Look after an open session; end it when nobody conducts it any more."""
        session: str = payload["session"]
        with tools.database.writing() as connection:
            abandoned = self._mediation.watch(
                connection, session, payload["look"], tools.clock.now()
            )
        if abandoned:
            self.close(payload, tools)

    def close(self, payload: Payload, tools: Tools) -> None:
        """End the conference for everyone, and with it the session."""
        with tools.database.reading() as connection:
            session = store.load(connection, payload["session"], lock=False)
        if session is None or session.state != "open":
            return
        insist(lambda: tools.telephony.end_conference(session.conference))
        with tools.database.writing() as connection:
            self._mediation.close(connection, session.id, tools.clock.now())

    def follow_up(self, payload: Payload, tools: Tools) -> None:
        """See that a session in which nobody spoke has left a ticket."""
        with tools.database.writing() as connection:
            self._mediation.follow_up(connection, payload["session"], tools.clock.now())


def _call_of(leg_id: str, tools: Tools, states: frozenset[LegState] | None = None) -> str | None:
    """The call of a leg, if it has one and is in one of the states."""
    with tools.database.reading() as connection:
        session_id = store.session_of_leg(connection, leg_id)
        session = store.load(connection, session_id, lock=False) if session_id else None
    leg = session.leg(leg_id) if session else None
    if leg is None or (states is not None and leg.state not in states):
        return None
    return leg.call_sid
