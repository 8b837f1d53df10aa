"""The verbs of mediation: effects of calls, hooks of callbacks, and what the jobs report back.

Every verb may be applied twice and in any order: it locks its session, moves a leg only where the
rules of `states` allow, and then draws the consequences. What has to be done outside SQL becomes a
job in the same transaction.

Where a leg is, its own call says: its steps are taken once and in order. Events of conferences only
give reason to look (see `watching`), for they come late, twice, or not at all.
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
from app.flows.effects import (
    AnswerInvitation,
    AnswerPoll,
    ConveneMediation,
    EnterFloor,
    LeaveFloor,
    LeaveMediation,
    OpenTicket,
)
from app.mediation import consequences, store
from app.mediation.consequences import Consequences
from app.mediation.floor import may_open, seats
from app.mediation.queries import ticket_source
from app.mediation.states import (
    ENDED,
    GATHERING,
    LOST,
    RINGING,
    SIGNING,
    Leg,
    LegState,
    PollAnswer,
    ended_as,
    expiry,
    may_become,
)
from app.mediation.store import Session
from app.mediation.summoning import Summoning
from app.tickets.errors import SourceTakenError
from app.tickets.routing import Routing
from app.tickets.service import appeal_of_call, open_ticket

log = structlog.get_logger()

RING_SECONDS = 20
LONGEST_SECONDS = 7_200  # of an open session, unless it is extended
LEG_SECONDS = 14_400  # of any call
GATHERING_SECONDS = 75  # from the first call until everybody must be there

ANSWERS: dict[str, LegState] = {
    "consented": "consented",
    "refused": "refused",
    "machine": "machine",
    "silent": "no_answer",
}


class FloorChangedError(Exception):
    """The floor is not what a leg was told: its step is to be taken again."""


class Mediation:
    """Mediations, by the directory in force at each instant and a source of chance.

    `random_hex` gives 128 random bits in hexadecimal, `ticket_number` an unused ticket number,
    `language_of` the language that somebody chose last, empty when none. `note_yes` is told of each
    party that agrees to the draft of an agreement: session, leg, instant.
    """

    def __init__(
        self,
        directory: Callable[[], Directory],
        random_hex: Callable[[], str],
        ticket_number: Callable[[], str],
        language_of: Callable[[Connection, str], str] = lambda _connection, _number: "",
        note_yes: Callable[[Connection, str, str, datetime], object] = lambda *_: None,
    ) -> None:
        self.then = Consequences(directory, random_hex)
        self.summoning = Summoning(self.then, language_of)
        self._ticket_number = ticket_number
        self._note_yes = note_yes

    # --- how a session begins

    def convene(self, connection: Connection, effect: ConveneMediation, call: CallFacts) -> None:
        """Begin a session for a caller who consented: ring a mediator and the department."""
        session = store.create(
            connection, effect.session, effect.department, effect.language, call.at
        )
        if session is None:
            return
        caller = self.then.new_leg("caller", call.caller, party="caller", language=effect.language)
        caller = replace(caller, state="consented", call_sid=call.sid, records=effect.records)
        session = store.add_leg(connection, session, caller, call.at, consented_at=call.at)
        session = store.move_leg(connection, session, caller, "held", call.at)
        self.then.gather(connection, session, call.at, GATHERING_SECONDS)

    # --- effects of calls

    def answer_invitation(
        self, connection: Connection, effect: AnswerInvitation, call: CallFacts
    ) -> None:
        """Note what an invited party said. Which leg it is, its call tells, not its flow."""
        session, leg = self._of_call(connection, call)
        if session is None or leg is None:
            log.warning("mediation.answer_of_unknown_call", call=call.sid)
            return
        state = ANSWERS[effect.answer]
        if state != "consented":
            self.then.lose(connection, session, leg, state, call.at)
        elif may_become(leg.state, state):
            told = {"consented_at": call.at, "records": effect.records}
            session = store.move_leg(connection, session, leg, state, call.at, **told)
            session = store.move_leg(connection, session, session.leg(leg.id), "held", call.at)
            session = self.then.advance(connection, session, call.at)
            if session.floor:
                self.then.fetch(connection, session.leg(leg.id), call.at)

    def enter_floor(self, connection: Connection, effect: EnterFloor, call: CallFacts) -> None:
        """A leg goes to the floor: from this step on it counts as being there.

        Raises FloorChangedError when it does not belong there any more: between the look and this
        commit the mediator has closed that floor, or put the leg aside.
        """
        session, leg = self._of_call(connection, call)
        if session is None or leg is None:
            return
        belongs = leg.id in seats(session.legs, session.wishes)
        if session.floor != effect.conference or not belongs:
            raise FloorChangedError(effect.conference)
        if leg.state == "held":
            session = store.move_leg(
                connection, session, leg, "on_floor", call.at, joined_at=call.at
            )
        store.change_leg(connection, session, session.leg(leg.id), floor=effect.conference)

    def leave_floor(self, connection: Connection, effect: LeaveFloor, call: CallFacts) -> None:
        """A leg has come back from the floor; a mediator who stepped out may end it for all."""
        session, leg = self._of_call(connection, call)
        if session is None or leg is None:
            return
        if leg.state == "on_floor":
            session = self.then.note_talk(connection, session, leg.floor, call.at)
            session = store.move_leg(connection, session, leg, "held", call.at, floor="")
        stepped_out = effect.steps_out and effect.conference == session.floor
        if stepped_out and leg.role == "mediator" and not session.wishes.talks_on:
            session = store.wish(connection, session, open=False)
            told: store.Detail = {"by": "telephone"}
            store.note(connection, session.id, call.at, "stepped_out", leg.id, detail=told)
            self.then.settle(connection, session, call.at)

    def answer_poll(self, connection: Connection, effect: AnswerPoll, call: CallFacts) -> None:
        """A party has heard the draft, or said yes or no to it."""
        session, leg = self._of_call(connection, call)
        if session is None or leg is None or not session.wishes.poll or leg.answer:
            return
        answer: PollAnswer = effect.answer if leg.role in SIGNING else "heard"
        session = store.change_leg(connection, session, leg, answer=answer)
        told: store.Detail = {"answer": answer, "poll": session.wishes.poll}
        store.note(connection, session.id, call.at, "poll_answer", leg.id, detail=told)
        if answer == "yes":
            self._note_yes(connection, session.id, leg.id, call.at)
        self.then.advance(connection, session, call.at)

    def leave(self, connection: Connection, effect: LeaveMediation, call: CallFacts) -> None:
        """A party gave up waiting, or has heard that it is over."""
        session, leg = self._of_call(connection, call)
        if session is not None and leg is not None:
            self.then.lose(connection, session, leg, "left", call.at)

    # --- hooks of callbacks

    def invitation(
        self, connection: Connection, token: str, call_sid: str, at: datetime
    ) -> Invitation | None:
        """What an answered call was rung for; binds the one-time token to the call (threat T17).

        None for a token that is unknown, was shown by another call, or whose time is over.
        """
        session = self.locked(connection, store.session_of_token(connection, token))
        if session is None:
            return None
        leg = next(leg for leg in session.legs if leg.token == token)
        if leg.call_sid is None:
            session = store.change_leg(connection, session, leg, call_sid=call_sid)
        elif leg.call_sid != call_sid:
            log.warning("mediation.token_of_another_call", session=session.id, call=call_sid)
            told: store.Detail = {"call": call_sid}
            store.note(connection, session.id, at, "token_reused", leg.id, detail=told)
            return None
        leg = session.leg(leg.id)
        if leg.state in RINGING and session.state not in ENDED:
            session = store.move_leg(connection, session, leg, "notice", at)
            self.then.advance(connection, session, at)
        elif leg.state in RINGING | LOST:
            return None
        variables = {
            "session": session.id,
            "leg": leg.id,
            "role": leg.role,
            "department": session.department,
        }
        return Invitation(variables, leg.language or session.language, entry_of_role(leg.role))

    def call_ended(self, connection: Connection, ended: CallEnded) -> None:
        """A call is over: whose it was is gone, or was never there."""
        session_id = store.session_of_call(connection, ended.sid)
        session_id = session_id or store.session_of_token(connection, ended.leg)
        session = self.locked(connection, session_id)
        if session is None:
            return
        leg = session.leg_of_call(ended.sid)
        if leg is None:
            leg = next(leg for leg in session.legs if leg.token == ended.leg)
            if leg.call_sid is not None:
                return  # another call's token
            session = store.change_leg(connection, session, leg, call_sid=ended.sid)
            leg = session.leg(leg.id)
        self.then.lose(connection, session, leg, ended_as(leg.state, ended.status), ended.at)

    def conference_event(self, connection: Connection, event: ConferenceEvent) -> None:
        """Whoever has no business in a conference is removed; all else is reason to look."""
        session_id = store.session_of_conference(connection, event.conference)
        session = self.locked(connection, session_id)
        if session is None:
            return
        if event.conference_sid:
            store.keep_conference_sid(connection, event.conference, event.conference_sid)
        leg = session.leg_of_call(event.call_sid)
        hint = f"{event.conference_sid}:{event.sequence}"
        match event.event:
            case "conference-start" if session.state == "open":
                store.mark_spoken(connection, session, event.at)
            case "participant-join" if leg is None:
                consequences.remove_stranger(
                    connection, session.id, event.conference, event.call_sid, event.at
                )
            case "participant-join" if event.conference != session.floor:
                store.mark_ended(connection, event.conference, None)
                consequences.look_soon(connection, session.id, hint, event.at)
            case "participant-leave" if leg is not None and leg.floor == event.conference:
                consequences.look_soon(connection, session.id, hint, event.at)
            case "conference-end" if event.conference != session.floor:
                store.mark_ended(connection, event.conference, event.at)

    # --- what the jobs report

    def begin_dialling(self, connection: Connection, leg_id: str, at: datetime) -> CallOrder | None:
        """The call to be placed for a leg, now marked as placed; None when none is to be placed.

        A leg that was marked and has no call is left by a worker that died while it asked: whether
        it rings is unknown, and it is not rung again (law L4).
        """
        session, leg = self.leg(connection, leg_id)
        if leg.state != "dialing":
            return None
        if leg.is_placed:
            if leg.call_sid is None:
                store.move_leg(connection, session, leg, "unknown", at)
            return None
        if session.state in ENDED:
            store.move_leg(connection, session, leg, "failed", at, ended_at=at)
            return None
        store.mark_placed(connection, leg, at)
        return CallOrder(leg.number, leg.token, RING_SECONDS, LEG_SECONDS, purpose="mediation")

    def not_placed(self, connection: Connection, leg_id: str, _at: datetime) -> None:
        """A call was certainly not placed and may be tried again."""
        _, leg = self.leg(connection, leg_id)
        if leg.call_sid is None:
            store.mark_placed(connection, leg, None)

    def placed(self, connection: Connection, leg_id: str, call_sid: str, at: datetime) -> None:
        """A call was placed; its webhooks may have been here first."""
        session, leg = self.leg(connection, leg_id)
        if leg.call_sid is None:
            session = store.change_leg(connection, session, leg, call_sid=call_sid)
            leg = session.leg(leg.id)
        if leg.state == "left" or (session.state in ENDED and leg.state in RINGING):
            consequences.hang_up(connection, leg, at)

    def undialable(self, connection: Connection, leg_id: str, at: datetime) -> None:
        """The network refused the call for good."""
        session, leg = self.leg(connection, leg_id)
        self.then.lose(connection, session, leg, "failed", at)

    def outcome_unknown(self, connection: Connection, leg_id: str, at: datetime) -> None:
        """Nobody knows whether a call was placed: wait for its webhooks, never ring again."""
        session, leg = self.leg(connection, leg_id)
        if may_become(leg.state, "unknown"):
            store.move_leg(connection, session, leg, "unknown", at)

    def expire(
        self, connection: Connection, session_id: str, at: datetime, *, opening: bool = False
    ) -> None:
        """The time for gathering is up; or that for `opening` the floor once all were there."""
        session = self.locked(connection, session_id)
        if session is None or session.state not in GATHERING:
            return
        is_ready = may_open(session.state, session.legs)
        if opening or not is_ready:
            reason = "mediator_unavailable" if is_ready else expiry(session.legs)
            self.then.fail(connection, session, reason, at)

    def close(self, connection: Connection, session_id: str, at: datetime) -> None:
        """End an open session."""
        session = self.locked(connection, session_id)
        if session is not None:
            self.then.close(connection, session, at)

    def follow_up(self, connection: Connection, session_id: str, at: datetime) -> None:
        """Open the ticket of a session in which nobody spoke, unless the caller's flow has.

        Raises NumberTakenError: try again, with another number.
        """
        session = self.locked(connection, session_id)
        if session is None or session.state not in ENDED or session.floor_at is not None:
            return
        caller = next((leg for leg in session.legs if leg.role == "caller"), None)
        if caller is None:
            return  # whoever summoned them sees to what is next
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

    # --- what the other verbs of this package begin with

    def locked(self, connection: Connection, session_id: str | None) -> Session | None:
        """A session, locked until the end of the transaction."""
        return store.load(connection, session_id) if session_id else None

    def leg(self, connection: Connection, leg_id: str) -> tuple[Session, Leg]:
        """A leg that is known to exist, and its session, locked."""
        session = self.locked(connection, store.session_of_leg(connection, leg_id))
        if session is None:
            raise LookupError(f"there is no mediation leg {leg_id}")
        return session, session.leg(leg_id)

    def _of_call(
        self, connection: Connection, call: CallFacts
    ) -> tuple[Session | None, Leg | None]:
        session = self.locked(connection, store.session_of_call(connection, call.sid))
        return session, session.leg_of_call(call.sid) if session else None
