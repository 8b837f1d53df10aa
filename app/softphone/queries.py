"""Reads for the page: who rings, which talks go on, what a browser is to connect."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from app.database import blind_index
from app.people.presence.address import client_of
from app.queueing.models import QueuedCaller, StaffRing
from app.softphone import store
from app.softphone.models import SoftphoneTalk
from app.softphone.outgoing import has_answered
from app.softphone.store import Leg, Talk
from app.tickets.models import Ticket

TOLD_FOR = timedelta(seconds=20)  # that a caller who rang here was answered elsewhere


@dataclass(frozen=True, slots=True)
class Citizen:
    """Who rings or talks, before any seal: their call, telephone, language and ticket."""

    call_sid: str
    number: str
    language: str
    ticket: str


def who_rings(connection: Connection, staff_id: int) -> Citizen | None:
    """For whom somebody's browser is rung now: a caller of the queue, or a colleague's talk."""
    query = (
        select(QueuedCaller.call_sid, QueuedCaller.caller, QueuedCaller.language)
        .join(StaffRing, StaffRing.caller_id == QueuedCaller.id)
        .where(
            StaffRing.number_index == blind_index(client_of(staff_id)),
            StaffRing.ended_at.is_(None),
            StaffRing.result == "",
            QueuedCaller.state.in_(("ringing", "calling")),  # or called back in turn
        )
        .order_by(StaffRing.id.desc())
    )
    row = connection.execute(query.limit(1)).one_or_none()
    if row is not None:
        return Citizen(row.call_sid, row.caller, row.language, "")
    leg = store.open_leg_of(connection, staff_id)
    talk = store.talk(connection, leg.talk_id) if leg and leg.state == "dialing" else None
    return citizen_of(talk) if talk else None


def who_asks(connection: Connection, staff_id: int) -> tuple[int, bool] | None:
    """Who of ours asks somebody into their talk just now, and whether they leave it to them."""
    mine = store.open_leg_of(connection, staff_id)
    if mine is None or mine.state != "dialing":
        return None
    talked = [
        leg.staff_id
        for leg in store.legs(connection, mine.talk_id)
        if leg.staff_id and leg.joined_at is not None and leg.role != "supervisor"
    ]
    return (talked[-1], mine.blind) if talked else None


def taken_by(connection: Connection, staff_id: int, at: datetime) -> int | None:
    """Who answered the caller for whom somebody's browser rang a moment ago, but that one.

    0 is a telephone that is nobody's own; None when there is nothing to be told.
    """
    query = (
        select(func.coalesce(QueuedCaller.answered_by, 0))
        .join(StaffRing, StaffRing.caller_id == QueuedCaller.id)
        .where(
            StaffRing.number_index == blind_index(client_of(staff_id)),
            StaffRing.ended_at > at - TOLD_FOR,
            StaffRing.result != "accepted",
            QueuedCaller.answered_at >= StaffRing.rung_at,
            func.coalesce(QueuedCaller.answered_by, 0) != staff_id,
        )
        .order_by(StaffRing.id.desc())
    )
    return connection.execute(query.limit(1)).scalar_one_or_none()


def is_dialling(connection: Connection, talk: Talk) -> bool:
    """Whether the citizen whom one of ours rings has not answered yet."""
    return talk.direction == "outbound" and not has_answered(connection, talk)


def citizen_of(talk: Talk) -> Citizen:
    """The citizen of a talk."""
    return Citizen(talk.call_sid, talk.citizen, talk.language, talk.ticket)


def to_connect(connection: Connection, staff_id: int) -> str:
    """The token with which somebody's browser is to connect now; empty for none.

    A supervisor comes when the talk is in its conference.
    """
    leg = store.open_leg_of(connection, staff_id)
    if leg is None or leg.state != "asked":
        return ""
    if leg.role == "supervisor":
        others = store.legs(connection, leg.talk_id)
        if not any(one.in_room_at and one.is_open for one in others):
            return ""
    return leg.token


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A talk that goes on, and who of ours is in it."""

    talk: Talk
    legs: tuple[Leg, ...]
    department: str


def under_way(connection: Connection) -> list[UnderWay]:
    """All talks that go on, the oldest first."""
    is_open = SoftphoneTalk.ended_at.is_(None)
    ids = connection.execute(select(SoftphoneTalk.id).where(is_open).order_by(SoftphoneTalk.id))
    found = []
    for talk_id in list(ids.scalars()):
        talk = store.talk(connection, talk_id)
        legs = tuple(one for one in store.legs(connection, talk_id) if one.state == "on")
        if talk is not None and any(one.role != "supervisor" for one in legs):
            found.append(UnderWay(talk, legs, department_of(connection, talk)))
    return found


def department_of(connection: Connection, talk: Talk) -> str:
    """The department whose talk it is: whom the caller asked for, or that of the ticket."""
    if talk.direction == "inbound":
        query = select(QueuedCaller.target).where(QueuedCaller.call_sid == talk.call_sid)
        target = connection.execute(query.order_by(QueuedCaller.id.desc()).limit(1))
        kind, _, key = (target.scalar_one_or_none() or "").partition(":")
        return key if kind == "department" else ""
    department = select(Ticket.department).where(Ticket.number == talk.ticket)
    return connection.execute(department).scalar_one_or_none() or ""


def to_write_up(connection: Connection, staff_id: int) -> Leg | None:
    """The last leg of somebody that is over and not written up."""
    leg = store.last_leg_of(connection, staff_id)
    is_owed = leg is not None and not leg.is_open and not leg.disposition
    return leg if is_owed and leg and leg.role != "supervisor" else None
