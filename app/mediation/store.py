"""Rows of mediations as values: read under a lock, changed one step at a time, each with an event.

Everything that changes a session first locks its row, so that two workers who hear of two consents
in the same instant see each other's.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from app.database import insert_once
from app.flows.effects import ConveneMediation
from app.mediation.models import MediationEvent, MediationLeg, MediationSession
from app.mediation.states import Leg, LegState, Reason, SessionState


@dataclass(frozen=True, slots=True)
class Session:
    """A mediation as it stands, its legs in the order they were rung."""

    id: str
    state: SessionState
    reason: Reason
    department: str
    language: str
    conference: str
    opened_at: datetime | None
    floor_at: datetime | None
    legs: tuple[Leg, ...] = ()

    def leg(self, leg_id: str) -> Leg:
        """A leg of this session by its id."""
        return next(leg for leg in self.legs if leg.id == leg_id)

    def leg_of_call(self, call_sid: str) -> Leg | None:
        """The leg whose call this is, or None."""
        return next((leg for leg in self.legs if leg.call_sid == call_sid), None)


def load(connection: Connection, session_id: str, *, lock: bool = True) -> Session | None:
    """A session with its legs, by default locked until the end of the transaction."""
    query = select(
        MediationSession.id,
        MediationSession.state,
        MediationSession.reason,
        MediationSession.department,
        MediationSession.language,
        MediationSession.conference,
        MediationSession.opened_at,
        MediationSession.floor_at,
    ).where(MediationSession.id == session_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Session(*row, legs=_legs(connection, session_id))


def session_of_leg(connection: Connection, leg_id: str) -> str | None:
    """The id of the session that a leg belongs to."""
    return _session_where(connection, MediationLeg.id == leg_id)


def session_of_token(connection: Connection, token: str) -> str | None:
    """The id of the session that a one-time token invites to."""
    return _session_where(connection, MediationLeg.token == token) if token else None


def session_of_call(connection: Connection, call_sid: str) -> str | None:
    """The id of the session that a call is a leg of."""
    return _session_where(connection, MediationLeg.call_sid == call_sid)


def session_of_conference(connection: Connection, conference: str) -> str | None:
    """The id of the session that a conference belongs to, by our name for it."""
    query = select(MediationSession.id).where(MediationSession.conference == conference)
    return connection.execute(query).scalar_one_or_none()


def create(connection: Connection, effect: ConveneMediation, at: datetime) -> Session | None:
    """A new session without legs; None when it is there already."""
    is_new = insert_once(
        connection,
        MediationSession,
        id=effect.session,
        state="inviting",
        reason="",
        department=effect.department,
        language=effect.language,
        conference=effect.conference,
        created_at=at,
    )
    if not is_new:
        return None
    note(connection, effect.session, at, "session", to_state="inviting")
    return load(connection, effect.session)


def add_leg(
    connection: Connection, session: Session, leg: Leg, at: datetime, **columns: Any
) -> Session:
    """Add a leg behind the others."""
    connection.execute(
        insert(MediationLeg).values(
            id=leg.id,
            session_id=session.id,
            position=len(session.legs),
            role=leg.role,
            number=leg.number,
            token=leg.token,
            call_sid=leg.call_sid,
            state=leg.state,
            **columns,
        )
    )
    note(connection, session.id, at, "leg", leg_id=leg.id, to_state=leg.state, detail=leg.role)
    return replace(session, legs=(*session.legs, leg))


def move_leg(
    connection: Connection,
    session: Session,
    leg: Leg,
    state: LegState,
    at: datetime,
    **columns: Any,
) -> Session:
    """Change a leg's state, and other columns of it with it."""
    _update_leg(connection, leg, state=state, **columns)
    note(connection, session.id, at, "leg", leg.id, leg.state, state)
    return _with_leg(session, replace(leg, state=state))


def bind_call(connection: Connection, session: Session, leg: Leg, call_sid: str) -> Session:
    """Bind a leg to its call, for good."""
    _update_leg(connection, leg, call_sid=call_sid)
    return _with_leg(session, replace(leg, call_sid=call_sid))


def mark_placed(connection: Connection, leg: Leg, at: datetime | None) -> None:
    """Say that the network is about to be asked for a leg's call; None takes it back."""
    _update_leg(connection, leg, placed_at=at)


def move_session(
    connection: Connection, session: Session, state: SessionState, at: datetime, **columns: Any
) -> Session:
    """Change a session's state, and other columns of it with it."""
    _update_session(connection, session, state=state, **columns)
    detail = str(columns.get("reason", ""))
    note(connection, session.id, at, "session", None, session.state, state, detail)
    return replace(session, state=state)


def begin_floor(connection: Connection, session: Session, at: datetime) -> Session:
    """Say that the parties have begun to speak with each other; only the first time counts."""
    if session.floor_at is not None:
        return session
    _update_session(connection, session, floor_at=at)
    note(connection, session.id, at, "floor")
    return replace(session, floor_at=at)


def keep_conference_sid(connection: Connection, session: Session, conference_sid: str) -> None:
    """Keep the provider's id of the conference, the first one told."""
    connection.execute(
        update(MediationSession)
        .where(MediationSession.id == session.id, MediationSession.conference_sid.is_(None))
        .values(conference_sid=conference_sid)
    )


def note(
    connection: Connection,
    session_id: str,
    at: datetime,
    event: str,
    leg_id: str | None = None,
    from_state: str = "",
    to_state: str = "",
    detail: str = "",
) -> None:
    """Append an event."""
    connection.execute(
        insert(MediationEvent).values(
            session_id=session_id,
            leg_id=leg_id,
            at=at,
            event=event,
            from_state=from_state,
            to_state=to_state,
            detail=detail,
        )
    )


def _legs(connection: Connection, session_id: str) -> tuple[Leg, ...]:
    rows = connection.execute(
        select(
            MediationLeg.id,
            MediationLeg.role,
            MediationLeg.state,
            MediationLeg.number,
            MediationLeg.token,
            MediationLeg.call_sid,
            MediationLeg.placed_at.is_not(None),
        )
        .where(MediationLeg.session_id == session_id)
        .order_by(MediationLeg.position)
    )
    return tuple(Leg(*row) for row in rows)


def _session_where(connection: Connection, condition: ColumnElement[bool]) -> str | None:
    return connection.execute(select(MediationLeg.session_id).where(condition)).scalar_one_or_none()


def _update_leg(connection: Connection, leg: Leg, **columns: Any) -> None:
    connection.execute(update(MediationLeg).where(MediationLeg.id == leg.id).values(**columns))


def _update_session(connection: Connection, session: Session, **columns: Any) -> None:
    connection.execute(
        update(MediationSession).where(MediationSession.id == session.id).values(**columns)
    )


def _with_leg(session: Session, changed: Leg) -> Session:
    legs = tuple(changed if leg.id == changed.id else leg for leg in session.legs)
    return replace(session, legs=legs)
