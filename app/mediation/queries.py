"""Reads of mediations."""

from sqlalchemy import Connection

from app.calls.facts import CallFacts
from app.flows.context import MediationFound, MediationLookup
from app.mediation import store
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
    )
