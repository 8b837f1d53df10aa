"""Reads of the mediations that go on, for the page from which they are led."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.mediation import store
from app.mediation.floor import may_open, may_read, may_record, seats
from app.mediation.models import MediationEvent, MediationSession
from app.mediation.queries import DraftText, draft_text
from app.mediation.states import (
    LOST,
    PRESENT,
    Leg,
    SessionState,
    latest,
    mediator_of,
)
from app.mediation.store import Session

MOST_SESSIONS = 50
LATEST_EVENTS = 12
MOST_EVENTS = 2_000


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session in the list of those that go on."""

    id: str
    state: SessionState
    department: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Seat:
    """A party as the page shows it; `number` is its number at the keys, 0 the mediator's."""

    leg: Leg
    number: int
    is_on_floor: bool
    is_private: bool
    is_coached: bool

    @property
    def is_there(self) -> bool:
        """Whether it has consented and not left."""
        return self.leg.state in PRESENT

    @property
    def is_gone(self) -> bool:
        """Whether it may be rung again."""
        return self.leg.state in LOST

    @property
    def place(self) -> str:
        """Where it is: `floor`, `aside`, `held`, or the state of a leg that is not there."""
        if not self.is_there:
            return self.leg.state
        if self.is_on_floor:
            return "floor"
        return "aside" if self.leg.is_aside else "held"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something of the timeline."""

    at: datetime
    kind: str
    leg_id: str | None
    by_staff_id: int | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Board:
    """A session with everything that may be done in it.

    `draft` is what is read to the parties, if it `may_read`; `is_of_case` says that it is not
    written here. `has_earlier` says that more has happened than the `happenings`.
    """

    session: Session
    seats: tuple[Seat, ...]
    may_open: bool
    may_record: bool
    may_read: bool
    draft: str
    is_of_case: bool
    happenings: tuple[Happening, ...]
    has_earlier: bool


def alive(connection: Connection) -> Sequence[LiveSession]:
    """The sessions that go on, newest first."""
    query = (
        select(
            MediationSession.id,
            MediationSession.state,
            MediationSession.department,
            MediationSession.created_at,
        )
        .where(MediationSession.closed_at.is_(None))
        .order_by(MediationSession.created_at.desc())
        .limit(MOST_SESSIONS)
    )
    return [LiveSession(*row) for row in connection.execute(query)]


def board(
    connection: Connection, session_id: str, text_to_read: DraftText, *, whole: bool = False
) -> Board | None:
    """One session, whether or not it still goes on; of its timeline the latest, or the `whole`."""
    session = store.load(connection, session_id, lock=False)
    if session is None:
        return None
    draft = text_to_read(connection, session_id)
    most = MOST_EVENTS if whole else LATEST_EVENTS
    happenings = _happenings(connection, session_id, most + 1)
    return Board(
        session,
        _seats(session),
        may_open(session.state, session.legs),
        may_record(session.legs),
        may_read(draft),
        draft or "",
        draft != draft_text(connection, session_id),
        tuple(happenings[:most]),
        len(happenings) > most,
    )


def _seats(session: Session) -> tuple[Seat, ...]:
    allowed = seats(session.legs, session.wishes)
    numbered = [leg for leg in latest(session.legs).values() if leg.role != "mediator"]
    mediators = [leg for leg in latest(session.legs).values() if leg.role == "mediator"]
    mediator = mediator_of(session.legs) or next(reversed(mediators), None)
    legs = [(0, mediator)] if mediator is not None else []
    legs += [(number, leg) for number, leg in enumerate(numbered, start=1)]
    return tuple(
        Seat(
            leg,
            number,
            bool(session.floor) and leg.floor == session.floor and leg.id in allowed,
            session.kind is not None and session.kind.private == leg.id,
            session.wishes.coached == leg.id,
        )
        for number, leg in legs
    )


def _happenings(connection: Connection, session_id: str, most: int) -> list[Happening]:
    query = (
        select(
            MediationEvent.at,
            MediationEvent.kind,
            MediationEvent.leg_id,
            MediationEvent.by_staff_id,
            MediationEvent.detail,
        )
        .where(
            MediationEvent.session_id == session_id,
            MediationEvent.kind.not_in(("leg", "session")),
        )
        .order_by(MediationEvent.id.desc())
        .limit(most)
    )
    return [Happening(*row[:4], json.loads(row.detail)) for row in connection.execute(query)]
