"""Reads and writes of sittings and their seats, for the verbs beside this file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from app.mediation.cases.errors import DisputeError
from app.mediation.cases.models import DisputeParty, DisputeSeat, DisputeSitting
from app.mediation.cases.states import Mode, PartyRole, SittingState


@dataclass(frozen=True, slots=True)
class Sitting:
    """A sitting as it stands; nothing personal."""

    id: int
    case_id: int
    position: int
    mode: Mode
    state: SittingState
    planned_at: datetime
    moves: int
    session_id: str | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a sitting."""

    id: int
    sitting_id: int
    position: int
    role: PartyRole
    party_id: int | None
    staff_id: int | None
    number: str
    language: str
    call_sid: str
    leg_id: str | None


def find_sitting(connection: Connection, sitting_id: int, *, lock: bool = False) -> Sitting:
    """A sitting, by default not locked. Raises DisputeError when there is none."""
    columns = [getattr(DisputeSitting, name) for name in Sitting.__slots__]
    query = select(*columns).where(DisputeSitting.id == sitting_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise DisputeError("没有这次调解。", "There is no such session.")
    return Sitting(*row)


def change_sitting(connection: Connection, sitting: Sitting, **values: Any) -> None:
    """Write columns of a sitting."""
    connection.execute(
        update(DisputeSitting).where(DisputeSitting.id == sitting.id).values(**values)
    )


def seats_of(connection: Connection, sitting_id: int) -> Sequence[Seat]:
    """The seats of a sitting, the mediator's first."""
    return _seats(connection, DisputeSeat.sitting_id == sitting_id)


def find_seat(connection: Connection, seat_id: int) -> Seat | None:
    """One seat."""
    return next(iter(_seats(connection, DisputeSeat.id == seat_id)), None)


def change_seat(connection: Connection, seat_id: int, **values: Any) -> None:
    """Write columns of a seat."""
    connection.execute(update(DisputeSeat).where(DisputeSeat.id == seat_id).values(**values))


def name_of(connection: Connection, seat: Seat) -> str:
    """Who sits there, for telephone sessions: a department by its key, a mediator by no name."""
    query = select(DisputeParty.department, DisputeParty.name).where(
        DisputeParty.id == seat.party_id
    )
    row = connection.execute(query).one_or_none()
    return "" if row is None else row.department or row.name


def free_seats_of_call(connection: Connection, call_sid: str) -> None:
    """A call is over: whoever waited in it is no longer here."""
    connection.execute(
        update(DisputeSeat).where(DisputeSeat.call_sid == call_sid).values(call_sid="")
    )


def sitting_of_session(connection: Connection, session_id: str) -> Sitting | None:
    """The sitting that became a telephone session, or None."""
    columns = [getattr(DisputeSitting, name) for name in Sitting.__slots__]
    query = select(*columns).where(DisputeSitting.session_id == session_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else Sitting(*row)


def _seats(connection: Connection, condition: Any) -> Sequence[Seat]:
    columns = [getattr(DisputeSeat, name) for name in Seat.__slots__]
    query = select(*columns).where(condition).order_by(DisputeSeat.position)
    return [Seat(*row) for row in connection.execute(query)]
