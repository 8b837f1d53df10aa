"""Two real worker processes on one database, one of them killed again and again (F10)."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from app.database import Database
from app.people.alerts.models import Alert
from app.tickets.clocks.models import TicketAlarm
from app.tickets.models import TicketEvent
from app.tickets.routing import Routing
from app.tickets.service import Appeal, open_ticket
from sqlalchemy import func, select
from tests.tickets.clocks.town import Town, shipped_directory, town

ROOT = Path(__file__).resolve().parents[3]
TICKETS = 24
KILLS = 2
PATIENCE_SECONDS = 60.0
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Workers:
    """Worker processes that share a clock, a database and a note of the calls they place."""

    def __init__(self, database_url: str, noted: Path, program: str) -> None:
        self._program = program
        self._arguments = [database_url, START.isoformat(), str(time.time()), str(noted)]
        self._running: list[subprocess.Popen[str]] = []

    def start(self) -> None:
        """Start one, and wait until it works."""
        worker = subprocess.Popen(
            [sys.executable, str(ROOT / self._program), *self._arguments],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running.append(worker)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"

    def kill_oldest(self) -> None:
        """No goodbye: `kill -9`."""
        worker = self._running.pop(0)
        worker.send_signal(signal.SIGKILL)
        worker.communicate()

    def kill_all(self) -> None:
        """The end."""
        while self._running:
            self.kill_oldest()


@contextmanager
def two_workers(
    database_url: str, noted: Path, program: str = "tests/tickets/clocks/worker.py"
) -> Iterator[Workers]:
    """Two workers; all are killed at the end."""
    workers = Workers(database_url, noted, program)
    try:
        workers.start()
        workers.start()
        yield workers
    finally:
        workers.kill_all()


@pytest.fixture
def place(database: Database) -> Iterator[Town]:
    with town(database, shipped_directory()) as found:
        yield found


def open_many(place: Town) -> None:
    """Tickets that must be answered within one to two minutes, begun a little apart."""
    with place.database.writing() as connection:
        for number in range(TICKETS):
            appeal = Appeal(
                number=f"{number:08d}",
                source=f"test:{number}",
                kind="appeal",
                category="land",
                channel="portal",
                language="zh-CN",
                caller="+8613800138000",
            )
            routing = Routing(
                "agriculture",
                respond=timedelta(minutes=1 + number % 2),
                complete=timedelta(minutes=2),
            )
            begun = START + timedelta(seconds=30 + number / 2)
            open_ticket(connection, appeal, routing, begun)


def is_over(place: Town) -> bool:
    """Whether every clock of every ticket has passed its end."""
    with place.database.reading() as connection:
        ended = select(func.count()).select_from(TicketAlarm).where(TicketAlarm.level == 100)
        return connection.execute(ended).scalar_one() == 2 * TICKETS


def test_all_alarms_happen_once_however_many_workers_die(
    place: Town, database_url: str, tmp_path: Path
) -> None:
    person = place.employ("wang", "+8613900000001")
    place.on_duty(person, "2026-11-23 00:00", "2026-11-24 00:00", "agriculture")
    open_many(place)
    noted, chance = tmp_path / "calls", random.Random(7)
    noted.touch()
    with two_workers(database_url, noted) as workers:
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.2, 1.5))
            workers.kill_oldest()
            workers.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_over(place):
            assert time.monotonic() < deadline, place.alarms
            time.sleep(0.1)
        time.sleep(2.5)  # what was asked for last is done, and nothing comes after it

    levels = Counter((row.ticket_id, row.clock, row.level) for row in place.rows(TicketAlarm))
    assert set(levels.values()) == {1}
    assert len(levels) == TICKETS * 2 * 3
    told = Counter(
        (event.ticket_id, event.detail)
        for event in place.rows(TicketEvent)
        if event.event == "alarm"
    )
    assert set(told.values()) == {1}
    fired = sum(not row.skipped for row in place.rows(TicketAlarm))
    assert len(told) == fired
    overdue = [alert for alert in place.rows(Alert) if alert.kind == "ticket.overdue"]
    assert sorted({alert.ticket_id for alert in overdue}) == [
        alert.ticket_id for alert in sorted(overdue, key=lambda alert: alert.ticket_id)
    ]
    assert len(overdue) == TICKETS
    rings = Counter(line.split()[0] for line in noted.read_text().splitlines())
    assert set(rings.values()) <= {1}
    assert len(rings) >= TICKETS - KILLS  # one that died while it asked leaves a call unknown
