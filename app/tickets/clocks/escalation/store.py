"""Rows of escalations as values, read under a lock and changed one step at a time."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from app.database import insert_once
from app.tickets.clocks.escalation.models import (
    CallState,
    Escalation,
    EscalationCall,
    EscalationState,
)
from app.tickets.clocks.escalation.states import Leg
from app.tickets.clocks.models import ClockName


@dataclass(frozen=True, slots=True)
class Case:
    """An escalation as it stands, its legs in the order in which they are asked."""

    id: str
    ticket_id: int
    clock: ClockName
    state: EscalationState
    legs: tuple[Leg, ...] = ()

    def leg(self, leg_id: str) -> Leg:
        """A leg of this escalation by its id."""
        return next(leg for leg in self.legs if leg.id == leg_id)


def create(
    connection: Connection,
    case_id: str,
    source: str,
    ticket_id: int,
    clock: ClockName,
    at: datetime,
) -> bool:
    """A new escalation without legs; False when its source has had one."""
    return insert_once(
        connection,
        Escalation,
        id=case_id,
        source=source,
        ticket_id=ticket_id,
        clock=clock,
        state="open",
        created_at=at,
    )


def add_leg(connection: Connection, leg: Leg) -> None:
    """Add a leg behind the others."""
    connection.execute(
        insert(EscalationCall).values(
            id=leg.id,
            escalation_id=leg.escalation_id,
            position=leg.position,
            rung=leg.rung,
            staff_id=leg.staff_id,
            number=leg.number,
            language=leg.language,
            token=leg.token,
            state=leg.state,
        )
    )


def load(connection: Connection, case_id: str, *, lock: bool = True) -> Case | None:
    """An escalation with its legs, by default locked until the end of the transaction."""
    query = select(Escalation.id, Escalation.ticket_id, Escalation.clock, Escalation.state).where(
        Escalation.id == case_id
    )
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else Case(*row, legs=_legs(connection, case_id))


def case_of_leg(connection: Connection, leg_id: str) -> str | None:
    """The escalation that a leg belongs to."""
    return _case_where(connection, EscalationCall.id == leg_id)


def case_of_token(connection: Connection, token: str) -> str | None:
    """The escalation that a one-time token belongs to."""
    return _case_where(connection, EscalationCall.token == token) if token else None


def case_of_call(connection: Connection, call_sid: str) -> str | None:
    """The escalation that a call belongs to."""
    return _case_where(connection, EscalationCall.call_sid == call_sid)


def open_cases(connection: Connection, ticket_id: int) -> list[str]:
    """The escalations of a ticket that still look for somebody."""
    query = select(Escalation.id).where(
        Escalation.ticket_id == ticket_id, Escalation.state == "open"
    )
    return list(connection.execute(query.order_by(Escalation.created_at)).scalars())


def move_leg(
    connection: Connection, case: Case, leg: Leg, state: CallState, **columns: Any
) -> Case:
    """Change a leg's state, and other columns of it with it."""
    _update_leg(connection, leg, state=state, **columns)
    return _with(case, replace(leg, state=state))


def bind_call(connection: Connection, case: Case, leg: Leg, call_sid: str) -> Case:
    """Bind a leg to its call, for good."""
    _update_leg(connection, leg, call_sid=call_sid)
    return _with(case, replace(leg, call_sid=call_sid))


def mark_placed(connection: Connection, leg: Leg, at: datetime | None) -> None:
    """Say that the network is about to be asked for a leg's call; None takes it back."""
    _update_leg(connection, leg, placed_at=at)


def move_case(connection: Connection, case: Case, state: EscalationState, **columns: Any) -> Case:
    """Change an escalation's state, and other columns of it with it."""
    connection.execute(
        update(Escalation).where(Escalation.id == case.id).values(state=state, **columns)
    )
    return replace(case, state=state)


def _legs(connection: Connection, case_id: str) -> tuple[Leg, ...]:
    rows = connection.execute(
        select(
            EscalationCall.id,
            EscalationCall.escalation_id,
            EscalationCall.position,
            EscalationCall.rung,
            EscalationCall.staff_id,
            EscalationCall.number,
            EscalationCall.language,
            EscalationCall.token,
            EscalationCall.call_sid,
            EscalationCall.state,
            EscalationCall.placed_at.is_not(None),
        )
        .where(EscalationCall.escalation_id == case_id)
        .order_by(EscalationCall.position)
    )
    return tuple(Leg(*row) for row in rows)


def _case_where(connection: Connection, condition: ColumnElement[bool]) -> str | None:
    query = select(EscalationCall.escalation_id).where(condition)
    return connection.execute(query).scalar_one_or_none()


def _update_leg(connection: Connection, leg: Leg, **columns: Any) -> None:
    connection.execute(update(EscalationCall).where(EscalationCall.id == leg.id).values(**columns))


def _with(case: Case, changed: Leg) -> Case:
    legs = tuple(changed if leg.id == changed.id else leg for leg in case.legs)
    return replace(case, legs=legs)
