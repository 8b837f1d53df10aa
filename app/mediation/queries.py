"""Reads of mediations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from app.calls.facts import CallFacts
from app.flows.context import MediationFound, MediationLookup
from app.mediation import store
from app.mediation.models import MediationLeg, MediationSession
from app.mediation.states import LegState, Reason, Role, SessionState, missing
from app.tickets.queries import find_by_source


def ticket_source(session_id: str) -> str:
    """The source of the one ticket that a session may have, whoever opens it."""
    return f"mediation:{session_id}"


def find(connection: Connection, lookup: MediationLookup, call: CallFacts) -> MediationFound | None:
    """How a mediation stands, for one of its own legs; None for any other call."""
    session = store.load(connection, lookup.session, lock=False)
    if session is None or session.leg_of_call(call.sid) is None:
        return None
    return MediationFound(
        state=session.state,
        conference=session.conference,
        reason=session.reason,
        ticket=find_by_source(connection, ticket_source(session.id)) or "",
        missing=missing(session.legs),
        open_since=session.opened_at,
    )


@dataclass(frozen=True, slots=True)
class SessionLeg:
    """A party of a session, for staff."""

    role: Role
    number: str
    state: LegState
    call_sid: str | None
    consented_at: datetime | None
    joined_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session with its parties in the order they were rung, for staff."""

    id: str
    state: SessionState
    reason: Reason
    department: str
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    legs: tuple[SessionLeg, ...]


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
