"""Rows of talks and their legs as values; all changes of them go through here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from app.softphone.models import LegState, Mode, Role, SoftphoneLeg, SoftphoneTalk


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation with a citizen, as it stands."""

    id: int
    direction: str
    call_sid: str
    citizen: str
    citizen_index: str
    ticket: str
    language: str
    room: str
    held: bool
    lost: bool
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Leg:
    """Somebody of ours in a talk, as they stand."""

    id: int
    talk_id: int
    role: Role
    staff_id: int | None
    address: str
    token: str
    call_sid: str
    state: LegState
    mode: Mode
    target: str
    blind: bool
    asked_at: datetime
    joined_at: datetime | None
    in_room_at: datetime | None
    hung_up_at: datetime | None
    left_at: datetime | None
    trouble: str
    disposition: str

    @property
    def is_open(self) -> bool:
        """Whether it is in the talk, or on its way there."""
        return self.left_at is None


_TALK: tuple[Any, ...] = tuple(getattr(SoftphoneTalk, name) for name in Talk.__slots__)
_LEG: tuple[Any, ...] = tuple(getattr(SoftphoneLeg, name) for name in Leg.__slots__)
IS_OPEN = SoftphoneLeg.left_at.is_(None)


def talk(connection: Connection, talk_id: int, *, lock: bool = False) -> Talk | None:
    """A talk by id."""
    return _talk(connection, SoftphoneTalk.id == talk_id, lock=lock)


def talk_of_call(connection: Connection, call_sid: str) -> Talk | None:
    """The last talk of a citizen's call."""
    return _talk(connection, SoftphoneTalk.call_sid == call_sid) if call_sid else None


def talk_in_room(connection: Connection, room: str) -> Talk | None:
    """The talk that goes on in a conference."""
    is_there = (SoftphoneTalk.room == room) & SoftphoneTalk.ended_at.is_(None)
    return _talk(connection, is_there, lock=True) if room else None


def legs(connection: Connection, talk_id: int) -> list[Leg]:
    """Everybody of ours who is or was in a talk, in the order they came."""
    query = select(*_LEG).where(SoftphoneLeg.talk_id == talk_id).order_by(SoftphoneLeg.id)
    return [Leg(*row) for row in connection.execute(query)]


def leg(connection: Connection, leg_id: int) -> Leg | None:
    """A leg by id."""
    return _leg(connection, SoftphoneLeg.id == leg_id)


def leg_of_token(connection: Connection, token: str) -> Leg | None:
    """A leg by its one-time token."""
    return _leg(connection, SoftphoneLeg.token == token) if token else None


def leg_of_call(connection: Connection, call_sid: str) -> Leg | None:
    """The leg that a call of ours is."""
    return _leg(connection, SoftphoneLeg.call_sid == call_sid) if call_sid else None


def open_leg_of(connection: Connection, staff_id: int) -> Leg | None:
    """The leg that somebody has now, or is asked to connect; None when they are free."""
    return _leg(connection, (SoftphoneLeg.staff_id == staff_id) & IS_OPEN)


def asked_legs_of(connection: Connection, staff_id: int) -> list[Leg]:
    """The legs that somebody's browser is asked to connect and has not yet."""
    query = select(*_LEG).where(
        IS_OPEN, SoftphoneLeg.staff_id == staff_id, SoftphoneLeg.state == "asked"
    )
    return [Leg(*row) for row in connection.execute(query)]


def last_leg_of(connection: Connection, staff_id: int) -> Leg | None:
    """The latest leg of somebody that came to a conversation."""
    was_there = SoftphoneLeg.joined_at.is_not(None)
    return _leg(connection, (SoftphoneLeg.staff_id == staff_id) & was_there)


def late_colleagues(connection: Connection, since: datetime) -> list[int]:
    """Colleagues who were asked before an instant and have not come yet, by their legs' ids."""
    query = select(SoftphoneLeg.id).where(
        IS_OPEN,
        SoftphoneLeg.role == "colleague",
        SoftphoneLeg.state.in_(("asked", "dialing")),
        SoftphoneLeg.asked_at < since,
    )
    return list(connection.execute(query).scalars())


def begin_talk(connection: Connection, **values: Any) -> int:
    """A conversation begins; returns its id."""
    made = {"call_sid": "", "ticket": "", "language": "", "room": "", "held": False, "lost": False}
    statement = insert(SoftphoneTalk).values(made | values).returning(SoftphoneTalk.id)
    return connection.execute(statement).scalar_one()


def add_leg(connection: Connection, **values: Any) -> int:
    """Somebody comes into a talk, or is asked to; returns the leg's id."""
    made = {
        "address": "", "call_sid": "", "mode": "", "target": "", "blind": False,
        "trouble": "", "disposition": "", "note": "",
    }  # fmt: skip
    statement = insert(SoftphoneLeg).values(made | values).returning(SoftphoneLeg.id)
    return connection.execute(statement).scalar_one()


def label_of(leg: Leg) -> str:
    """What a leg is called in the conference of its talk."""
    return f"{leg.role}-{leg.id}"


def begin_answered(
    connection: Connection,
    staff_id: int,
    address: str,
    call_sid: str,
    token: str,
    at: datetime,
    /,
    **talk: Any,
) -> None:
    """A conversation begins with one of ours on the line, by a call to their browser.

    `talk` are the columns of the conversation, its `call_sid` that of the citizen.
    """
    talk_id = begin_talk(connection, began_at=at, **talk)
    add_leg(
        connection,
        talk_id=talk_id,
        role="agent",
        staff_id=staff_id,
        address=address,
        token=token,
        call_sid=call_sid,
        state="on",
        asked_at=at,
        joined_at=at,
    )


def change_talk(connection: Connection, talk_id: int, **values: Any) -> None:
    """Change columns of a talk."""
    connection.execute(update(SoftphoneTalk).where(SoftphoneTalk.id == talk_id).values(**values))


def change_leg(connection: Connection, leg_id: int, **values: Any) -> None:
    """Change columns of a leg."""
    connection.execute(update(SoftphoneLeg).where(SoftphoneLeg.id == leg_id).values(**values))


def use_leg(
    connection: Connection, leg_id: int, from_states: tuple[LegState, ...], **values: Any
) -> bool:
    """Change a leg that stands in one of these states; False when it stands otherwise."""
    is_so = (SoftphoneLeg.id == leg_id) & SoftphoneLeg.state.in_(from_states)
    return connection.execute(update(SoftphoneLeg).where(is_so).values(**values)).rowcount == 1


def _talk(connection: Connection, where: ColumnElement[bool], *, lock: bool = False) -> Talk | None:
    query = select(*_TALK).where(where).order_by(SoftphoneTalk.id.desc()).limit(1)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Talk(*row)


def _leg(connection: Connection, where: ColumnElement[bool]) -> Leg | None:
    query = select(*_LEG).where(where).order_by(SoftphoneLeg.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Leg(*row)
