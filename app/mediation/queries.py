"""Reads of mediations."""

from collections.abc import Iterator

from sqlalchemy import Connection, RowMapping, select

from app.calls.facts import CallFacts
from app.flows.context import MediationFound, MediationLookup
from app.mediation import store
from app.mediation.models import MediationLeg, MediationSession
from app.mediation.states import missing
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
