"""Incidents as the console shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select
from sqlalchemy.orm import aliased

from app.calls.models import Call, Recording
from app.incidents.models import Incident, IncidentCall
from app.people.staff.models import Staff
from app.tickets.links.models import TicketCall
from app.tickets.models import Ticket, TicketEvent

_First, _FirstTicket = aliased(Incident), aliased(Ticket)


@dataclass(frozen=True, slots=True)
class ShownIncident:
    """One incident. `taken_by` is a name, empty for a telephone of nobody.

    `taken_rung` says what they are. `place_words` are what the caller said, `ticket_place` what
    stands in the ticket; `first` is the number of the report it is linked to.
    """

    id: int
    number: str
    department: str
    region: str
    confidential: bool
    call_sid: str
    place: str
    place_words: str
    ticket_place: str
    people: int | None
    is_drill: bool
    reported_at: datetime
    round: int
    taken_at: datetime | None
    taken_by: str
    taken_rung: str
    first: str
    closed_at: datetime | None
    outcome: str

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.closed_at is None

    @property
    def looks_for_somebody(self) -> bool:
        """Whether nobody is in charge."""
        return self.closed_at is None and self.taken_at is None


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the timeline: a code of the ticket's history, with its detail as JSON."""

    at: datetime
    actor: str
    event: str
    detail: str
    words: str


def open_ones(connection: Connection, reach: ColumnElement[bool]) -> list[ShownIncident]:
    """All open incidents within reach, the newest first; those without anybody in charge lead."""
    query = _query().where(Incident.closed_at.is_(None), reach)
    order = (Incident.taken_at.is_not(None), Incident.reported_at.desc(), Incident.id.desc())
    return [_shown(row) for row in connection.execute(query.order_by(*order))]


def unattended(connection: Connection, reach: ColumnElement[bool]) -> list[ShownIncident]:
    """Open incidents that nobody is in charge of; another report of one stands for itself."""
    return [one for one in open_ones(connection, reach) if one.looks_for_somebody]


def ended(
    connection: Connection, reach: ColumnElement[bool], *, before: int | None, limit: int
) -> list[ShownIncident]:
    """Incidents that have ended, the newest first; `before` is the id of the last one shown."""
    query = _query().where(Incident.closed_at.is_not(None), reach)
    if before is not None:
        query = query.where(Incident.id < before)
    return [
        _shown(row) for row in connection.execute(query.order_by(Incident.id.desc()).limit(limit))
    ]


def find(connection: Connection, number: str, reach: ColumnElement[bool]) -> ShownIncident | None:
    """One incident by the number of its ticket."""
    row = connection.execute(_query().where(Ticket.number == number, reach)).one_or_none()
    return None if row is None else _shown(row)


def timeline(connection: Connection, incident_id: int) -> list[Happening]:
    """What happened, in its order: the history of its ticket."""
    query = (
        select(
            TicketEvent.at,
            TicketEvent.actor,
            TicketEvent.event,
            TicketEvent.detail,
            TicketEvent.words,
        )
        .join(Incident, Incident.ticket_id == TicketEvent.ticket_id)
        .where(Incident.id == incident_id, TicketEvent.event.startswith("incident_"))
        .order_by(TicketEvent.id)
    )
    return [Happening(*row) for row in connection.execute(query)]


def rung(connection: Connection, incident_id: int) -> Sequence[Any]:
    """Who was rung, in order, and how that was left: rung, name, state, instant."""
    query = (
        select(IncidentCall.rung, Staff.name, IncidentCall.state, IncidentCall.placed_at)
        .outerjoin(Staff, Staff.id == IncidentCall.staff_id)
        .where(IncidentCall.incident_id == incident_id)
        .order_by(IncidentCall.round, IncidentCall.step, IncidentCall.position)
    )
    return connection.execute(query).all()


def recorded_calls(connection: Connection, incident_id: int) -> list[str]:
    """The calls about it in which something was recorded: the caller's, and that of who took it."""
    about = (
        select(TicketCall.call_sid)
        .join(Incident, Incident.ticket_id == TicketCall.ticket_id)
        .where(Incident.id == incident_id)
    )
    own = select(Incident.call_sid).where(Incident.id == incident_id)
    query = (
        select(Call.sid)
        .join(Recording, Recording.call_sid == Call.sid)
        .where(Call.sid.in_(about.union_all(own)))
        .group_by(Call.sid)
        .order_by(func.min(Recording.id))
    )
    return list(connection.execute(query).scalars())


_COLUMNS: tuple[Any, ...] = (
    Incident.id,
    Ticket.number,
    Ticket.department,
    Ticket.region,
    Ticket.confidential,
    Incident.call_sid,
    Incident.place,
    Incident.place_words,
    Ticket.place,
    Incident.people,
    Incident.is_drill,
    Incident.reported_at,
    Incident.round,
    Incident.taken_at,
    func.coalesce(Staff.name, ""),
    Incident.taken_rung,
    func.coalesce(_FirstTicket.number, ""),
    Incident.closed_at,
    Incident.outcome,
)


def _query() -> Select[Any]:
    return (
        select(*_COLUMNS)
        .select_from(Incident)
        .join(Ticket, Ticket.id == Incident.ticket_id)
        .outerjoin(Staff, Staff.id == Incident.taken_by)
        .outerjoin(_First, _First.id == Incident.linked_to_id)
        .outerjoin(_FirstTicket, _FirstTicket.id == _First.ticket_id)
    )


def _shown(row: Any) -> ShownIncident:
    return ShownIncident(*row)
