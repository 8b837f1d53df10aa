"""Reads of incidents: for the calls about them, and for the console."""

from sqlalchemy import Connection, select

from app.calls.facts import CallFacts
from app.flows.context import IncidentFound, IncidentLookup, OwnIncidentLookup
from app.incidents.models import Incident, IncidentCall
from app.incidents.service import caller_is_there
from app.people.staff.models import Staff
from app.tickets.models import Ticket


def find(connection: Connection, _lookup: IncidentLookup, call: CallFacts) -> IncidentFound | None:
    """What the person on this call is asked about; the call itself tells which incident."""
    row = connection.execute(
        select(
            Ticket.number,
            Incident.place,
            Incident.place_words,
            Incident.people,
            Incident.is_drill,
            Incident.taken_at,
            Incident.closed_at,
            Incident.call_sid,
            Incident.floor,
            Staff.name,
        )
        .select_from(IncidentCall)
        .join(Incident, Incident.id == IncidentCall.incident_id)
        .join(Ticket, Ticket.id == Incident.ticket_id)
        .outerjoin(Staff, Staff.id == Incident.taken_by)
        .where(IncidentCall.call_sid == call.sid)
    ).one_or_none()
    if row is None:
        return None
    return IncidentFound(
        number=row.number,
        place=row.place,
        place_words=row.place_words,
        people=row.people,
        is_drill=row.is_drill,
        is_free=row.taken_at is None and row.closed_at is None,
        taken_by=row.name or "",
        floor=row.floor if caller_is_there(connection, row.call_sid) else "",
    )


def is_in_charge(
    connection: Connection, _lookup: OwnIncidentLookup, call: CallFacts
) -> bool | None:
    """True when somebody has taken the incident that this call reported, else None."""
    query = select(Incident.id).where(Incident.call_sid == call.sid, Incident.taken_at.is_not(None))
    return True if connection.execute(query).first() else None
