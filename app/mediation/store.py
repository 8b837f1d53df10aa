"""Rows of mediations as values: read under a lock, changed one step at a time, each with an event.

Everything that changes a session first locks its row, so that two workers who hear of two consents
in the same instant see each other's.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from app.database import insert_once
from app.mediation.floor import NO_WISHES, Kind, Wishes
from app.mediation.models import MediationEvent, MediationFloor, MediationLeg, MediationSession
from app.mediation.states import Leg, LegState, Reason, SessionState

LATECOMERS = timedelta(seconds=45)  # within which a leg may come into a conference that is over

Detail = Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Session:
    """A mediation as it stands, its legs in the order they were rung.

    `floor` is the conference that is the floor, of kind `kind`; empty, and None, when there is
    none.
    """

    id: str
    state: SessionState
    reason: Reason
    department: str
    language: str
    opened_at: datetime | None
    floor_at: datetime | None
    ends_at: datetime | None
    floor: str = ""
    kind: Kind | None = None
    wishes: Wishes = NO_WISHES
    legs: tuple[Leg, ...] = ()

    def leg(self, leg_id: str) -> Leg:
        """A leg of this session by its id. Raises LookupError for one of another."""
        found = next((leg for leg in self.legs if leg.id == leg_id), None)
        if found is None:
            raise LookupError(f"there is no leg {leg_id} in this session")
        return found

    def leg_of_call(self, call_sid: str) -> Leg | None:
        """The leg whose call this is, or None."""
        return next((leg for leg in self.legs if leg.call_sid == call_sid), None)


# Asked by every look of every waiting leg: composed once.
_SESSION = (
    select(
        MediationSession.id,
        MediationSession.state,
        MediationSession.reason,
        MediationSession.department,
        MediationSession.language,
        MediationSession.opened_at,
        MediationSession.floor_at,
        MediationSession.ends_at,
        MediationSession.floor,
        MediationFloor.private_leg,
        MediationFloor.recorded,
        MediationSession.wants_floor,
        MediationSession.private_leg,
        MediationSession.wants_recording,
        MediationSession.talks_on,
        MediationSession.poll,
        MediationSession.coached_leg,
    )
    .join(MediationFloor, MediationFloor.conference == MediationSession.floor, isouter=True)
    .where(MediationSession.id == bindparam("session"))
)
_SESSION_LOCKED = _SESSION.with_for_update(of=MediationSession)
_LEGS = (
    select(
        *(
            MediationLeg.placed_at.is_not(None)
            if name == "is_placed"
            else getattr(MediationLeg, name)
            for name in Leg.__slots__
        )
    )
    .where(MediationLeg.session_id == bindparam("session"))
    .order_by(MediationLeg.position)
)
_SESSION_OF = {
    name: select(MediationLeg.session_id).where(getattr(MediationLeg, name) == bindparam("value"))
    for name in ("id", "token", "call_sid")
}


def load(connection: Connection, session_id: str, *, lock: bool = True) -> Session | None:
    """A session with its legs, by default locked until the end of the transaction."""
    query = _SESSION_LOCKED if lock else _SESSION
    row = connection.execute(query, {"session": session_id}).one_or_none()
    if row is None:
        return None
    legs = connection.execute(_LEGS, {"session": session_id})
    return Session(
        *row[:9],
        kind=Kind(*tuple[Any, ...](row[9:11])) if row.floor else None,
        wishes=Wishes(*tuple[Any, ...](row[11:])),
        legs=tuple(Leg(*leg) for leg in legs),
    )


def session_of_leg(connection: Connection, leg_id: str) -> str | None:
    """The id of the session that a leg belongs to."""
    return _session_where(connection, "id", leg_id)


def session_of_token(connection: Connection, token: str) -> str | None:
    """The id of the session that a one-time token invites to."""
    return _session_where(connection, "token", token) if token else None


def session_of_call(connection: Connection, call_sid: str) -> str | None:
    """The id of the session that a call is a leg of."""
    return _session_where(connection, "call_sid", call_sid)


def session_of_conference(connection: Connection, conference: str) -> str | None:
    """The id of the session that a conference belongs to, by our name for it."""
    query = select(MediationFloor.session_id).where(MediationFloor.conference == conference)
    return connection.execute(query).scalar_one_or_none()


def create(
    connection: Connection, session_id: str, department: str, language: str, at: datetime
) -> Session | None:
    """A new session without legs; None when it is there already."""
    is_new = insert_once(
        connection,
        MediationSession,
        id=session_id,
        state="inviting",
        reason="",
        department=department,
        language=language,
        created_at=at,
    )
    if not is_new:
        return None
    note(connection, session_id, at, "session", change=("", "inviting"))
    return load(connection, session_id)


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
            party=leg.party,
            name=leg.name,
            language=leg.language,
            number=leg.number,
            token=leg.token,
            call_sid=leg.call_sid,
            state=leg.state,
            records=leg.records,
            **columns,
        )
    )
    told: Detail = {"role": leg.role}
    note(connection, session.id, at, "leg", leg.id, ("", leg.state), told)
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
    session = change_leg(connection, session, leg, state=state, **columns)
    note(connection, session.id, at, "leg", leg.id, (leg.state, state))
    return session


def change_leg(connection: Connection, session: Session, leg: Leg, **columns: Any) -> Session:
    """Change columns of a leg, without an event of its own."""
    connection.execute(update(MediationLeg).where(MediationLeg.id == leg.id).values(**columns))
    known = {name: value for name, value in columns.items() if name in Leg.__slots__}
    changed = replace(session.leg(leg.id), **known)
    legs = tuple(changed if one.id == leg.id else one for one in session.legs)
    return replace(session, legs=legs)


def mark_placed(connection: Connection, leg: Leg, at: datetime | None) -> None:
    """Say that the network is about to be asked for a leg's call; None takes it back."""
    marked = update(MediationLeg).where(MediationLeg.id == leg.id).values(placed_at=at)
    connection.execute(marked)


def move_session(
    connection: Connection, session: Session, state: SessionState, at: datetime, **columns: Any
) -> Session:
    """Change a session's state, and other columns of it with it."""
    _update_session(connection, session, state=state, **columns)
    reason = str(columns.get("reason", ""))
    told: Detail = {"reason": reason} if reason else {}
    note(connection, session.id, at, "session", None, (session.state, state), told)
    known = {name: value for name, value in columns.items() if name in Session.__slots__}
    return replace(session, state=state, **known)


def wish(connection: Connection, session: Session, **wishes: Any) -> Session:
    """Change what the mediator wants, by the names of `Wishes`."""
    columns = {
        "open": "wants_floor",
        "private": "private_leg",
        "recorded": "wants_recording",
        "talks_on": "talks_on",
        "poll": "poll",
        "coached": "coached_leg",
    }
    _update_session(connection, session, **{columns[name]: wishes[name] for name in wishes})
    return replace(session, wishes=replace(session.wishes, **wishes))


def set_draft(connection: Connection, session: Session, text: str) -> None:
    """Keep the text of the agreement that is read to the parties."""
    _update_session(connection, session, draft=text)


def set_end(connection: Connection, session: Session, ends_at: datetime) -> Session:
    """Say when an open session is over at the latest."""
    _update_session(connection, session, ends_at=ends_at)
    return replace(session, ends_at=ends_at)


def begin_floor(
    connection: Connection, session: Session, conference: str, kind: Kind, at: datetime
) -> Session:
    """A conference becomes the floor."""
    connection.execute(
        insert(MediationFloor).values(
            conference=conference,
            session_id=session.id,
            private_leg=kind.private,
            recorded=kind.recorded,
            opened_at=at,
        )
    )
    _update_session(connection, session, floor=conference)
    told: Detail = {"private": bool(kind.private), "recorded": kind.recorded}
    note(connection, session.id, at, "floor_opened", kind.private or None, detail=told)
    return replace(session, floor=conference, kind=kind)


def close_floor(connection: Connection, session: Session, at: datetime) -> Session:
    """The floor is none any more."""
    connection.execute(
        update(MediationFloor)
        .where(MediationFloor.conference == session.floor)
        .values(closed_at=at)
    )
    _update_session(connection, session, floor="")
    note(connection, session.id, at, "floor_closed")
    return replace(session, floor="", kind=None)


def mark_ended(connection: Connection, conference: str, at: datetime | None) -> None:
    """The provider has ended a conference; None when it turns out to be alive."""
    connection.execute(
        update(MediationFloor).where(MediationFloor.conference == conference).values(ended_at=at)
    )


def not_ended(connection: Connection, session_id: str, at: datetime) -> list[str]:
    """The conferences that are no floor any more and may still be alive, oldest first.

    One that was closed a moment ago counts even if it has been ended: a leg that was on its way may
    come into it yet, and with that it is alive again.
    """
    query = (
        select(MediationFloor.conference)
        .where(
            MediationFloor.session_id == session_id,
            MediationFloor.closed_at.is_not(None),
            or_(
                MediationFloor.ended_at.is_(None),
                MediationFloor.closed_at > at - LATECOMERS,
            ),
        )
        .order_by(MediationFloor.opened_at)
    )
    return list(connection.execute(query).scalars())


def mark_spoken(connection: Connection, session: Session, at: datetime) -> Session:
    """Say that the parties have begun to speak with each other; only the first time counts."""
    if session.floor_at is not None:
        return session
    _update_session(connection, session, floor_at=at)
    note(connection, session.id, at, "floor")
    return replace(session, floor_at=at)


def together_since(connection: Connection, session: Session, conference: str) -> datetime | None:
    """Since when the mediator and somebody else have been in a conference, by their own steps."""
    query = select(MediationLeg.role, MediationLeg.joined_at).where(
        MediationLeg.session_id == session.id,
        MediationLeg.floor == conference,
        MediationLeg.state == "on_floor",
        MediationLeg.joined_at.is_not(None),
    )
    rows = connection.execute(query).all()
    leads = [row.joined_at for row in rows if row.role == "mediator"]
    others = [row.joined_at for row in rows if row.role != "mediator"]
    return max(min(leads), min(others)) if leads and others else None


def keep_conference_sid(connection: Connection, conference: str, conference_sid: str) -> None:
    """Keep the provider's id of a conference, the first one told."""
    connection.execute(
        update(MediationFloor)
        .where(MediationFloor.conference == conference, MediationFloor.conference_sid.is_(None))
        .values(conference_sid=conference_sid)
    )


def note(
    connection: Connection,
    session_id: str,
    at: datetime,
    kind: str,
    leg_id: str | None = None,
    change: tuple[str, str] = ("", ""),
    detail: Detail | None = None,
    by_staff_id: int | None = None,
) -> None:
    """Append an event; `change` are the states before and after."""
    connection.execute(
        insert(MediationEvent).values(
            session_id=session_id,
            leg_id=leg_id,
            by_staff_id=by_staff_id,
            at=at,
            kind=kind,
            from_state=change[0],
            to_state=change[1],
            detail=json.dumps(detail or {}, separators=(",", ":")),
        )
    )


def _session_where(connection: Connection, column: str, value: str) -> str | None:
    return connection.execute(_SESSION_OF[column], {"value": value}).scalar_one_or_none()


def _update_session(connection: Connection, session: Session, **columns: Any) -> None:
    connection.execute(
        update(MediationSession).where(MediationSession.id == session.id).values(**columns)
    )
