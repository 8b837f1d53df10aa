"""Reads of hearings for pages: the list, the live board, and what the minutes are made of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.calls.recordings.models import KeptRecording
from app.flows.hearing import Attendance
from app.hearings import store, voting
from app.hearings.errors import UnknownHearingError
from app.hearings.models import (
    Hearing,
    HearingConference,
    HearingEvent,
    HearingItem,
    HearingLeg,
    HearingMember,
    HearingTurn,
    HearingVote,
    HearingVoter,
)
from app.hearings.states import OVER, HearingState, LegState, TurnState, VoteState
from app.hearings.store import Session
from app.tickets.households.models import Caller, Household

PAGE = 30


@dataclass(frozen=True, slots=True)
class Listed:
    """A hearing in the list."""

    id: int
    title: str
    state: HearingState
    starts_at: datetime
    members: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A member on the live board: their present or last leg, and what they are doing.

    `leg` is None before they were first rung. `place` is their place in the line to speak, or 0.
    """

    id: int
    position: int
    role: Attendance
    name: str
    phone: str
    language: str
    pin: str
    leg: LegState | None
    in_room: bool
    is_present: bool
    speaks_until: datetime | None
    place: int

    @property
    def attends(self) -> bool:
        """Whether they are on the line and have consented."""
        return self.leg == "attending"


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the agenda."""

    position: int
    title: str
    minutes: int
    began_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote, as anybody may see it: how many have voted, and the result once it is closed."""

    id: int
    position: int
    state: VoteState
    question: str
    options: Sequence[tuple[str, str]]
    opened_at: datetime | None
    closed_at: datetime | None
    present: int
    voted: int
    tally: Mapping[str, int]
    head: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A member's time on the floor."""

    member_id: int
    state: TurnState
    asked_at: datetime
    began_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Span:
    """A time that a member attended."""

    member_id: int
    consented_at: datetime
    ended_at: datetime | None
    dialled_in: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, for the minutes."""

    at: datetime
    event: str
    member_id: int | None
    detail: str
    actor: str
    present: int


@dataclass(frozen=True, slots=True)
class Board:
    """A hearing with everything that its page shows."""

    session: Session
    opened_at: datetime | None
    closed_at: datetime | None
    created_by: str
    seats: Sequence[Seat]
    items: Sequence[Item]
    votes: Sequence[Vote]

    def of_role(self, role: str) -> list[Seat]:
        """The seats of one role."""
        return [seat for seat in self.seats if seat.role == role]

    @property
    def speaker(self) -> Seat | None:
        """Who has the floor."""
        return next((seat for seat in self.seats if seat.speaks_until is not None), None)

    @property
    def line(self) -> list[Seat]:
        """Who waits for the floor, in turn."""
        return sorted((seat for seat in self.seats if seat.place), key=lambda seat: seat.place)

    @property
    def open_vote(self) -> Vote | None:
        """The vote that is open."""
        return next((vote for vote in self.votes if vote.state == "open"), None)


def listed(
    connection: Connection, *, over: bool | None = None, offset: int = 0
) -> Sequence[Listed]:
    """Hearings, the latest first; only those that are over, or only the others."""
    members = (
        select(func.count())
        .where(HearingMember.hearing_id == Hearing.id, HearingMember.removed_at.is_(None))
        .correlate(Hearing)
        .scalar_subquery()
    )
    query = select(Hearing.id, Hearing.title, Hearing.state, Hearing.starts_at, members)
    if over is not None:
        query = query.where(Hearing.state.in_(OVER) if over else Hearing.state.not_in(OVER))
    ordered = query.order_by(Hearing.starts_at.desc(), Hearing.id.desc())
    rows = connection.execute(ordered.limit(PAGE + 1).offset(offset))
    return [Listed(*row) for row in rows]


def board(connection: Connection, hearing_id: int, language: str) -> Board:
    """All of a hearing; questions in a language. Raises UnknownHearingError."""
    session = store.load(connection, hearing_id, lock=False)
    if session is None:
        raise UnknownHearingError
    times = select(Hearing.opened_at, Hearing.closed_at, Hearing.created_by)
    row = connection.execute(times.where(Hearing.id == hearing_id)).one()
    return Board(
        session,
        row.opened_at,
        row.closed_at,
        row.created_by,
        _seats(connection, session),
        _items(connection, hearing_id),
        _votes(connection, hearing_id, language),
    )


def words_of_vote(
    connection: Connection, hearing_id: int, vote_id: int
) -> tuple[Mapping[str, str], Mapping[str, Sequence[str]]]:
    """A question and its options in all their languages. Raises UnknownHearingError."""
    query = select(HearingVote.question, HearingVote.options).where(
        HearingVote.id == vote_id, HearingVote.hearing_id == hearing_id
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise UnknownHearingError
    return json.loads(row.question), json.loads(row.options)


def turns(connection: Connection, hearing_id: int) -> Sequence[Turn]:
    """The times on the floor that have begun, in their order."""
    columns = [getattr(HearingTurn, name) for name in Turn.__slots__]
    query = select(*columns).where(
        HearingTurn.hearing_id == hearing_id, HearingTurn.began_at.is_not(None)
    )
    return [Turn(*row) for row in connection.execute(query.order_by(HearingTurn.began_at))]


def events(connection: Connection, hearing_id: int) -> Sequence[Happened]:
    """Everything that happened, in its order."""
    columns = [getattr(HearingEvent, name) for name in Happened.__slots__]
    query = select(*columns).where(HearingEvent.hearing_id == hearing_id)
    return [Happened(*row) for row in connection.execute(query.order_by(HearingEvent.id))]


def spans(connection: Connection, hearing_id: int) -> Sequence[Span]:
    """When members attended, in the order they came."""
    columns = [getattr(HearingLeg, name) for name in Span.__slots__]
    query = select(*columns).where(
        HearingLeg.hearing_id == hearing_id, HearingLeg.consented_at.is_not(None)
    )
    return [Span(*row) for row in connection.execute(query.order_by(HearingLeg.consented_at))]


def recordings(connection: Connection, hearing_id: int) -> Sequence[tuple[str, datetime]]:
    """The recordings of a hearing's conferences, by their SIDs and times."""
    sids = select(HearingConference.sid).where(HearingConference.hearing_id == hearing_id)
    query = select(KeptRecording.sid, KeptRecording.told_at).where(
        KeptRecording.conference_sid.in_(sids)
    )
    return [(row.sid, row.told_at) for row in connection.execute(query.order_by(KeptRecording.id))]


def villages(connection: Connection) -> Sequence[str]:
    """The villages whose callers may be chosen as representatives."""
    query = select(Household.village).distinct().order_by(Household.village)
    return list(connection.execute(query).scalars())


def callers_of(connection: Connection, village: str) -> Sequence[tuple[int, str, str, str]]:
    """The callers of a village: id, name (or their household's head), telephone, language."""
    query = (
        select(Caller.id, Caller.name, Household.head, Caller.phone, Caller.language)
        .join(Household, Household.id == Caller.household_id)
        .where(Household.village == village)
    )
    rows = connection.execute(query.order_by(Caller.id).limit(200))
    return [(row.id, row.name or row.head, row.phone, row.language) for row in rows]


def _seats(connection: Connection, session: Session) -> list[Seat]:
    members = connection.execute(
        select(HearingMember.__table__)
        .where(*store.on_list(session.id))
        .order_by(HearingMember.position)
    ).mappings()
    legs = connection.execute(
        select(
            HearingLeg.member_id, HearingLeg.state, HearingLeg.in_room,
        )
        .where(HearingLeg.hearing_id == session.id)
        .order_by(HearingLeg.created_at, HearingLeg.id)
    ).all()  # fmt: skip
    speaking, waiting = _floor(connection, session.id)
    here = session.present
    seats = []
    for member in members:
        own = [leg for leg in legs if leg.member_id == member["id"]]
        last = next((leg for leg in reversed(own) if leg.state == "attending"), None)
        last = last or (own[-1] if own else None)
        seats.append(
            Seat(
                id=member["id"],
                position=member["position"],
                role=member["role"],
                name=member["name"],
                phone=member["phone"],
                language=member["language"],
                pin=member["pin"],
                leg=last.state if last else None,
                in_room=bool(last and last.in_room),
                is_present=member["id"] in here,
                speaks_until=speaking.get(member["id"]),
                place=waiting.index(member["id"]) + 1 if member["id"] in waiting else 0,
            )
        )
    return seats


def _floor(connection: Connection, hearing_id: int) -> tuple[dict[int, datetime], list[int]]:
    """Until when who speaks, and who waits, in turn."""
    query = select(HearingTurn.member_id, HearingTurn.state, HearingTurn.until).where(
        HearingTurn.hearing_id == hearing_id, HearingTurn.state.in_(("asked", "speaking"))
    )
    rows = connection.execute(query.order_by(HearingTurn.id)).all()
    speaking = {row.member_id: row.until for row in rows if row.until is not None}
    return speaking, [row.member_id for row in rows if row.state == "asked"]


def _items(connection: Connection, hearing_id: int) -> list[Item]:
    columns = [getattr(HearingItem, name) for name in Item.__slots__]
    query = select(*columns).where(HearingItem.hearing_id == hearing_id)
    return [Item(*row) for row in connection.execute(query.order_by(HearingItem.position))]


def _votes(connection: Connection, hearing_id: int, language: str) -> list[Vote]:
    voted = (
        select(func.count())
        .where(HearingVoter.vote_id == HearingVote.id)
        .correlate(HearingVote)
        .scalar_subquery()
        .label("voted")
    )
    table = HearingVote
    query = select(
        table.id, table.position, table.state, table.question, table.options, table.opened_at,
        table.closed_at, table.present, table.tally, table.head, voted,
    ).where(table.hearing_id == hearing_id)  # fmt: skip
    return [
        Vote(
            id=row.id,
            position=row.position,
            state=row.state,
            question=voting.question_in(row.question, language),
            options=voting.options_in(row.options, language),
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            present=row.present,
            voted=row.voted,
            tally=json.loads(row.tally or "{}"),
            head=row.head,
        )
        for row in connection.execute(query.order_by(table.position))
    ]
