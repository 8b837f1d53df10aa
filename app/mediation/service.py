"""The verbs of mediation: effects of calls, hooks of callbacks, and what the jobs report back.

Every verb may be applied twice and in any order: it locks its session, moves a leg only where the
rules of `states` allow, and then draws the consequences. What has to be done outside SQL becomes a
job in the same transaction.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from app.calls.facts import CallEnded, CallFacts, ConferenceEvent
from app.calls.telephony import CallOrder
from app.calls.wiring import Invitation
from app.flows.directory import Directory, entry_of_role
from app.flows.effects import AnswerInvitation, ConveneMediation, LeaveMediation, OpenTicket
from app.mediation import consequences, store
from app.mediation.appointed import expiry, is_appointed, may_open
from app.mediation.consequences import Consequences
from app.mediation.queries import ticket_source
from app.mediation.states import (
    ENDED,
    GATHERING,
    LOST,
    RINGING,
    Leg,
    LegState,
    ended_as,
    may_become,
)
from app.mediation.store import Session
from app.mediation.summoning import Summoning
from app.tickets.errors import SourceTakenError
from app.tickets.routing import Routing
from app.tickets.service import appeal_of_call, open_ticket

log = structlog.get_logger()

RING_SECONDS = 20
LONGEST_SECONDS = 7_200  # of a session on the floor
LEG_SECONDS = LONGEST_SECONDS + 300  # and what comes before it
GATHERING_SECONDS = 75  # from the caller's consent until everybody must be there
ABANDONED_SECONDS = 60  # how long an open session may be without a mediator on the floor

ANSWERS: dict[str, LegState] = {
    "consented": "consented",
    "refused": "refused",
    "machine": "machine",
    "silent": "no_answer",
}


class Mediation:
    """Mediations, by the directory in force at each instant and a source of chance.

    `random_hex` gives 128 random bits in hexadecimal, `ticket_number` an unused ticket number.
    """

    def __init__(
        self,
        directory: Callable[[], Directory],
        random_hex: Callable[[], str],
        ticket_number: Callable[[], str],
    ) -> None:
        self._then = Consequences(directory, random_hex)
        self.summoning = Summoning(self._then)
        self._ticket_number = ticket_number

    # --- effects of calls

    def convene(self, connection: Connection, effect: ConveneMediation, call: CallFacts) -> None:
        """Begin a session for a caller who consented: ring a mediator and the department."""
        session = store.create(connection, effect, call.at)
        if session is None:
            return
        caller = self._then.new_leg("caller", call.caller)
        caller = replace(caller, state="consented", call_sid=call.sid)
        session = store.add_leg(connection, session, caller, call.at, consented_at=call.at)
        consequences.expire_later(connection, session, call.at, GATHERING_SECONDS)
        self._then.advance(connection, session, call.at)

    def answer_invitation(
        self, connection: Connection, effect: AnswerInvitation, call: CallFacts
    ) -> None:
        """Note what an invited party said. Which leg it is, its call tells, not its flow."""
        session = self._locked(connection, store.session_of_call(connection, call.sid))
        leg = session.leg_of_call(call.sid) if session else None
        if session is None or leg is None:
            log.warning("mediation.answer_of_unknown_call", call=call.sid)
            return
        state = ANSWERS[effect.answer]
        if state != "consented":
            self._then.lose(connection, session, leg, state, call.at)
        elif may_become(leg.state, state):
            session = store.move_leg(connection, session, leg, state, call.at, consented_at=call.at)
            self._then.advance(connection, session, call.at)

    def leave(self, connection: Connection, effect: LeaveMediation, call: CallFacts) -> None:
        """A party gave up waiting, or has come back from the floor."""
        session = self._locked(connection, store.session_of_call(connection, call.sid))
        leg = session.leg_of_call(call.sid) if session else None
        if session is not None and leg is not None:
            self._then.lose(connection, session, leg, "left", call.at)

    # --- hooks of callbacks

    def invitation(
        self, connection: Connection, token: str, call_sid: str, at: datetime
    ) -> Invitation | None:
        """What an answered call was rung for; binds the one-time token to the call (threat T17).

        None for a token that is unknown, was shown by another call, or whose time is over.
        """
        session = self._locked(connection, store.session_of_token(connection, token))
        if session is None:
            return None
        leg = next(leg for leg in session.legs if leg.token == token)
        if leg.call_sid is None:
            session = store.bind_call(connection, session, leg, call_sid)
        elif leg.call_sid != call_sid:
            log.warning("mediation.token_of_another_call", session=session.id, call=call_sid)
            store.note(connection, session.id, at, "token_reused", leg.id, detail=call_sid)
            return None
        leg = session.leg(leg.id)
        if leg.state in RINGING and session.state in GATHERING:
            store.move_leg(connection, session, leg, "notice", at)
        elif leg.state in RINGING | LOST:
            return None
        variables = {
            "session": session.id,
            "leg": leg.id,
            "role": leg.role,
            "department": session.department,
        }
        return Invitation(variables, session.language, entry_of_role(leg.role))

    def call_ended(self, connection: Connection, ended: CallEnded) -> None:
        """A call is over: whose it was is gone, or was never there."""
        session_id = store.session_of_call(connection, ended.sid)
        session_id = session_id or store.session_of_token(connection, ended.leg)
        session = self._locked(connection, session_id)
        if session is None:
            return
        leg = session.leg_of_call(ended.sid)
        if leg is None:
            leg = next(leg for leg in session.legs if leg.token == ended.leg)
            if leg.call_sid is not None:
                return  # another call's token
            session = store.bind_call(connection, session, leg, ended.sid)
            leg = session.leg(leg.id)
        self._then.lose(connection, session, leg, ended_as(leg.state, ended.status), ended.at)

    def conference_event(self, connection: Connection, event: ConferenceEvent) -> None:
        """Follow who is on the floor; whoever has no business there is removed."""
        session_id = store.session_of_conference(connection, event.conference)
        session = self._locked(connection, session_id)
        if session is None:
            return
        if event.conference_sid:
            store.keep_conference_sid(connection, session, event.conference_sid)
        leg = session.leg_of_call(event.call_sid)
        match event.event:
            case "conference-start" if session.state == "open":
                store.begin_floor(connection, session, event.at)
            case "participant-join":
                consequences.join(connection, session, leg, event)
            case "participant-leave" if leg is not None:
                self._then.lose(connection, session, leg, "left", event.at)
            case "conference-end":
                consequences.close(connection, session, event.at)

    # --- what the jobs report

    def begin_dialling(self, connection: Connection, leg_id: str, at: datetime) -> CallOrder | None:
        """The call to be placed for a leg, now marked as placed; None when none is to be placed.

        A leg that was marked and has no call is left by a worker that died while it asked: whether
        it rings is unknown, and it is not rung again (law L4).
        """
        session, leg = self._leg(connection, leg_id)
        if leg.state != "dialing":
            return None
        if leg.is_placed:
            if leg.call_sid is None:
                store.move_leg(connection, session, leg, "unknown", at)
            return None
        if session.state not in GATHERING:
            store.move_leg(connection, session, leg, "failed", at, ended_at=at)
            return None
        store.mark_placed(connection, leg, at)
        return CallOrder(leg.number, leg.token, RING_SECONDS, LEG_SECONDS, purpose="mediation")

    def not_placed(self, connection: Connection, leg_id: str, _at: datetime) -> None:
        """A call was certainly not placed and may be tried again."""
        _, leg = self._leg(connection, leg_id)
        if leg.call_sid is None:
            store.mark_placed(connection, leg, None)

    def placed(self, connection: Connection, leg_id: str, call_sid: str, at: datetime) -> None:
        """A call was placed; its webhooks may have been here first."""
        session, leg = self._leg(connection, leg_id)
        if leg.call_sid is None:
            session = store.bind_call(connection, session, leg, call_sid)
            leg = session.leg(leg.id)
        if session.state in ENDED and leg.state in RINGING:
            consequences.hang_up(connection, leg, at)

    def undialable(self, connection: Connection, leg_id: str, at: datetime) -> None:
        """The network refused the call for good."""
        session, leg = self._leg(connection, leg_id)
        self._then.lose(connection, session, leg, "failed", at)

    def outcome_unknown(self, connection: Connection, leg_id: str, at: datetime) -> None:
        """Nobody knows whether a call was placed: wait for its webhooks, never ring again."""
        session, leg = self._leg(connection, leg_id)
        if may_become(leg.state, "unknown"):
            store.move_leg(connection, session, leg, "unknown", at)

    def expire(self, connection: Connection, session_id: str, at: datetime) -> None:
        """The time for gathering is up."""
        session = self._locked(connection, session_id)
        if session is None or session.state not in GATHERING:
            return
        if may_open(session.legs):
            consequences.begin(connection, session, at)
        else:
            consequences.fail(connection, session, expiry(session.legs), at)

    def watch(self, connection: Connection, session_id: str, look: int, at: datetime) -> str | None:
        """Look after an open session; returns the conference that is to be ended, if any.

        It is to be ended when no mediator has been on its floor for a while or it has lasted too
        long. Otherwise the next look is asked for: the chain ends with the session.
        """
        session = self._locked(connection, session_id)
        if session is None or session.state != "open" or session.opened_at is None:
            return None
        age = (at - session.opened_at).total_seconds()
        has_mediator = any(
            leg.role == "mediator" and leg.state == "on_floor" for leg in session.legs
        )
        if age >= LONGEST_SECONDS or (age >= ABANDONED_SECONDS and not has_mediator):
            return session.conference
        consequences.watch_again(connection, session, look + 1, at)
        return None

    def close(self, connection: Connection, session_id: str, at: datetime) -> None:
        """The conference has been ended by us."""
        session = self._locked(connection, session_id)
        if session is not None:
            consequences.close(connection, session, at)

    def follow_up(self, connection: Connection, session_id: str, at: datetime) -> None:
        """Open the ticket of a session in which nobody spoke, unless the caller's flow has.

        Raises NumberTakenError: try again, with another number.
        """
        session = self._locked(connection, session_id)
        if session is None or session.state not in ENDED or session.floor_at is not None:
            return
        if is_appointed(session.legs):
            return  # its case says what is next
        caller = session.legs[0]
        effect = OpenTicket(
            number=self._ticket_number(),
            source=ticket_source(session.id),
            kind="mediation",
            category="",
            language=session.language,
            note=f"mediation: {session.reason or 'unknown'}",
        )
        call = CallFacts(str(caller.call_sid), caller.number, session.language, at)
        try:
            appeal = appeal_of_call(connection, effect, call)
            open_ticket(connection, appeal, Routing(department=session.department), at)
        except SourceTakenError:
            log.debug("mediation.has_ticket", session=session.id)

    def _locked(self, connection: Connection, session_id: str | None) -> Session | None:
        return store.load(connection, session_id) if session_id else None

    def _leg(self, connection: Connection, leg_id: str) -> tuple[Session, Leg]:
        """A leg that a job names, and its session, locked."""
        session = self._locked(connection, store.session_of_leg(connection, leg_id))
        if session is None:
            raise LookupError(f"there is no mediation leg {leg_id}")
        return session, session.leg(leg_id)
