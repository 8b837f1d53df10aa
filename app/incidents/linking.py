"""Several reports of one place and time are one incident: linked, none of them lost.

The first report goes on looking for somebody in charge for all of them; who has it has them all,
and is told of each that comes later.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from app.flows.directory import Directory
from app.incidents import store
from app.incidents.history import note
from app.incidents.models import Incident
from app.incidents.ringing import Ringing
from app.incidents.states import Standing
from app.incidents.telling import JOINED, WAYS, joined
from app.people.roster.contacts import staff_contact
from app.tickets.changes import SYSTEM, lock_by_id
from app.tickets.clocks.telling import tell
from app.tickets.links.service import link

SAME_TIME = timedelta(hours=1)


class Linking:
    """Links reports to the first of the same place."""

    def __init__(self, directory: Callable[[], Directory], ringing: Ringing) -> None:
        self._directory = directory
        self._ringing = ringing

    def look(self, connection: Connection, incident_id: int, at: datetime) -> None:
        """Link this report to an earlier one of its place, and later ones to this."""
        others = store.same_place(connection, incident_id, SAME_TIME)
        if not others:
            return
        locked = store.lock_in_order(connection, {incident_id, *others})
        alike = [one for one in locked if one.linked_to_id is None and not one.is_closed]
        for later in alike[1:]:
            self._join(connection, alike[0], later, at)

    def _join(self, connection: Connection, first: Standing, later: Standing, at: datetime) -> None:
        first = store.lock(connection, first.id)
        taken = _taking(connection, first.id) if first.is_taken and not later.is_taken else {}
        later = store.change(connection, later.id, linked_to_id=first.id, **taken)
        self._ringing.release(connection, later, at)
        number = lock_by_id(connection, later.ticket_id).number
        first_number = lock_by_id(connection, first.ticket_id).number
        link(connection, number, first_number, "related", SYSTEM, at)
        note(connection, first.ticket_id, at, "joined", {"number": number})
        note(connection, later.ticket_id, at, "joined", {"number": first_number})
        person = staff_contact(connection, first.taken_by)
        if person is not None:
            tell(
                connection,
                person,
                key=f"incident:{later.id}:joined",
                kind=JOINED,
                ticket_id=later.ticket_id,
                words=joined(self._directory(), later, number),
                at=at,
                ways=WAYS,
            )


def _taking(connection: Connection, incident_id: int) -> dict[str, object]:
    """Who has an incident, as columns."""
    query = select(Incident.taken_at, Incident.taken_by, Incident.taken_rung).where(
        Incident.id == incident_id
    )
    return dict(connection.execute(query).one()._mapping)
