"""The verbs of a mediator, whoever carries them out: each leaves an event, and draws consequences.

Raises ControlError where something cannot be done now; nothing is changed then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.flows.dialling import may_ring
from app.mediation import consequences, store
from app.mediation.controls.errors import ControlError
from app.mediation.floor import LONGEST_DRAFT, may_open, may_read, may_record
from app.mediation.queries import DraftText, draft_text
from app.mediation.service import LEG_SECONDS, LONGEST_SECONDS, Mediation
from app.mediation.states import (
    ANSWERED,
    ENDED,
    LOST,
    PRESENT,
    RINGING,
    SIGNING,
    Leg,
    PollKind,
    latest,
    mediator_of,
    parties_of,
)
from app.mediation.store import Session
from app.mediation.summoning import Summoned

MOST_PARTIES = 9  # the keys of a telephone
LONGEST_EXTENDED = LEG_SECONDS - 600  # seconds from the opening


@dataclass(frozen=True, slots=True)
class By:
    """Who asks for something: a member of the staff in the console, or the mediator's telephone."""

    staff_id: int | None = None
    leg_id: str | None = None

    @property
    def actor(self) -> str:
        """Who causes the calls that this leads to, as the outbound gateway counts them."""
        return "system" if self.staff_id is None else f"staff:{self.staff_id}"


class Controls:
    """The verbs. `text_to_read` gives the agreement that is read to the parties of a session."""

    def __init__(self, mediation: Mediation, text_to_read: DraftText) -> None:
        self._mediation = mediation
        self._then = mediation.then
        self.text_to_read = text_to_read

    # --- the floor

    def open_floor(
        self,
        connection: Connection,
        session_id: str,
        by: By,
        at: datetime,
        conference: str = "",
    ) -> None:
        """Open the floor to everybody who is held and not aside; a new one as `conference`."""
        session = self._alive(connection, session_id)
        if not may_open(session.state, session.legs):
            raise ControlError(
                "还不能开始：要等在场的各方都同意。",
                "Not yet: everybody who is there has to agree first.",
            )
        session = store.wish(connection, session, open=True, private="", poll="")
        session = self._opened(connection, session, at)
        self._note(connection, session, "open_floor", by, at)
        self._then.settle(connection, session, at, conference)

    def close_floor(self, connection: Connection, session_id: str, by: By, at: datetime) -> None:
        """Close the floor: everybody waits by themselves again."""
        session = self._open(connection, session_id)
        session = store.wish(connection, session, open=False, private="")
        self._note(connection, session, "close_floor", by, at)
        self._then.settle(connection, session, at)

    def speak_alone(
        self, connection: Connection, leg_id: str, by: By, at: datetime, conference: str = ""
    ) -> None:
        """A private word: a floor for the mediator and one party, while all others wait."""
        session, leg = self._present(connection, leg_id)
        if not may_open(session.state, session.legs):
            raise ControlError("现在不能单独谈。", "A private word is not possible now.")
        session = store.wish(connection, session, open=True, private=leg.id, poll="")
        session = self._opened(connection, session, at)
        self._note(connection, session, "speak_alone", by, at, leg)
        self._then.settle(connection, session, at, conference)

    def record(
        self, connection: Connection, session_id: str, wanted: bool, by: By, at: datetime
    ) -> None:
        """Start or stop recording, by a floor of its own; one refusal forbids it."""
        session = self._alive(connection, session_id)
        if wanted and not may_record(session.legs):
            raise ControlError(
                "有一方没有同意录音，不能录音。",
                "Somebody has not agreed to being recorded: no recording.",
            )
        session = store.wish(connection, session, recorded=wanted)
        self._note(connection, session, "start_recording" if wanted else "stop_recording", by, at)
        self._then.settle(connection, session, at)

    def let_talk_on(
        self, connection: Connection, session_id: str, wanted: bool, by: By, at: datetime
    ) -> None:
        """Whether the others go on talking while the mediator is at the keys of the menu."""
        session = self._alive(connection, session_id)
        session = store.wish(connection, session, talks_on=wanted)
        self._note(connection, session, "talk_on" if wanted else "talk_not_on", by, at)
        mediator = mediator_of(session.legs)
        if mediator is not None and mediator.state == "on_floor":
            self._adjust(connection, mediator, at)

    # --- one party

    def put_aside(
        self, connection: Connection, leg_id: str, wanted: bool, by: By, at: datetime
    ) -> None:
        """Let one party wait by itself, or come back."""
        session, leg = self._party(connection, leg_id, PRESENT)
        session = store.change_leg(connection, session, leg, is_aside=wanted)
        self._note(connection, session, "hold" if wanted else "unhold", by, at, leg)
        session = self._then.settle(connection, session, at)
        if session.floor:
            self._then.fetch(connection, leg, at)

    def mute(self, connection: Connection, leg_id: str, wanted: bool, by: By, at: datetime) -> None:
        """Let one party only listen, or speak again."""
        session, leg = self._party(connection, leg_id, PRESENT)
        self._mute(connection, session, leg, wanted, at)
        self._note(connection, session, "mute" if wanted else "unmute", by, at, leg)

    def mute_all(
        self, connection: Connection, session_id: str, wanted: bool, by: By, at: datetime
    ) -> None:
        """Let all parties but the mediator only listen, or speak again."""
        session = self._alive(connection, session_id)
        for leg in parties_of(session.legs):
            if leg.state in PRESENT:
                session = self._mute(connection, session, leg, wanted, at)
        self._note(connection, session, "mute_all" if wanted else "unmute_all", by, at)

    def coach(
        self, connection: Connection, session_id: str, leg_id: str, by: By, at: datetime
    ) -> None:
        """Let one party alone hear the mediator, who goes on hearing all; "" for everybody."""
        session = self._open(connection, session_id)
        leg = session.leg(leg_id) if leg_id else None
        mediator = mediator_of(session.legs)
        if mediator is None or (leg is not None and leg.floor != session.floor):
            raise ControlError("这一方现在不在通话中。", "This party is not on the floor now.")
        session = store.wish(connection, session, coached=leg_id)
        self._note(connection, session, "coach" if leg_id else "coach_end", by, at, leg)
        if mediator.state == "on_floor":
            self._adjust(connection, mediator, at)

    def remove(self, connection: Connection, leg_id: str, by: By, at: datetime) -> None:
        """Send one party away: from the floor, from waiting, or while it is rung."""
        session, leg = self._party(connection, leg_id, ANSWERED | RINGING)
        self._note(connection, session, "remove", by, at, leg)
        session = store.change_leg(connection, session, leg, is_aside=True)
        if leg.state in RINGING and leg.call_sid is not None:
            consequences.hang_up(connection, leg, at)
        elif leg.call_sid is not None:
            self._then.fetch(connection, leg, at)
        self._then.lose(connection, session, session.leg(leg.id), "left", at)

    # --- who takes part

    def add(
        self, connection: Connection, session_id: str, party: Summoned, by: By, at: datetime
    ) -> None:
        """Ring one more: a department, an interpreter, another party."""
        session = self._alive(connection, session_id)
        if len(parties_of(session.legs)) >= MOST_PARTIES:
            raise ControlError("最多九方。", "There can be nine parties at most.")
        if not may_ring(self._then.directory, party.number):
            raise ControlError(
                "这个号码不在允许拨打的范围内。", "This number may not be rung from here."
            )
        self._refuse_engaged(session, party.number)
        session = self._mediation.summoning.seat(connection, session, party, at, by.actor)
        self._note(connection, session, "add", by, at, session.legs[-1])

    def add_department(
        self, connection: Connection, session_id: str, department: str, by: By, at: datetime
    ) -> None:
        """Ring a department of the directory at its first number."""
        found = self._then.directory.departments.get(department)
        if found is None or not found.numbers:
            raise ControlError("没有这个部门的电话。", "This department has no telephone.")
        party = Summoned("department", found.numbers[0], department)
        self.add(connection, session_id, party, by, at)

    def redial(self, connection: Connection, leg_id: str, by: By, at: datetime) -> None:
        """Ring a party again whose telephone is down."""
        session, leg = self._mediation.leg(connection, leg_id)
        self._refuse_ended(session)
        current = latest(session.legs)[leg.party]
        if current.state not in LOST or leg.role == "mediator":
            raise ControlError("这一方还在线上。", "This party is still on the line.")
        self._refuse_engaged(session, leg.number)
        again = self._then.new_leg(
            leg.role, leg.number, party=leg.party, name=leg.name, language=leg.language
        )
        session = self._then.ring(connection, session, again, at, by.actor)
        self._note(connection, session, "redial", by, at, again)

    # --- the agreement

    def write_draft(
        self, connection: Connection, session_id: str, text: str, by: By, at: datetime
    ) -> None:
        """Write the draft that is read to the parties, as plain text."""
        session = self._alive(connection, session_id)
        if session.wishes.poll:
            raise ControlError(
                "正在向各方宣读协议，念完再改。",
                "The agreement is just being read to the parties: change it afterwards.",
            )
        if len(text) > LONGEST_DRAFT:
            raise ControlError(
                f"草稿最多 {LONGEST_DRAFT} 个字。",
                f"A draft has at most {LONGEST_DRAFT} characters.",
            )
        if self.text_to_read(connection, session_id) != draft_text(connection, session_id):
            raise ControlError(
                "协议写在案件里，请在案件页面修改。",
                "The agreement stands in the case: change it there.",
            )
        store.set_draft(connection, session, text.strip())
        self._note(connection, session, "write_draft", by, at)

    def poll(
        self, connection: Connection, session_id: str, kind: PollKind, by: By, at: datetime
    ) -> None:
        """Read the draft of the agreement to everybody, or take the parties' yes by key.

        Everybody hears it away from the floor, in their own language; only those whose agreement
        it is are asked.
        """
        session = self._open(connection, session_id)
        draft = self.text_to_read(connection, session_id)
        if not draft:
            raise ControlError("还没有协议草稿。", "There is no draft of an agreement yet.")
        if not may_read(draft):
            raise ControlError(
                f"协议太长，电话里念不完：最多 {LONGEST_DRAFT} 个字。",
                f"The agreement is too long to be read aloud: {LONGEST_DRAFT} characters at most.",
            )
        parties = [leg for leg in parties_of(session.legs) if leg.state in PRESENT]
        if not parties:
            raise ControlError("没有一方在场。", "No party is there.")
        if kind == "yes" and not any(leg.role in SIGNING for leg in parties):
            raise ControlError(
                "没有当事人在场，不能表态。", "None of those whose agreement it is are there."
            )
        for leg in session.legs:
            if leg.answer:
                session = store.change_leg(connection, session, leg, answer="")
        was_floor = session.floor
        session = store.wish(connection, session, poll=kind, private="")
        self._note(connection, session, "read_draft" if kind == "read" else "ask_yes", by, at)
        session = self._then.settle(connection, session, at)
        for leg in parties:
            if not was_floor or leg.floor != was_floor:
                self._then.fetch(connection, leg, at)

    # --- its time

    def extend(
        self, connection: Connection, session_id: str, minutes: int, by: By, at: datetime
    ) -> None:
        """Let an open session last longer, as far as calls may."""
        session = self._open(connection, session_id)
        opened = session.opened_at or at
        until = (session.ends_at or opened) + timedelta(minutes=minutes)
        session = store.set_end(
            connection, session, min(until, opened + timedelta(seconds=LONGEST_EXTENDED))
        )
        self._note(connection, session, "extend", by, at, minutes=minutes)

    def end(self, connection: Connection, session_id: str, by: By, at: datetime) -> None:
        """End it for everybody."""
        session = self._alive(connection, session_id)
        self._note(connection, session, "end", by, at)
        if session.state == "open":
            self._then.close(connection, session, at)
        else:
            self._then.fail(connection, session, "mediator_unavailable", at)

    # --- what they have in common

    def _opened(self, connection: Connection, session: Session, at: datetime) -> Session:
        if session.state == "open":
            return session
        ends_at = at + timedelta(seconds=LONGEST_SECONDS)
        return store.move_session(connection, session, "open", at, opened_at=at, ends_at=ends_at)

    def _mute(
        self, connection: Connection, session: Session, leg: Leg, wanted: bool, at: datetime
    ) -> Session:
        session = store.change_leg(connection, session, leg, is_muted=wanted)
        if leg.state == "on_floor":
            self._adjust(connection, leg, at)
        return session

    def _adjust(self, connection: Connection, leg: Leg, at: datetime) -> None:
        """Have the network treat a leg on the floor as its row says."""
        subject = f"{leg.id}:{at.isoformat()}"
        consequences.ask(connection, "adjust", subject, {"leg": leg.id}, at)

    def _alive(self, connection: Connection, session_id: str) -> Session:
        session = self._mediation.locked(connection, session_id)
        if session is None:
            raise LookupError(f"there is no mediation {session_id}")
        self._refuse_ended(session)
        return session

    def _open(self, connection: Connection, session_id: str) -> Session:
        session = self._alive(connection, session_id)
        if session.state != "open":
            raise ControlError("通话还没有开始。", "The floor has not been opened yet.")
        return session

    def _refuse_ended(self, session: Session) -> None:
        if session.state in ENDED:
            raise ControlError("这次调解已经结束。", "This mediation is over.")

    def _refuse_engaged(self, session: Session, number: str) -> None:
        """One telephone has one leg: with two, nobody could be put aside or muted for certain."""
        if any(leg.number == number and leg.state not in LOST for leg in session.legs):
            raise ControlError("这个号码已经在线上。", "This telephone is on the line already.")

    def _present(self, connection: Connection, leg_id: str) -> tuple[Session, Leg]:
        return self._party(connection, leg_id, PRESENT)

    def _party(
        self, connection: Connection, leg_id: str, states: frozenset[str]
    ) -> tuple[Session, Leg]:
        """A party's leg in one of the states; never the mediator's own."""
        session, leg = self._mediation.leg(connection, leg_id)
        self._refuse_ended(session)
        if leg.role == "mediator" or leg.state not in states:
            raise ControlError("这一方现在不在线上。", "This party is not on the line now.")
        return session, leg

    def _note(
        self,
        connection: Connection,
        session: Session,
        kind: str,
        by: By,
        at: datetime,
        leg: Leg | None = None,
        **detail: str | int | bool,
    ) -> None:
        how = {"by": "console" if by.staff_id is not None else "telephone"}
        told: store.Detail = {**how, **detail}
        leg_id = leg.id if leg is not None else None
        store.note(connection, session.id, at, kind, leg_id, detail=told, by_staff_id=by.staff_id)
