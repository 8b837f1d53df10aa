"""Who attends: members are rung or dial in, consent, answer the roll, and leave.

Effects of calls, hooks of callbacks, and what the jobs report back. Every verb may be applied twice
and in any order: it locks its hearing and moves a leg only where the rules of `states` allow.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from app.calls.facts import CallEnded, CallFacts, ConferenceEvent
from app.calls.telephony import CallOrder
from app.calls.wiring import Invitation
from app.flows.directory import Directory
from app.flows.hearing import AnswerHearing, AnswerRoll, EnterHearing, LeaveHearing
from app.hearings import asking, floor, store
from app.hearings.errors import HearingError
from app.hearings.states import OVER, RINGING, Leg, LegState, ended_as, is_to_be_rung, may_become
from app.hearings.store import Session

log = structlog.get_logger()

PACE_SECONDS = 1.0  # between two calls: what one line bears
RING_SECONDS = 25
LEG_SECONDS = 14_400
ROUND_SECONDS = 60  # after the last call of a round, until those not reached are rung again
ENTRY = "hearing"

ANSWERS: dict[str, LegState] = {
    "consented": "attending",
    "refused": "refused",
    "machine": "machine",
    "silent": "no_answer",
}


class AttendanceDesk:
    """Attendance, by the directory in force at each instant and a source of chance.

    `random_hex` gives 128 random bits in hexadecimal. Without the entry `hearing` in the flows
    nobody is rung.
    """

    def __init__(self, directory: Callable[[], Directory], random_hex: Callable[[], str]) -> None:
        self._directory = directory
        self._random_hex = random_hex

    # --- ringing

    def ring_all(self, connection: Connection, hearing_id: int, number: int, at: datetime) -> None:
        """A round of calls to all who are to be rung, and the next round after it."""
        session = store.load(connection, hearing_id)
        if session is None or session.state in OVER or not self._directory().entries.hearing:
            return
        if session.state == "planned":
            session = store.change(connection, session, at, "calling", state="calling")
        rung = 0
        for member in session.members:
            if is_to_be_rung(member, session.legs):
                after = rung * PACE_SECONDS
                session = self._ring(connection, session, member.id, at, after)
                rung += 1
        if rung:
            after = rung * PACE_SECONDS + RING_SECONDS + ROUND_SECONDS
            plan_round(connection, session, number + 1, at, after)

    def ring(
        self, connection: Connection, hearing_id: int, member_id: int, actor: str, at: datetime
    ) -> None:
        """Ring a member by hand, unless they attend or may be ringing. Raises HearingError."""
        if not self._directory().entries.hearing:
            raise HearingError(
                "流程里没有听证会入口，不能拨打。请先在 directory.yaml 的 entries 里写 hearing。",
                "The flows have no entry `hearing`: name it in `entries` of directory.yaml first.",
            )
        session = store.need(connection, hearing_id)
        session.member(member_id)
        own = [leg for leg in session.legs if leg.member_id == member_id]
        busy = any(leg.state in RINGING | {"notice", "attending"} for leg in own)
        if session.state not in OVER and not busy:
            self._ring(connection, session, member_id, at, actor=actor)

    def _ring(
        self,
        connection: Connection,
        session: Session,
        member_id: int,
        at: datetime,
        after: float = 0,
        *,
        actor: str = "system",
    ) -> Session:
        leg = self._leg(member_id, "dialing")
        session = store.add_leg(connection, session, leg, at)
        asking.ask(connection, "invite", leg.id, {"leg": leg.id, "actor": actor}, at, after)
        return session

    def _leg(self, member_id: int, state: LegState, call_sid: str | None = None) -> Leg:
        return Leg(
            id=self._random_hex(),
            member_id=member_id,
            state=state,
            token=self._random_hex(),
            call_sid=call_sid,
            roll=0,
            is_placed=False,
            dialled_in=call_sid is not None,
        )

    # --- effects of calls

    def answer(self, connection: Connection, effect: AnswerHearing, call: CallFacts) -> None:
        """Note what a member said to the notice. Which member it is, their call tells."""
        found = store.of_call(connection, call.sid)
        if found is None:
            log.warning("hearing.answer_of_unknown_call", call=call.sid)
            return
        session, leg = found
        state = ANSWERS[effect.answer]
        if state != "attending":
            _lose(connection, session, leg, state, call.at)
        elif may_become(leg.state, state) and session.state not in OVER:
            _attend(connection, session, leg, call.at)

    def enter(self, connection: Connection, effect: EnterHearing, call: CallFacts) -> None:
        """A member has dialled in and shown their PIN; the notice comes next."""
        session = store.load(connection, int(effect.hearing))
        if session is None or session.leg_of_call(call.sid) is not None:
            return
        member = session.member(int(effect.member))
        leg = self._leg(member.id, "notice", call.sid)
        session = store.add_leg(connection, session, leg, call.at)
        store.note(connection, session, call.at, "dialled_in", member.id)

    def answer_roll(self, connection: Connection, effect: AnswerRoll, call: CallFacts) -> None:
        """A member says that they are there."""
        found = store.of_call(connection, call.sid)
        if found is not None and found[1].state == "attending":
            session, leg = found
            roll = min(effect.roll, session.roll + (session.roll_until is not None))
            store.answer_roll(connection, session, leg, roll, call.at)

    def leave(self, connection: Connection, _effect: LeaveHearing, call: CallFacts) -> None:
        """A member goes elsewhere in the hotline."""
        found = store.of_call(connection, call.sid)
        if found is not None:
            _lose(connection, *found, "left", call.at)

    # --- hooks of callbacks

    def invitation(
        self, connection: Connection, token: str, call_sid: str, at: datetime
    ) -> Invitation | None:
        """What an answered call was rung for; binds the one-time token to the call (threat T17)."""
        found = store.of_token(connection, token)
        if found is None:
            return None
        session, leg = found
        if leg.call_sid is None:
            session = store.bind_call(connection, session, leg, call_sid)
        elif leg.call_sid != call_sid:
            log.warning("hearing.token_of_another_call", hearing=session.id, call=call_sid)
            return None
        if session.state in OVER or leg.state not in RINGING | {"notice", "attending"}:
            return None
        if leg.state in RINGING:
            store.move_leg(connection, session, session.leg(leg.id), "notice", at, "answered")
        language = session.member(leg.member_id).language
        return Invitation({"hearing": str(session.id)}, language, ENTRY)

    def call_ended(self, connection: Connection, ended: CallEnded) -> None:
        """A call is over: whose it was is gone, or was never there."""
        found = store.of_call(connection, ended.sid) or store.of_token(connection, ended.leg)
        if found is None:
            return
        session, leg = found
        if leg.call_sid is None:
            session = store.bind_call(connection, session, leg, ended.sid)
        elif leg.call_sid != ended.sid:
            return  # another call's token
        leg = session.leg(leg.id)
        _lose(connection, session, leg, ended_as(leg.state, ended.status), ended.at)

    def conference_event(self, connection: Connection, event: ConferenceEvent) -> None:
        """Follow who is in the conference; whoever has no business there is removed."""
        hearing_id = store.hearing_of_conference(connection, event.conference)
        session = store.load(connection, hearing_id) if hearing_id else None
        if session is None:
            return
        store.keep_conference(connection, session, event.conference_sid, event.at)
        leg = session.leg_of_call(event.call_sid)
        match event.event:
            case "participant-join" if leg is not None and leg.state == "attending":
                store.mark_in_room(connection, leg, in_room=True)
            case "participant-join":
                _remove(connection, session, event)
            case "participant-leave" if leg is not None:
                store.mark_in_room(connection, leg, in_room=False)

    # --- what the jobs report

    def begin_dialling(self, connection: Connection, leg_id: str, at: datetime) -> CallOrder | None:
        """The call to be placed for a leg, now marked as placed; None when none is to be placed.

        A leg that was marked and has no call is left by a worker that died while it asked: whether
        it rings is unknown, and it is not rung again (law L4).
        """
        session, leg = store.of_leg(connection, leg_id)
        if leg.state != "dialing":
            return None
        if leg.is_placed:
            if leg.call_sid is None:
                store.move_leg(connection, session, leg, "unknown", at)
            return None
        if session.state in OVER or leg.member_id in session.attending:
            store.move_leg(connection, session, leg, "failed", at, "not_rung", ended_at=at)
            return None
        store.mark_placed(connection, leg, at)
        number = store.phone_of(connection, leg.member_id)
        return CallOrder(number, leg.token, RING_SECONDS, LEG_SECONDS, purpose="hearing")

    def not_placed(self, connection: Connection, leg_id: str, _at: datetime) -> None:
        """A call was certainly not placed and may be tried again."""
        _, leg = store.of_leg(connection, leg_id)
        if leg.call_sid is None:
            store.mark_placed(connection, leg, None)

    def placed(self, connection: Connection, leg_id: str, call_sid: str, at: datetime) -> None:
        """A call was placed; its webhooks may have been here first."""
        session, leg = store.of_leg(connection, leg_id)
        if leg.call_sid is None:
            session = store.bind_call(connection, session, leg, call_sid)
        if session.state in OVER:
            asking.hang_up(connection, leg, at)

    def undialable(self, connection: Connection, leg_id: str, at: datetime) -> None:
        """The network refused the call for good."""
        _lose(connection, *store.of_leg(connection, leg_id), "failed", at)

    def outcome_unknown(self, connection: Connection, leg_id: str, at: datetime) -> None:
        """Nobody knows whether a call was placed: wait for its webhooks, never ring again."""
        session, leg = store.of_leg(connection, leg_id)
        if may_become(leg.state, "unknown"):
            store.move_leg(connection, session, leg, "unknown", at)


def plan_round(
    connection: Connection, session: Session, number: int, at: datetime, after_seconds: float
) -> None:
    """Ask for a round of calls; round 1 is at the hour. None is when the hearing is moved."""
    payload = {"hearing": session.id, "round": number, "moves": session.moves}
    subject = f"{session.id}:{number}:{session.moves}"
    asking.ask(connection, "ring", subject, payload, at, after_seconds)


def _attend(connection: Connection, session: Session, leg: Leg, at: datetime) -> None:
    """A member has consented: they are there, on this telephone and no other."""
    former = [
        other
        for other in session.legs
        if other.member_id == leg.member_id and other.state == "attending"
    ]
    roll = session.roll + (session.roll_until is not None)
    session = store.move_leg(connection, session, leg, "attending", at, consented_at=at, roll=roll)
    for other in former:
        session = store.move_leg(connection, session, other, "left", at, "replaced", ended_at=at)
        asking.hang_up(connection, other, at)


def _lose(
    connection: Connection, session: Session, leg: Leg, state: LegState, at: datetime
) -> None:
    """A leg is gone, in one of the states that mean so; repeated or late, nothing happens."""
    if not may_become(leg.state, state):
        return
    session = store.move_leg(connection, session, leg, state, at, ended_at=at, in_room=False)
    if leg.member_id not in session.attending:
        floor.step_back(connection, session, leg.member_id, at)


def _remove(connection: Connection, session: Session, event: ConferenceEvent) -> None:
    subject = f"{event.conference_sid}:{event.call_sid}:{event.sequence}"
    payload = {"conference": session.conference, "call": event.call_sid}
    if asking.ask(connection, "remove_unknown", subject, payload, event.at):
        log.warning("hearing.unknown_participant", hearing=session.id, call=event.call_sid)
        store.note(connection, session, event.at, "unknown_removed", detail=event.call_sid)
