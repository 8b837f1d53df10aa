"""What follows when something has changed in a session: further calls, floors, failing, ending.

What has to be done outside SQL is asked for as a job in the same transaction.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.flows.directory import Directory
from app.jobs.service import Payload, enqueue
from app.mediation import store
from app.mediation.floor import kind_wanted, may_open, seats
from app.mediation.states import (
    ANSWERED,
    GATHERING,
    PRESENT,
    RINGING,
    Fail,
    Hold,
    Invite,
    Leg,
    LegState,
    Reason,
    Role,
    decide,
    may_become,
    mediator_of,
    parties_of,
    unheld,
)
from app.mediation.store import Session

log = structlog.get_logger()

LOOK_SECONDS = 15  # how often the network is asked how a session really stands
OPENING_SECONDS = 60  # for the mediator to open the floor once everybody is there
SUMMONED_OPENING_SECONDS = 300  # the same where others may still be waited for
TALKED_SECONDS = 5  # on a floor together, the announcement included, until they have spoken
FOLLOW_UP_SECONDS = 30  # time for the caller's own flow to open the ticket and speak its number


class Consequences:
    """Draws the consequences, by the directory in force at each instant and a source of chance."""

    def __init__(self, directory: Callable[[], Directory], random_hex: Callable[[], str]) -> None:
        self._directory = directory
        self._random_hex = random_hex

    @property
    def directory(self) -> Directory:
        """The directory in force."""
        return self._directory()

    def new_leg(
        self, role: Role, number: str, *, party: str = "", name: str = "", language: str = ""
    ) -> Leg:
        """A leg that is to be rung, with a token of its own; without `party` a party of its own."""
        leg_id = self._random_hex()
        return Leg(
            id=leg_id,
            role=role,
            state="dialing",
            number=number,
            token=self._random_hex(),
            call_sid=None,
            party=party or leg_id,
            name=name,
            language=language,
        )

    def ring(
        self,
        connection: Connection,
        session: Session,
        leg: Leg,
        at: datetime,
        actor: str = "system",
    ) -> Session:
        """Add a leg and have it rung; `actor` causes the call."""
        session = store.add_leg(connection, session, leg, at)
        ask(connection, "invite", leg.id, {"leg": leg.id, "actor": actor}, at)
        return session

    def gather(
        self, connection: Connection, session: Session, at: datetime, seconds: float
    ) -> Session:
        """Begin a session with the legs it has: they have so many seconds to come together."""
        expire_later(connection, session, at, seconds)
        look_again(connection, session.id, 1, at)
        return self.advance(connection, session, at)

    def advance(self, connection: Connection, session: Session, at: datetime) -> Session:
        """Do what the legs ask for, until the session can only wait."""
        while session.state in GATHERING:
            match decide(session.legs):
                case Invite(role, otherwise):
                    session = self._invite(connection, session, role, otherwise, at)
                case Fail(reason):
                    session = self.fail(connection, session, reason, at)
                case Hold(state):
                    if state != session.state:
                        session = store.move_session(connection, session, state, at)
                    if may_open(session.state, session.legs):
                        self._await_opening(connection, session, at)
                    return session
        if session.state == "open":
            session = self._go_on(connection, session, at)
        return session

    def settle(
        self, connection: Connection, session: Session, at: datetime, conference: str = ""
    ) -> Session:
        """Make the floor what it ought to be; a new one is called `conference` if that is given."""
        wanted = kind_wanted(session.state, session.legs, session.wishes)
        if wanted == session.kind:
            return session
        if session.floor:
            session = leave_floor(connection, session, at)
        if wanted is not None:
            name = conference or f"m-{self._random_hex()}"
            session = store.begin_floor(connection, session, name, wanted, at)
            for leg in session.legs:
                if leg.id in seats(session.legs, session.wishes) and not leg.floor:
                    self.fetch(connection, leg, at)
        return session

    def fetch(self, connection: Connection, leg: Leg, at: datetime) -> None:
        """Interrupt what a leg does, so that it looks where it now belongs."""
        key = self._random_hex()
        ask(connection, "move", f"{leg.id}:{key}", {"leg": leg.id, "key": key}, at)

    def note_talk(
        self, connection: Connection, session: Session, conference: str, at: datetime
    ) -> Session:
        """Say that they have spoken with each other, should the network's word of it be lost."""
        if session.state != "open" or session.floor_at is not None or not conference:
            return session
        since = store.together_since(connection, session, conference)
        if since is None or at - since < timedelta(seconds=TALKED_SECONDS):
            return session
        return store.mark_spoken(connection, session, since)

    def lose(
        self, connection: Connection, session: Session, leg: Leg, state: LegState, at: datetime
    ) -> Session:
        """A leg is gone, in one of the states that mean so; repeated or late, nothing happens."""
        if not may_become(leg.state, state):
            return session
        session = self.note_talk(connection, session, leg.floor, at)
        gone = {"floor": "", "ended_at": at}
        session = store.move_leg(connection, session, leg, state, at, **gone)
        return self.advance(connection, session, at)

    def close(self, connection: Connection, session: Session, at: datetime) -> Session:
        """An open session is over; in any other state nothing happens."""
        if session.state != "open":
            return session
        session = self.note_talk(connection, session, session.floor, at)
        reason: Reason = "" if session.floor_at else unheld(session.legs)
        if session.floor:
            session = leave_floor(connection, session, at)
        session = store.move_session(connection, session, "closed", at, reason=reason, closed_at=at)
        for leg in session.legs:
            if leg.state in ANSWERED and not leg.floor:
                self.fetch(connection, leg, at)
            elif leg.state in RINGING and leg.call_sid is not None:
                hang_up(connection, leg, at)
        _follow_up(connection, session, at)
        return session

    def fail(
        self, connection: Connection, session: Session, reason: Reason, at: datetime
    ) -> Session:
        """The mediation does not come about: every party that is there is told at once."""
        session = store.move_session(connection, session, "failed", at, reason=reason, closed_at=at)
        for leg in session.legs:
            if leg.state in ANSWERED:
                self.fetch(connection, leg, at)
            elif leg.state in RINGING and leg.call_sid is not None:
                hang_up(connection, leg, at)
        _follow_up(connection, session, at)
        return session

    def _go_on(self, connection: Connection, session: Session, at: datetime) -> Session:
        """An open session after somebody has come, gone or answered."""
        if mediator_of(session.legs) is None:
            return self.close(connection, session, at)
        asked = [leg for leg in parties_of(session.legs) if leg.state in PRESENT]
        if session.wishes.poll and all(leg.answer for leg in asked):
            told: store.Detail = {"poll": session.wishes.poll}
            store.note(connection, session.id, at, "poll_closed", detail=told)
            session = store.wish(connection, session, poll="")
        private = session.wishes.private
        if private and session.leg(private).state not in PRESENT:
            session = store.wish(connection, session, private="")
        return self.settle(connection, session, at)

    def _invite(
        self,
        connection: Connection,
        session: Session,
        role: Role,
        otherwise: Reason,
        at: datetime,
    ) -> Session:
        number = self._untried_number(session, role)
        if number is None:
            return self.fail(connection, session, otherwise, at)
        name = session.department if role == "department" else ""
        language = self.directory.default_language
        leg = self.new_leg(role, number, party=role, name=name, language=language)
        return self.ring(connection, session, leg, at)

    def _await_opening(self, connection: Connection, session: Session, at: datetime) -> None:
        """The floor may be opened: the mediator is told so, and must not wait for ever with it."""
        is_convened = any(leg.role == "caller" for leg in session.legs)
        patience = OPENING_SECONDS if is_convened else SUMMONED_OPENING_SECONDS
        payload: Payload = {"session": session.id, "opening": True}
        subject = f"{session.id}:opening:{len(session.legs)}"
        mediator = mediator_of(session.legs)
        if ask(connection, "expire", subject, payload, at, patience) and mediator is not None:
            self.fetch(connection, mediator, at)

    def _untried_number(self, session: Session, role: Role) -> str | None:
        """The next number to ring for a role, or None when all have been rung."""
        directory = self._directory()
        numbers: Sequence[str] = ()
        if role == "mediator":
            numbers = directory.duty.mediators
        elif session.department in directory.departments:
            numbers = directory.departments[session.department].numbers
        tried = {leg.number for leg in session.legs}
        return next((number for number in numbers if number not in tried), None)


def leave_floor(connection: Connection, session: Session, at: datetime) -> Session:
    """The floor is over: its conference is ended, and with that everybody comes out of it."""
    ask(connection, "end_floor", session.floor, {"conference": session.floor}, at)
    return store.close_floor(connection, session, at)


def look_again(connection: Connection, session_id: str, look: int, at: datetime) -> None:
    """Ask for the next look at how a session really stands."""
    payload: Payload = {"session": session_id, "look": look}
    ask(connection, "look", f"{session_id}:{look}", payload, at, LOOK_SECONDS)


def look_soon(connection: Connection, session_id: str, hint: str, at: datetime) -> None:
    """Ask for a look at once, because the network hinted at something."""
    ask(connection, "look", f"{session_id}:{hint}", {"session": session_id}, at)


def expire_later(
    connection: Connection, session: Session, at: datetime, after_seconds: float
) -> None:
    """Ask for the end of the gathering, should it not be over by then."""
    ask(connection, "expire", session.id, {"session": session.id}, at, after_seconds)


def hang_up(connection: Connection, leg: Leg, at: datetime) -> None:
    """Stop a telephone from ringing for a session that is over."""
    ask(connection, "hang_up", leg.id, {"leg": leg.id}, at)


def remove_stranger(
    connection: Connection, session_id: str, conference: str, call_sid: str, at: datetime
) -> None:
    """Remove somebody who has no business on a floor, and report it (threat T17)."""
    payload: Payload = {"conference": conference, "call": call_sid}
    if ask(connection, "remove_unknown", f"{conference}:{call_sid}:{at:%H%M%S}", payload, at):
        log.warning("mediation.unknown_participant", session=session_id, call=call_sid)
        told: store.Detail = {"call": call_sid}
        store.note(connection, session_id, at, "unknown_joined", detail=told)


def _follow_up(connection: Connection, session: Session, at: datetime) -> None:
    payload: Payload = {"session": session.id}
    ask(connection, "follow_up", session.id, payload, at, FOLLOW_UP_SECONDS)


def ask(
    connection: Connection,
    kind: str,
    subject: str,
    payload: Payload,
    at: datetime,
    after_seconds: float = 0,
) -> bool:
    """Ask for a job of `app.mediation.jobs`; returns whether it was not asked for before."""
    kind = f"mediation.{kind}"
    due_at = at + timedelta(seconds=after_seconds)
    return enqueue(connection, kind, f"{kind}:{subject}", payload, due_at)
