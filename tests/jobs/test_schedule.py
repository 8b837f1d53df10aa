"""Recurring work: each slot once for all workers, and an outbox that stays small."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from app.database import Database
from app.jobs import service
from app.jobs.models import Job
from app.jobs.purging import KEPT, has_old, purge_old
from app.jobs.runner import JobRunner, Tools
from app.jobs.schedule import Every, enqueue_slots
from sqlalchemy import Connection, select, update

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class HurriedClock:
    """A clock that jumps to the end of every sleep, after letting the others work."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        end = self.at + timedelta(seconds=seconds)
        await asyncio.sleep(0.001)
        self.at = max(self.at, end)


def tools(database: Database, clock: HurriedClock) -> Tools:
    return Tools(database, None, clock)  # type: ignore[arg-type]


def keys(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(Job.key).order_by(Job.id)).scalars())


def run(
    database: Database, recurring: Sequence[Every], handler: Any, until: Callable[[], bool]
) -> None:
    clock = HurriedClock()
    kinds = {every.kind: handler for every in recurring}

    async def story() -> None:
        runner = JobRunner(database, clock, kinds, tools(database, clock), "w", recurring)
        runner.start()
        try:
            async with asyncio.timeout(10):
                while not until():
                    await asyncio.sleep(0.002)
        finally:
            await runner.stop()

    asyncio.run(story())


def test_a_slot_is_asked_for_once(database: Database) -> None:
    every = Every("sweep", 10)
    for second in (0, 3, 9.9, 10, 11):
        with database.writing() as connection:
            enqueue_slots(connection, [every], NOON + timedelta(seconds=second))
    slot = every.slot(NOON)
    assert keys(database) == [f"sweep:{slot}", f"sweep:{slot + 1}"]
    assert every.begins(slot) == NOON


def test_two_workers_ask_for_the_same_slot(database: Database) -> None:
    def work(_worker: int) -> None:
        for second in range(20):
            with database.writing() as connection:
                enqueue_slots(connection, [Every("sweep", 10)], NOON + timedelta(seconds=second))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert len(keys(database)) == 2


def test_the_runner_does_every_slot(database: Database) -> None:
    done: list[datetime] = []

    def handler(_payload: Any, given: Tools) -> None:
        done.append(given.clock.now())

    run(database, [Every("sweep", 10)], handler, lambda: len(done) >= 4)
    assert len({int(at.timestamp() // 10) for at in done}) == len(done)


def test_a_slot_with_nothing_to_do_writes_nothing(database: Database) -> None:
    asked: list[datetime] = []

    def is_due(_connection: Connection, at: datetime) -> bool:
        asked.append(at)
        return False

    run(database, [Every("sweep", 10, is_due)], None, lambda: len(asked) >= 4)
    assert keys(database) == []
    assert len({int(at.timestamp() // 10) for at in asked}) == len(asked)


def test_what_cannot_tell_whether_it_is_due_holds_up_nobody(database: Database) -> None:
    done: list[Any] = []

    def broken(connection: Connection, _at: datetime) -> bool:
        connection.exec_driver_sql("SELECT * FROM no_such_table")
        return True

    recurring = [Every("broken", 10, broken), Every("sweep", 10)]
    run(database, recurring, lambda *_: done.append(1), lambda: len(done) >= 2)
    assert {key.partition(":")[0] for key in keys(database)} == {"sweep"}


def test_a_clock_that_goes_back_repeats_no_slot(database: Database) -> None:
    for second in (0, 10, -3_600, 0, 10):
        with database.writing() as connection:
            enqueue_slots(connection, [Every("sweep", 10)], NOON + timedelta(seconds=second))
    assert len(keys(database)) == 3


def test_old_jobs_are_purged_and_those_given_up_are_kept(database: Database) -> None:
    states = {"old": "done", "new": "done", "given_up": "failed", "waiting": "waiting"}
    with database.writing() as connection:
        for key, state in states.items():
            service.enqueue(connection, "work", key, {}, NOON)
            finished = None if state == "waiting" else NOON + timedelta(days=3 * (key == "new"))
            changes = {"state": state, "finished_at": finished}
            connection.execute(update(Job).where(Job.key == key).values(**changes))
    later = HurriedClock(NOON + KEPT + timedelta(days=1))
    with database.reading() as connection:
        assert not has_old(connection, NOON + KEPT)
        assert has_old(connection, later.now())
    purge_old({}, tools(database, later))
    assert keys(database) == ["new", "given_up", "waiting"]
    with database.reading() as connection:
        assert not has_old(connection, later.now())
