"""Rows of incidents as values, read under a lock and changed one step at a time."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from app.incidents.models import Incident, IncidentCall
from app.incidents.states import Leg, Standing
from app.tickets.models import Ticket
from app.tickets.states import SETTLED

_STANDING: tuple[Any, ...] = (
    Incident.id,
    Incident.ticket_id,
    Incident.call_sid,
    Incident.floor,
    Incident.is_drill,
    Incident.place,
    Incident.people,
    Incident.round,
    Incident.step,
    Incident.taken_at.is_not(None),
    Incident.taken_by,
    Incident.linked_to_id,
    Incident.closed_at.is_not(None),
)
_LEG: tuple[Any, ...] = (
    IncidentCall.id,
    IncidentCall.incident_id,
    IncidentCall.rung,
    IncidentCall.staff_id,
    IncidentCall.number,
    IncidentCall.language,
    IncidentCall.token,
    IncidentCall.call_sid,
    IncidentCall.state,
    IncidentCall.placed_at.is_not(None),
)


def lock(connection: Connection, incident_id: int) -> Standing:
    """An incident, locked until the end of the transaction. Raises LookupError."""
    found = _locked(connection, Incident.id == incident_id)
    if found is None:
        raise LookupError(f"there is no incident {incident_id}")
    return found


def lock_by_ticket(connection: Connection, ticket_id: int) -> Standing | None:
    """The incident of a ticket, locked."""
    return _locked(connection, Incident.ticket_id == ticket_id)


def ended_with_tickets(connection: Connection) -> list[tuple[int, int | None, str]]:
    """Open incidents that somebody is in charge of and whose tickets are settled.

    Each with who owns the ticket, and its outcome.
    """
    query = (
        select(Incident.id, Ticket.owner_id, Ticket.outcome)
        .join(Ticket, Ticket.id == Incident.ticket_id)
        .where(
            Incident.closed_at.is_(None),
            Incident.taken_at.is_not(None),
            Ticket.state.in_(SETTLED),
        )
    )
    return [(row.id, row.owner_id, row.outcome) for row in connection.execute(query)]


def change(connection: Connection, incident_id: int, **columns: Any) -> Standing:
    """Change columns of a locked incident; returns how it stands then."""
    connection.execute(update(Incident).where(Incident.id == incident_id).values(**columns))
    return lock(connection, incident_id)


def id_of_call(connection: Connection, call_sid: str) -> int | None:
    """The incident that a call has reported."""
    query = select(Incident.id).where(Incident.call_sid == call_sid)
    return connection.execute(query).scalar_one_or_none() if call_sid else None


def same_place(
    connection: Connection, incident_id: int, within: timedelta, place: str = ""
) -> list[int]:
    """Other open reports of its place and time; none while the place is not known.

    `place` is the one it is about to be given.
    """
    query = select(Incident.place, Incident.is_drill, Incident.reported_at)
    own = connection.execute(query.where(Incident.id == incident_id)).one()
    if not (place or own.place):
        return []
    alike = select(Incident.id).where(
        Incident.closed_at.is_(None),
        Incident.linked_to_id.is_(None),
        Incident.place == (place or own.place),
        Incident.is_drill.is_(own.is_drill),
        Incident.reported_at >= own.reported_at - within,
        Incident.reported_at <= own.reported_at + within,
        Incident.id != incident_id,
    )
    return list(connection.execute(alike).scalars())


def lock_all_reports(connection: Connection, incident_id: int) -> list[Standing]:
    """An incident and every open report linked with it, the first report first, all locked.

    They are locked in one order by everybody, so that none waits for the other for ever.
    """
    query = select(Incident.linked_to_id).where(Incident.id == incident_id)
    first = connection.execute(query).scalar_one() or incident_id
    return lock_in_order(connection, {first, incident_id, *linked_to(connection, first)})


def lock_in_order(connection: Connection, ids: set[int]) -> list[Standing]:
    """Several incidents, locked as everybody locks them: the earlier first."""
    return [lock(connection, each) for each in sorted(ids)]


def linked_to(connection: Connection, incident_id: int) -> list[int]:
    """The other reports of an incident that are still open."""
    query = select(Incident.id).where(
        Incident.linked_to_id == incident_id, Incident.closed_at.is_(None)
    )
    return list(connection.execute(query.order_by(Incident.id)).scalars())


def add_leg(connection: Connection, leg: Leg, round_: int, step: int, position: int) -> None:
    """Add a telephone that is to be rung."""
    connection.execute(
        insert(IncidentCall).values(
            id=leg.id,
            incident_id=leg.incident_id,
            round=round_,
            step=step,
            position=position,
            rung=leg.rung,
            staff_id=leg.staff_id,
            number=leg.number,
            language=leg.language,
            token=leg.token,
            state=leg.state,
        )
    )


def legs_of(connection: Connection, incident_id: int) -> list[Leg]:
    """All telephones that were rung about an incident, in order."""
    query = (
        select(*_LEG)
        .where(IncidentCall.incident_id == incident_id)
        .order_by(IncidentCall.round, IncidentCall.step, IncidentCall.position)
    )
    return [Leg(*row) for row in connection.execute(query)]


def leg(connection: Connection, leg_id: str) -> Leg:
    """A telephone by its id. Raises LookupError."""
    found = _leg_where(connection, IncidentCall.id == leg_id)
    if found is None:
        raise LookupError(f"there is no call {leg_id} about an incident")
    return found


def leg_of_call(connection: Connection, call_sid: str) -> Leg | None:
    """The telephone that a call rings."""
    return _leg_where(connection, IncidentCall.call_sid == call_sid) if call_sid else None


def leg_of_token(connection: Connection, token: str) -> Leg | None:
    """The telephone that a one-time token belongs to."""
    return _leg_where(connection, IncidentCall.token == token) if token else None


def change_leg(connection: Connection, leg_id: str, **columns: Any) -> Leg:
    """Change columns of a leg whose incident is locked; returns how it stands then."""
    connection.execute(update(IncidentCall).where(IncidentCall.id == leg_id).values(**columns))
    return leg(connection, leg_id)


def mark_placed(connection: Connection, leg_id: str, at: datetime | None) -> None:
    """Say that the network is about to be asked for a leg's call; None takes it back."""
    change_leg(connection, leg_id, placed_at=at)


def _locked(connection: Connection, where: ColumnElement[bool]) -> Standing | None:
    row = connection.execute(select(*_STANDING).where(where).with_for_update()).one_or_none()
    return None if row is None else Standing(*row)


def _leg_where(connection: Connection, where: ColumnElement[bool]) -> Leg | None:
    row = connection.execute(select(*_LEG).where(where)).one_or_none()
    return None if row is None else Leg(*row)
