"""What follows when something has changed in a session: further calls, opening, failing, ending.

What has to be done outside SQL is asked for as a job in the same transaction.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.calls.facts import ConferenceEvent
from app.flows.directory import Directory
from app.jobs.service import Payload, enqueue
from app.mediation import store
from app.mediation.appointed import decide, unheld
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
    Open,
    Reason,
    Role,
    may_become,
)
from app.mediation.store import Session

log = structlog.get_logger()

WATCH_SECONDS = 30  # how often an open session is looked at
FOLLOW_UP_SECONDS = 30  # time for the caller's own flow to open the ticket and speak its number


class Consequences:
    """Draws the consequences, by the directory in force at each instant and a source of chance."""

    def __init__(self, directory: Callable[[], Directory], random_hex: Callable[[], str]) -> None:
        self._directory = directory
        self._random_hex = random_hex

    def new_leg(self, role: Role, number: str) -> Leg:
        """A leg that is to be rung, with a token of its own."""
        return Leg(self._random_hex(), role, "dialing", number, self._random_hex(), None)

    def advance(self, connection: Connection, session: Session, at: datetime) -> None:
        """Do what the legs of a gathering session ask for, until it can only wait."""
        while session.state in GATHERING:
            match decide(session.legs):
                case Invite(role, otherwise):
                    number = self._untried_number(session, role)
                    if number is None:
                        session = fail(connection, session, otherwise, at)
                    else:
                        leg = self.new_leg(role, number)
                        session = store.add_leg(connection, session, leg, at)
                        ring(connection, leg, at)
                case Fail(reason):
                    session = fail(connection, session, reason, at)
                case Open():
                    session = begin(connection, session, at)
                case Hold(state):
                    if state != session.state:
                        store.move_session(connection, session, state, at)
                    return

    def lose(
        self, connection: Connection, session: Session, leg: Leg, state: LegState, at: datetime
    ) -> None:
        """A leg is gone, in one of the states that mean so; repeated or late, nothing happens."""
        if not may_become(leg.state, state):
            return
        session = store.move_leg(connection, session, leg, state, at, ended_at=at)
        self.advance(connection, session, at)
        if session.state == "open" and leg.role == "mediator":
            _ask(connection, "close", session.id, {"session": session.id}, at)

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


def fail(connection: Connection, session: Session, reason: Reason, at: datetime) -> Session:
    """The mediation does not come about: every party that is there is told at once."""
    session = store.move_session(connection, session, "failed", at, reason=reason, closed_at=at)
    for leg in session.legs:
        if leg.state in ANSWERED:
            _resume(connection, session, leg, "failed", at)
        elif leg.state in RINGING and leg.call_sid is not None:
            hang_up(connection, leg, at)
    _follow_up(connection, session, at)
    return session


def begin(connection: Connection, session: Session, at: datetime) -> Session:
    """Bring everybody who has consented to the floor."""
    session = store.move_session(connection, session, "open", at, opened_at=at)
    for leg in session.legs:
        if leg.state in PRESENT:
            _resume(connection, session, leg, "open", at)
    watch_again(connection, session, 1, at)
    return session


def close(connection: Connection, session: Session, at: datetime) -> None:
    """An open session is over; in any other state nothing happens."""
    if session.state != "open":
        return
    reason: Reason = "" if session.floor_at else unheld(session.legs)
    closed = store.move_session(connection, session, "closed", at, reason=reason, closed_at=at)
    for leg in session.legs:
        if leg.state == "on_floor":
            closed = store.move_leg(connection, closed, leg, "left", at, ended_at=at)
    _follow_up(connection, closed, at)


def join(connection: Connection, session: Session, leg: Leg | None, event: ConferenceEvent) -> None:
    """Somebody is in the conference: a party whose floor it is, or one who has to go (T17)."""
    if leg is not None and leg.state == "consented" and session.state == "open":
        session = store.move_leg(connection, session, leg, "on_floor", event.at, joined_at=event.at)
        there = [leg.role for leg in session.legs if leg.state == "on_floor"]
        if len(there) > 1 and "mediator" in there:
            store.begin_floor(connection, session, event.at)
    elif leg is None or leg.state not in ("on_floor", "left"):  # those are told of again
        _remove(connection, session, event)


def watch_again(connection: Connection, session: Session, look: int, at: datetime) -> None:
    """Ask for the next look after an open session."""
    payload: Payload = {"session": session.id, "look": look}
    _ask(connection, "watch", f"{session.id}:{look}", payload, at, WATCH_SECONDS)


def expire_later(
    connection: Connection, session: Session, at: datetime, after_seconds: float
) -> None:
    """Ask for the end of the gathering, should it not be over by then."""
    _ask(connection, "expire", session.id, {"session": session.id}, at, after_seconds)


def ring(connection: Connection, leg: Leg, at: datetime, actor: str = "system") -> None:
    """Ask for the call of a leg, which `actor` causes."""
    _ask(connection, "invite", leg.id, {"leg": leg.id, "actor": actor}, at)


def hang_up(connection: Connection, leg: Leg, at: datetime) -> None:
    """Stop a telephone from ringing for a session that is over."""
    _ask(connection, "hang_up", leg.id, {"leg": leg.id}, at)


def _resume(connection: Connection, session: Session, leg: Leg, news: str, at: datetime) -> None:
    """Interrupt a leg's waiting with news; its flow hears `open-<session>`, `failed-<session>`."""
    key = f"{news}-{session.id}"
    _ask(connection, "resume", f"{key}:{leg.id}", {"leg": leg.id, "key": key}, at)


def _remove(connection: Connection, session: Session, event: ConferenceEvent) -> None:
    subject = f"{event.conference_sid}:{event.call_sid}:{event.sequence}"
    payload: Payload = {"conference": session.conference, "call": event.call_sid}
    if _ask(connection, "remove_unknown", subject, payload, event.at):
        log.warning("mediation.unknown_participant", session=session.id, call=event.call_sid)
        store.note(connection, session.id, event.at, "unknown_joined", detail=event.call_sid)


def _follow_up(connection: Connection, session: Session, at: datetime) -> None:
    payload: Payload = {"session": session.id}
    _ask(connection, "follow_up", session.id, payload, at, FOLLOW_UP_SECONDS)


def _ask(
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
