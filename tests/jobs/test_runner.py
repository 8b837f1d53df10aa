import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from app.database import Database
from app.jobs import service
from app.jobs.models import Job
from app.jobs.runner import (
    ATTEMPTS,
    LEASE,
    PATIENCE,
    Handler,
    JobRunner,
    RetryLater,
    Tools,
    backoff,
)
from sqlalchemy import select, update

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class HurriedClock:
    """A clock that jumps to the end of every sleep, after letting the others work."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        end = self._now + timedelta(seconds=seconds)
        await asyncio.sleep(0.001)
        self._now = max(self._now, end)


class Silence:
    """No telephone network: these jobs do not call."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was not to be called")


def enqueue(database: Database, key: str, kind: str = "work", due_in: float = 0) -> None:
    with database.writing() as connection:
        service.enqueue(connection, kind, key, {"key": key}, NOON + timedelta(seconds=due_in))


def row(database: Database, key: str) -> Any:
    with database.reading() as connection:
        columns = (Job.state, Job.attempts, Job.last_error, Job.finished_at)
        return connection.execute(select(*columns).where(Job.key == key)).one()


def run(
    database: Database, handlers: Mapping[str, Handler], until: Callable[[], bool], name: str = "w"
) -> HurriedClock:
    """Run a runner until something holds; within 10 real seconds, or the test fails."""
    clock = HurriedClock()

    async def story() -> None:
        runner = JobRunner(database, clock, handlers, Tools(database, Silence(), clock), name)
        runner.start()
        try:
            async with asyncio.timeout(10):
                while not until():
                    await asyncio.sleep(0.001)
        finally:
            await runner.stop()

    asyncio.run(story())
    return clock


def test_a_due_job_is_done_with_its_payload(database: Database) -> None:
    enqueue(database, "a")
    done: list[str] = []
    run(database, {"work": lambda payload, _: done.append(payload["key"])}, lambda: bool(done))
    assert done == ["a"]
    assert row(database, "a")[:3] == ("done", 1, "")


def test_a_job_is_not_done_before_it_is_due(database: Database) -> None:
    enqueue(database, "a", due_in=75)
    at: list[datetime] = []
    run(database, {"work": lambda _, tools: at.append(tools.clock.now())}, lambda: bool(at))
    assert timedelta(seconds=75) <= at[0] - NOON < timedelta(seconds=76.5)


def test_retry_later_is_obeyed(database: Database) -> None:
    enqueue(database, "a")
    at: list[datetime] = []

    def handler(_payload: service.Payload, tools: Tools) -> None:
        at.append(tools.clock.now())
        if len(at) < 3:
            raise RetryLater(5)

    run(database, {"work": handler}, lambda: len(at) == 3)
    assert row(database, "a").state == "done"
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(at)]
    assert all(5 <= gap < 7 for gap in gaps)


@pytest.mark.parametrize(
    ("begun", "runs", "gap"), [(0, ATTEMPTS + 2, 2), (PATIENCE - 3, 3, 60)], ids=["young", "old"]
)
def test_an_order_to_wait_outlasts_errors_ever_later_and_is_given_up(
    database: Database, begun: int, runs: int, gap: int
) -> None:
    enqueue(database, "a")
    with database.writing() as connection:
        connection.execute(update(Job).values(attempts=begun))
    at: list[datetime] = []

    def handler(_payload: service.Payload, tools: Tools) -> None:
        at.append(tools.clock.now())
        raise RetryLater(2)

    end = ("failed" if begun + runs == PATIENCE else "waiting", begun + runs)
    run(database, {"work": handler}, lambda: row(database, "a")[:2] == end)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(at)]
    assert all(gap <= one < gap + 3 for one in gaps)


def test_an_error_is_tried_again_ever_later_and_given_up(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    enqueue(database, "a")
    at: list[datetime] = []

    def handler(_payload: service.Payload, tools: Tools) -> None:
        at.append(tools.clock.now())
        raise ValueError("Mr Wang, +8613800138000")

    run(database, {"work": handler}, lambda: row(database, "a").state == "failed")
    found = row(database, "a")
    assert found.attempts == len(at) == ATTEMPTS
    assert found.last_error.startswith("ValueError at test_runner.py:")
    gaps = [later - earlier for earlier, later in pairwise(at)]
    assert all(later > earlier - timedelta(seconds=2) for earlier, later in pairwise(gaps))
    assert gaps[0] < timedelta(seconds=3) < timedelta(seconds=50) < gaps[-1]
    logged = capsys.readouterr()
    assert "job.given_up" in logged.out + logged.err
    assert "13800138000" not in logged.out + logged.err


def test_one_bad_job_does_not_hold_up_another(database: Database) -> None:
    enqueue(database, "bad", kind="nobody knows this")
    enqueue(database, "good")
    done: list[str] = []
    run(
        database,
        {"work": lambda payload, _: done.append(payload["key"])},
        lambda: bool(done) and row(database, "bad").attempts > 0,
    )
    assert row(database, "good").state == "done"
    assert row(database, "bad").last_error.startswith("KeyError")


def test_more_jobs_than_fit_at_once_are_all_done_once(database: Database) -> None:
    keys = [f"job {number}" for number in range(30)]
    for key in keys:
        enqueue(database, key)
    done: list[str] = []
    run(
        database,
        {"work": lambda payload, _: done.append(payload["key"])},
        lambda: len(done) == len(keys),
    )
    assert sorted(done) == sorted(keys)


def test_the_job_of_a_dead_worker_is_taken_when_its_lease_runs_out(database: Database) -> None:
    enqueue(database, "a")
    with database.writing() as connection:
        assert service.claim(connection, "dead", NOON, 1, LEASE)
    at: list[datetime] = []
    run(database, {"work": lambda _, tools: at.append(tools.clock.now())}, lambda: bool(at))
    assert LEASE <= at[0] - NOON < LEASE + timedelta(seconds=2)
    assert row(database, "a")[:2] == ("done", 2)


def test_wake_from_another_thread_is_noticed(database: Database) -> None:
    clock = HurriedClock()
    done: list[str] = []

    async def story() -> None:
        handlers: dict[str, Handler] = {"work": lambda payload, _: done.append(payload["key"])}
        runner = JobRunner(
            database, FrozenSleep(), handlers, Tools(database, Silence(), clock), "w"
        )
        runner.wake()  # before the start: nothing to wake, and no error
        runner.start()
        async with asyncio.timeout(10):
            await asyncio.get_running_loop().run_in_executor(None, enqueue, database, "a")
            while not done:
                await asyncio.get_running_loop().run_in_executor(None, runner.wake)
        await runner.stop()

    asyncio.run(story())
    assert done == ["a"]


class FrozenSleep(HurriedClock):
    """A clock on which a sleep longer than a blink never ends: only `wake` helps."""

    async def sleep(self, seconds: float) -> None:
        if seconds >= 0.5:
            await asyncio.Event().wait()
        await asyncio.sleep(0)


def test_stop_lets_the_running_job_end(database: Database) -> None:
    enqueue(database, "a")
    clock = HurriedClock()

    async def story() -> None:
        started = asyncio.Event()
        loop = asyncio.get_running_loop()

        def handler(_payload: service.Payload, _tools: Tools) -> None:
            loop.call_soon_threadsafe(started.set)

        runner = JobRunner(
            database, clock, {"work": handler}, Tools(database, Silence(), clock), "w"
        )
        runner.start()
        await asyncio.wait_for(started.wait(), 10)
        await runner.stop()

    asyncio.run(story())
    assert row(database, "a").state == "done"


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 1), (2, 2), (5, 16), (7, 60), (50, 60)])
def test_backoff(attempts: int, seconds: float) -> None:
    assert backoff(attempts) == seconds
