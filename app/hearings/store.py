"""Rows of hearings as values: read under a lock, changed one step at a time.

Everything that changes a hearing first locks its row, so that two workers who hear of two members
in the same instant see each other's.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from app.database import insert_once
from app.hearings.errors import UnknownHearingError
from app.hearings.models import (
    Hearing,
    HearingConference,
    HearingEvent,
    HearingLeg,
    HearingMember,
)
from app.hearings.states import (
    OVER,
    HearingState,
    Leg,
    LegState,
    Member,
    QuorumKind,
    attending,
    needed,
    present,
)


@dataclass(frozen=True, slots=True)
class Session:
    """A hearing as it stands, its members by number and its legs in the order they came about."""

    id: int
    title: str
    state: HearingState
    starts_at: datetime
    moves: int
    quorum_kind: QuorumKind
    quorum: int
    floor_seconds: int
    conference: str
    item: int
    roll: int
    roll_until: datetime | None
    members: tuple[Member, ...] = ()
    legs: tuple[Leg, ...] = ()

    @property
    def attending(self) -> dict[int, Leg]:
        """The leg on which each member attends."""
        return attending(self.legs)

    @property
    def present(self) -> frozenset[int]:
        """The representatives who are present."""
        return present(self.members, self.legs, self.roll)

    @property
    def needed(self) -> int:
        """How many representatives must be present for a vote."""
        count = sum(member.role == "representative" for member in self.members)
        return needed(self.quorum_kind, self.quorum, count)

    @property
    def is_quorate(self) -> bool:
        """Whether enough are present."""
        return len(self.present) >= self.needed

    def member(self, member_id: int) -> Member:
        """A member by id. Raises UnknownHearingError."""
        for member in self.members:
            if member.id == member_id:
                return member
        raise UnknownHearingError

    def leg(self, leg_id: str) -> Leg:
        """A leg of this hearing by its id."""
        return next(leg for leg in self.legs if leg.id == leg_id)

    def leg_of_call(self, call_sid: str) -> Leg | None:
        """The leg whose call this is, or None."""
        return next((leg for leg in self.legs if leg.call_sid == call_sid), None)


_COLUMNS = [getattr(Hearing, name) for name in Session.__slots__ if name not in ("members", "legs")]


def load(connection: Connection, hearing_id: int, *, lock: bool = True) -> Session | None:
    """A hearing with its members and legs, by default locked until the transaction ends."""
    query = select(*_COLUMNS).where(Hearing.id == hearing_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        return None
    members, legs = _members(connection, hearing_id), _legs(connection, hearing_id)
    return Session(**row._mapping, members=members, legs=legs)


def need(connection: Connection, hearing_id: int) -> Session:
    """A hearing, locked. Raises UnknownHearingError."""
    session = load(connection, hearing_id)
    if session is None:
        raise UnknownHearingError
    return session


def of_call(connection: Connection, call_sid: str) -> tuple[Session, Leg] | None:
    """The hearing, locked, and the leg that a call is; None for any other call."""
    return _of(connection, HearingLeg.call_sid == call_sid) if call_sid else None


def of_token(connection: Connection, token: str) -> tuple[Session, Leg] | None:
    """The hearing, locked, and the leg that a one-time token was made for."""
    return _of(connection, HearingLeg.token == token) if token else None


def of_leg(connection: Connection, leg_id: str) -> tuple[Session, Leg]:
    """The hearing, locked, and a leg that a job names. Raises LookupError."""
    found = _of(connection, HearingLeg.id == leg_id)
    if found is None:
        raise LookupError(f"there is no leg {leg_id} of a hearing")
    return found


def hearing_of_conference(connection: Connection, conference: str) -> int | None:
    """The hearing that a conference belongs to, by our name for it."""
    query = select(Hearing.id).where(Hearing.conference == conference)
    return connection.execute(query).scalar_one_or_none()


def call_of_leg(connection: Connection, leg_id: str) -> tuple[str | None, LegState] | None:
    """The call of a leg, and the leg's state."""
    query = select(HearingLeg.call_sid, HearingLeg.state).where(HearingLeg.id == leg_id)
    row = connection.execute(query).one_or_none()
    return (row.call_sid, row.state) if row else None


def phones_of(connection: Connection, hearing_id: int) -> dict[int, str]:
    """The telephones of all who are on the list of a hearing, by member."""
    query = select(HearingMember.id, HearingMember.phone).where(*on_list(hearing_id))
    return {row.id: row.phone for row in connection.execute(query)}


def phone_of(connection: Connection, member_id: int) -> str:
    """The telephone of a member."""
    query = select(HearingMember.phone).where(HearingMember.id == member_id)
    return connection.execute(query).scalar_one()


def pin_of(connection: Connection, member_id: int) -> str:
    """The PIN a member may dial in with."""
    query = select(HearingMember.pin).where(HearingMember.id == member_id)
    return connection.execute(query).scalar_one()


def add_leg(
    connection: Connection, session: Session, leg: Leg, at: datetime, **columns: Any
) -> Session:
    """Add a leg behind the others."""
    connection.execute(
        insert(HearingLeg).values(
            id=leg.id,
            hearing_id=session.id,
            member_id=leg.member_id,
            token=leg.token,
            call_sid=leg.call_sid,
            state=leg.state,
            dialled_in=leg.dialled_in,
            created_at=at,
            in_room=False,
            roll=leg.roll,
            **columns,
        )
    )
    return replace(session, legs=(*session.legs, leg))


def move_leg(
    connection: Connection,
    session: Session,
    leg: Leg,
    state: LegState,
    at: datetime,
    event: str = "",
    **columns: Any,
) -> Session:
    """Change a leg's state; the minutes note it as `event`, its new state without one."""
    _update_leg(connection, leg.id, state=state, **columns)
    roll = columns.get("roll", leg.roll)
    after = _with_leg(session, replace(leg, state=state, roll=roll))
    note(connection, after, at, event or state, leg.member_id)
    note_quorum(connection, session, after, at)
    return after


def answer_roll(
    connection: Connection, session: Session, leg: Leg, roll: int, at: datetime
) -> Session:
    """Say that a leg's member is there, as of a roll call."""
    if leg.roll >= roll:
        return session
    _update_leg(connection, leg.id, roll=roll)
    after = _with_leg(session, replace(leg, roll=roll))
    note(connection, after, at, "answered_roll", leg.member_id)
    note_quorum(connection, session, after, at)
    return after


def bind_call(connection: Connection, session: Session, leg: Leg, call_sid: str) -> Session:
    """Bind a leg to its call, for good."""
    _update_leg(connection, leg.id, call_sid=call_sid)
    return _with_leg(session, replace(leg, call_sid=call_sid))


def mark_placed(connection: Connection, leg: Leg, at: datetime | None) -> None:
    """Say that the network is about to be asked for a leg's call; None takes it back."""
    _update_leg(connection, leg.id, placed_at=at)


def mark_in_room(connection: Connection, leg: Leg, *, in_room: bool) -> None:
    """Say that a leg is in the conference, or not."""
    _update_leg(connection, leg.id, in_room=in_room)


def change(
    connection: Connection,
    session: Session,
    at: datetime,
    event: str,
    *,
    actor: str = "",
    detail: str = "",
    **columns: Any,
) -> Session:
    """Change columns of a hearing, and note why."""
    connection.execute(update(Hearing).where(Hearing.id == session.id).values(**columns))
    known = {name: value for name, value in columns.items() if name in Session.__slots__}
    after = replace(session, **known)
    note(connection, after, at, event, actor=actor, detail=detail)
    note_quorum(connection, session, after, at)
    return after


def note(
    connection: Connection,
    session: Session,
    at: datetime,
    event: str,
    member_id: int | None = None,
    detail: str = "",
    actor: str = "",
) -> int:
    """Append an event; returns its number."""
    number: int = connection.execute(
        insert(HearingEvent)
        .values(
            hearing_id=session.id,
            member_id=member_id,
            at=at,
            event=event,
            detail=detail,
            actor=actor,
            present=len(session.present),
        )
        .returning(HearingEvent.id)
    ).scalar_one()
    return number


def note_quorum(connection: Connection, before: Session, after: Session, at: datetime) -> None:
    """Note that the quorum was reached or lost, when it was; after the end nobody minds."""
    if after.state not in OVER and before.is_quorate != after.is_quorate:
        note(connection, after, at, "quorum_reached" if after.is_quorate else "quorum_lost")


def keep_conference(connection: Connection, session: Session, sid: str, at: datetime) -> None:
    """Keep the provider's name of a conference of this hearing: its recording is found by it."""
    if sid:
        insert_once(connection, HearingConference, sid=sid, hearing_id=session.id, at=at)


def on_list(hearing_id: int) -> tuple[ColumnElement[bool], ...]:
    """Which rows are the members of a hearing: not those who were taken off its list."""
    return HearingMember.hearing_id == hearing_id, HearingMember.removed_at.is_(None)


def _members(connection: Connection, hearing_id: int) -> tuple[Member, ...]:
    columns = [getattr(HearingMember, name) for name in Member.__slots__]
    query = select(*columns).where(*on_list(hearing_id))
    return tuple(Member(*row) for row in connection.execute(query.order_by(HearingMember.position)))


def _legs(connection: Connection, hearing_id: int) -> tuple[Leg, ...]:
    query = select(
        HearingLeg.id,
        HearingLeg.member_id,
        HearingLeg.state,
        HearingLeg.token,
        HearingLeg.call_sid,
        HearingLeg.roll,
        HearingLeg.placed_at.is_not(None),
        HearingLeg.dialled_in,
    ).where(HearingLeg.hearing_id == hearing_id)
    ordered = query.order_by(HearingLeg.created_at, HearingLeg.id)
    return tuple(Leg(*row) for row in connection.execute(ordered))


def _of(connection: Connection, condition: ColumnElement[bool]) -> tuple[Session, Leg] | None:
    query = select(HearingLeg.hearing_id, HearingLeg.id).where(condition)
    found = connection.execute(query).one_or_none()
    session = load(connection, found.hearing_id) if found else None
    return (session, session.leg(found.id)) if found and session else None


def _update_leg(connection: Connection, leg_id: str, **columns: Any) -> None:
    connection.execute(update(HearingLeg).where(HearingLeg.id == leg_id).values(**columns))


def _with_leg(session: Session, changed: Leg) -> Session:
    legs = tuple(changed if leg.id == changed.id else leg for leg in session.legs)
    return replace(session, legs=legs)
