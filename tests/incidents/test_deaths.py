"""Emergencies with two worker processes, one of them killed in between: each step once (F10)."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

import pytest
from app.database import Database
from app.incidents.models import Incident, IncidentCall
from app.incidents.service import Incidents
from app.people.alerts.models import Alert
from app.tickets.models import TicketEvent
from tests.tickets.clocks.test_deaths import START, two_workers
from tests.tickets.clocks.town import Town, shipped_directory, town

DRILLS = 5
PATIENCE_SECONDS = 60.0


@pytest.fixture
def place(database: Database) -> Iterator[Town]:
    with town(database, shipped_directory()) as found:
        yield found


def report_many(place: Town) -> None:
    """Emergencies a moment apart, of which nobody knows the place."""
    incidents = Incidents(shipped_directory, lambda: token_hex(16))
    for number in range(DRILLS):
        boss = place.employ(f"boss{number}", "")
        with place.database.writing() as connection:
            incidents.start_drill(
                connection,
                ticket_number=f"{number:08d}",
                category="danger",
                place="",
                people=None,
                staff_id=boss,
                language="zh-CN",
                at=START + timedelta(seconds=number),
            )


def is_over(place: Town) -> bool:
    """Whether the line of every emergency was asked to its end."""
    return all(row.round >= 1 for row in place.rows(Incident))


def test_every_step_is_asked_once_however_many_workers_die(
    place: Town, database_url: str, tmp_path: Path
) -> None:
    report_many(place)
    noted, chance = tmp_path / "calls", random.Random(9)
    noted.touch()
    with two_workers(database_url, noted, "tests/incidents/worker.py") as workers:
        for _ in range(2):
            time.sleep(chance.uniform(0.5, 2.0))
            workers.kill_oldest()
            workers.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_over(place):
            assert time.monotonic() < deadline, place.rows(Incident)
            time.sleep(0.1)

    steps = Counter(
        (event.ticket_id, event.detail)
        for event in place.rows(TicketEvent)
        if event.event == "incident_alarm"
    )
    assert set(steps.values()) == {1}
    asked = Counter((leg.incident_id, leg.round, leg.number) for leg in place.rows(IncidentCall))
    assert set(asked.values()) == {1}
    assert len(asked) >= DRILLS * 4  # two officers, head, director
    rings = Counter(line.split()[0] for line in noted.read_text().splitlines())
    assert set(rings.values()) <= {1}
    keys = [alert.key for alert in place.rows(Alert)]
    assert len(keys) == len(set(keys))
