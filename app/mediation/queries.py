"""Reads of mediations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from app.calls.facts import CallFacts
from app.flows.context import MediationFound, MediationLookup, MediationParty
from app.mediation import store
from app.mediation.floor import may_open, may_read, may_record, seats
from app.mediation.models import MediationLeg, MediationSession
from app.mediation.states import (
    ENDED,
    LOST,
    SIGNING,
    Leg,
    LegState,
    Reason,
    Role,
    SessionState,
    parties_of,
)
from app.tickets.queries import find_by_source


def ticket_source(session_id: str) -> str:
    """The source of the one ticket that a session may have, whoever opens it."""
    return f"mediation:{session_id}"


DraftText = Callable[[Connection, str], str | None]  # of a session's agreement, None without one


def draft_text(connection: Connection, session_id: str) -> str | None:
    """The draft as it was written during the session; None without one."""
    query = select(MediationSession.draft).where(MediationSession.id == session_id)
    return connection.execute(query).scalar_one_or_none() or None


class Finding:
    """How mediations stand, for the calls that are their legs."""

    def __init__(self, draft_text: DraftText) -> None:
        self._draft_text = draft_text

    def find(
        self, connection: Connection, lookup: MediationLookup, call: CallFacts
    ) -> MediationFound | None:
        """How a mediation stands, for one of its own legs; None for any other call."""
        session = store.load(connection, lookup.session, lock=False)
        leg = session.leg_of_call(call.sid) if session else None
        if session is None or leg is None:
            return None
        if session.state in ENDED:
            ticket = find_by_source(connection, ticket_source(session.id)) or ""
            return MediationFound(session.state, "", session.reason, ticket)
        if leg.state in LOST:
            return MediationFound("closed", "")
        found = _of_leg(session, leg)
        if leg.role == "mediator":
            draft = self._draft_text(connection, session.id)
            return replace(_for_mediator(found, session), may_read=may_read(draft))
        if session.wishes.poll and not leg.answer:
            draft = self._draft_text(connection, session.id)
            poll = session.wishes.poll if leg.role in SIGNING else "read"
            return replace(found, poll=poll, draft=draft or "")
        return found


def _of_leg(session: store.Session, leg: Leg) -> MediationFound:
    belongs = bool(session.floor) and leg.id in seats(session.legs, session.wishes)
    return MediationFound(
        state=session.state,
        conference=session.floor if belongs else "",
        recorded=belongs and session.kind is not None and session.kind.recorded,
        muted=leg.is_muted,
        private_leg=session.kind.private if session.kind else "",
    )


def _for_mediator(found: MediationFound, session: store.Session) -> MediationFound:
    coached = session.wishes.coached
    there = [leg for leg in session.legs if leg.id == coached and leg.floor == session.floor]
    return replace(
        found,
        coach=str(there[0].call_sid) if there and session.floor else "",
        parties=tuple(_party(leg) for leg in parties_of(session.legs)),
        may_open=may_open(session.state, session.legs),
        is_open=bool(session.floor),
        may_record=may_record(session.legs),
        wants_recording=session.wishes.recorded,
        talks_on=session.wishes.talks_on,
        is_asking=bool(session.wishes.poll),
    )


def _party(leg: Leg) -> MediationParty:
    return MediationParty(
        leg=leg.id,
        role=leg.role,
        name=leg.name,
        state=leg.state,
        muted=leg.is_muted,
        aside=leg.is_aside,
        records=leg.records,
        answer=leg.answer,
    )


@dataclass(frozen=True, slots=True)
class SessionLeg:
    """One call of a party of a session, for staff."""

    party: str
    role: Role
    number: str
    state: LegState
    call_sid: str | None
    consented_at: datetime | None
    joined_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session with the calls of its parties in the order they were rung, for staff."""

    id: str
    state: SessionState
    reason: Reason
    department: str
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    legs: tuple[SessionLeg, ...]

    @property
    def parties(self) -> list[list[SessionLeg]]:
        """The calls of each party: several of one that was rung again."""
        calls: dict[str, list[SessionLeg]] = {}
        for leg in self.legs:
            calls.setdefault(leg.party, []).append(leg)
        return list(calls.values())


def session_of_call(connection: Connection, call_sid: str) -> SessionView | None:
    """The session a call was a party of, the latest when there were several; or None."""
    columns = [getattr(MediationSession, name) for name in SessionView.__slots__ if name != "legs"]
    query = (
        select(*columns)
        .where(
            MediationSession.id.in_(
                select(MediationLeg.session_id).where(MediationLeg.call_sid == call_sid)
            )
        )
        .order_by(MediationSession.created_at.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    parties = [getattr(MediationLeg, name) for name in SessionLeg.__slots__]
    legs = select(*parties).where(MediationLeg.session_id == row.id).order_by(MediationLeg.position)
    found = tuple(SessionLeg(*leg) for leg in connection.execute(legs))
    return SessionView(**row._mapping, legs=found)


def export_mediations(connection: Connection, limit: int | None = None) -> Iterator[RowMapping]:
    """Mediations, newest first, one row for each leg."""
    query = (
        select(
            MediationSession.id.label("session"),
            MediationSession.state,
            MediationSession.reason,
            MediationSession.department,
            MediationSession.created_at,
            MediationSession.opened_at,
            MediationSession.closed_at,
            MediationLeg.role,
            MediationLeg.number,
            MediationLeg.state.label("leg_state"),
            MediationLeg.call_sid,
        )
        .join(MediationLeg, MediationLeg.session_id == MediationSession.id)
        .order_by(MediationSession.created_at.desc(), MediationSession.id, MediationLeg.position)
        .limit(limit)
    )
    yield from connection.execute(query).mappings()
