"""Being in charge: what it means that somebody has taken an incident, with all reports of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.flows.directory import Directory
from app.incidents import store
from app.incidents.history import note
from app.incidents.models import Rung
from app.incidents.ringing import Ringing
from app.incidents.states import Standing
from app.incidents.telling import TAKEN, taken
from app.people.roster.contacts import Contact, distinct, staff_contact
from app.tickets.changes import lock_by_id, staff_actor
from app.tickets.clocks.escalation.taking import take_over
from app.tickets.clocks.telling import supervisors, tell
from app.tickets.states import SETTLED

WHY = "took charge of the emergency"
WAYS = ("console", "sms")


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes it: a member of staff, or a telephone of the directory (`staff_id` None)."""

    rung: Rung
    staff_id: int | None

    @property
    def actor(self) -> str:
        """How the history names them."""
        return f"phone:{self.rung}" if self.staff_id is None else staff_actor(self.staff_id)


class Charge:
    """Gives incidents to whoever takes them first."""

    def __init__(self, directory: Callable[[], Directory], ringing: Ringing) -> None:
        self._directory = directory
        self._ringing = ringing

    def take(self, connection: Connection, incident_id: int, taker: Taker, at: datetime) -> bool:
        """Put somebody in charge; False when somebody is already, or it is over."""
        reports = store.lock_all_reports(connection, incident_id)
        own = next(one for one in reports if one.id == incident_id)
        if own.is_taken or own.is_closed:
            return False
        for report in reports:
            if not report.is_taken and not report.is_closed:
                self._take(connection, report, taker, at)
        return True

    def _take(self, connection: Connection, incident: Standing, taker: Taker, at: datetime) -> None:
        incident = store.change(
            connection,
            incident.id,
            taken_at=at,
            taken_by=taker.staff_id,
            taken_rung=taker.rung,
        )
        note(connection, incident.ticket_id, at, "taken", {"rung": taker.rung}, actor=taker.actor)
        ticket = lock_by_id(connection, incident.ticket_id)
        if ticket.state not in SETTLED:
            take_over(connection, ticket, taker.staff_id, taker.rung, at, WHY)
        self._ringing.release(connection, incident, at)
        self._tell_the_others(connection, incident, taker, at)

    def _tell_the_others(
        self, connection: Connection, incident: Standing, taker: Taker, at: datetime
    ) -> None:
        """Everybody who was alarmed learns who has it."""
        ticket = lock_by_id(connection, incident.ticket_id)
        person = staff_contact(connection, taker.staff_id)
        words = taken(self._directory(), incident, ticket.number, person.name if person else "")
        rung = [
            Contact(leg.staff_id, "", leg.number, leg.language)
            for leg in store.legs_of(connection, incident.id)
            if leg.state != "taken"
        ]
        told = distinct([*rung, *supervisors(connection, ticket.department)])
        for position, contact in enumerate(told):
            if contact.staff_id is None or contact.staff_id != taker.staff_id:
                tell(
                    connection,
                    contact,
                    key=f"incident:{incident.id}:taken:{position}",
                    kind=TAKEN,
                    ticket_id=incident.ticket_id,
                    words=words,
                    at=at,
                    ways=WAYS,
                )
