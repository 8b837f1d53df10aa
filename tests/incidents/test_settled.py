"""An incident whose ticket is settled on its own page ends with it."""

from collections.abc import Iterator
from datetime import timedelta
from secrets import token_hex

import pytest
from app.database import Database
from app.incidents.models import Incident
from app.incidents.service import Incidents
from app.tickets.changes import staff_actor
from app.tickets.models import TicketEvent
from app.tickets.service import transition
from tests.tickets.clocks.test_deaths import START
from tests.tickets.clocks.town import Town, shipped_directory, town

NUMBER = "12345674"
OUTCOME = "三户都搬到了高处"
LATER = START + timedelta(minutes=5)


@pytest.fixture
def place(database: Database) -> Iterator[Town]:
    with town(database, shipped_directory()) as found:
        yield found


def settled(place: Town, *, in_charge: bool) -> Incidents:
    """An emergency whose ticket its owner has resolved; somebody may have taken charge before."""
    incidents = Incidents(shipped_directory, lambda: token_hex(16))
    person = place.employ("wang", "+8613900000001")
    with place.database.writing() as connection:
        incidents.start_drill(
            connection,
            ticket_number=NUMBER,
            category="danger",
            place="",
            people=None,
            staff_id=person,
            language="zh-CN",
            at=START,
        )
        if in_charge:
            incidents.take_on_console(connection, 1, person, START)
        else:
            transition(connection, NUMBER, "acknowledged", staff_actor(person), "", START)
        transition(connection, NUMBER, "in_progress", staff_actor(person), "", START)
        transition(connection, NUMBER, "resolved", staff_actor(person), OUTCOME, START)
    return incidents


def test_it_ends_with_the_outcome_of_its_ticket_once(place: Town) -> None:
    incidents = settled(place, in_charge=True)
    for _ in range(2):
        with place.database.writing() as connection:
            incidents.end_with_tickets(connection, LATER)
    (incident,) = place.rows(Incident)
    assert (incident.closed_at, incident.outcome) == (LATER, OUTCOME)
    assert incident.closed_by is not None
    assert [row.event for row in place.rows(TicketEvent)].count("incident_closed") == 1


def test_while_nobody_is_in_charge_they_are_rung_all_the_same(place: Town) -> None:
    incidents = settled(place, in_charge=False)
    with place.database.writing() as connection:
        incidents.end_with_tickets(connection, LATER)
    (incident,) = place.rows(Incident)
    assert incident.closed_at is None
