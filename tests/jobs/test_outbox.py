import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from app.database import Database
from app.jobs import queries, service
from app.jobs.models import Job
from app.jobs.service import ClaimedJob
from sqlalchemy import select

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LEASE = timedelta(seconds=10)


def ask(database: Database, key: str, due_at: datetime = NOON) -> bool:
    with database.writing() as connection:
        return service.enqueue(connection, "greet", key, {"who": "王"}, due_at)


def claim(database: Database, worker: str, now: datetime, limit: int = 8) -> list[ClaimedJob]:
    with database.writing() as connection:
        return service.claim(connection, worker, now, limit, LEASE)


def states(database: Database) -> dict[str, str]:
    with database.reading() as connection:
        return {row.key: row.state for row in connection.execute(select(Job.key, Job.state))}


def next_due(database: Database) -> datetime | None:
    with database.reading() as connection:
        return queries.next_due(connection)


def test_urgent_jobs_come_first_and_have_places_that_no_others_take(database: Database) -> None:
    for number in range(4):
        ask(database, f"usual {number}", NOON - timedelta(minutes=9))
    with database.writing() as connection:
        for key in ("alarm", "advice"):
            service.enqueue(connection, "greet", key, {}, NOON, urgent=True)
        first = service.claim(connection, "w", NOON, 5, LEASE, reserved=2)
        assert [job.key for job in first] == ["alarm", "advice", "usual 0"]
        assert service.claim(connection, "w", NOON, 2, LEASE, reserved=2) == []
        assert [job.key for job in service.claim(connection, "w", NOON, 4, LEASE, reserved=2)] == [
            "usual 1",
            "usual 2",
        ]


def test_a_key_asked_for_twice_is_one_job(database: Database) -> None:
    assert ask(database, "a") is True
    assert ask(database, "a", NOON + timedelta(hours=1)) is False
    assert [job.key for job in claim(database, "w", NOON)] == ["a"]


def test_a_job_rolled_back_with_its_state_change_is_never_seen(database: Database) -> None:
    with suppress(RuntimeError), database.writing() as connection:
        service.enqueue(connection, "greet", "a", {}, NOON)
        raise RuntimeError
    assert claim(database, "w", NOON) == []


def test_only_due_jobs_are_claimed_the_longest_due_first(database: Database) -> None:
    ask(database, "later", NOON + timedelta(seconds=1))
    ask(database, "second", NOON)
    ask(database, "first", NOON - timedelta(hours=1))
    assert [job.key for job in claim(database, "w", NOON)] == ["first", "second"]


def test_no_more_than_the_limit_is_claimed(database: Database) -> None:
    for number in range(5):
        ask(database, f"job {number}")
    assert [job.key for job in claim(database, "w", NOON, limit=2)] == ["job 0", "job 1"]
    assert [job.key for job in claim(database, "x", NOON)] == ["job 2", "job 3", "job 4"]


def test_the_payload_comes_back_as_it_was_and_stands_in_ascii(database: Database) -> None:
    ask(database, "a")
    with database.reading() as connection:
        assert connection.execute(select(Job.payload)).scalar_one().isascii()
    assert claim(database, "w", NOON)[0].payload == {"who": "王"}


def test_a_leased_job_is_left_alone_until_the_lease_runs_out(database: Database) -> None:
    ask(database, "a")
    assert claim(database, "dead", NOON)[0].attempts == 1
    assert claim(database, "alive", NOON + timedelta(seconds=9.9)) == []
    assert claim(database, "alive", NOON + LEASE)[0].attempts == 2


@pytest.mark.parametrize("how", ["finish", "retry", "fail"])
def test_a_worker_whose_lease_was_taken_cannot_settle(database: Database, how: str) -> None:
    ask(database, "a")
    [slow] = claim(database, "slow", NOON)
    [fast] = claim(database, "fast", NOON + LEASE)
    later = NOON + LEASE
    settle = {
        "finish": lambda c, job: service.finish(c, job, later),
        "retry": lambda c, job: service.retry(c, job, later, "again"),
        "fail": lambda c, job: service.fail(c, job, "no", later),
    }[how]
    with database.writing() as connection:
        assert settle(connection, slow) is False
    assert claim(database, "third", later) == []  # still leased to `fast`
    with database.writing() as connection:
        assert settle(connection, fast) is True


def test_a_finished_job_is_not_finished_twice(database: Database) -> None:
    ask(database, "a")
    [job] = claim(database, "w", NOON)
    with database.writing() as connection:
        assert service.finish(connection, job, NOON) is True
        assert service.finish(connection, job, NOON) is False
    assert states(database) == {"a": "done"}
    assert claim(database, "w", NOON + timedelta(days=1)) == []


def test_a_failed_job_keeps_its_error_and_rests(database: Database) -> None:
    ask(database, "a")
    [job] = claim(database, "w", NOON)
    with database.writing() as connection:
        service.fail(connection, job, "x" * 500, NOON)
        assert connection.execute(select(Job.last_error)).scalar_one() == "x" * 200
    assert states(database) == {"a": "failed"}
    assert next_due(database) is None


def test_a_job_given_back_is_due_again_when_it_said(database: Database) -> None:
    ask(database, "a")
    [job] = claim(database, "w", NOON)
    with database.writing() as connection:
        service.retry(connection, job, NOON + timedelta(seconds=3), "busy")
    assert next_due(database) == NOON + timedelta(seconds=3)
    assert claim(database, "w", NOON + timedelta(seconds=2)) == []
    assert [job.key for job in claim(database, "w", NOON + timedelta(seconds=3))] == ["a"]


def test_next_due_waits_for_leases(database: Database) -> None:
    assert next_due(database) is None
    ask(database, "a")
    assert next_due(database) == NOON
    claim(database, "w", NOON)
    assert next_due(database) == NOON + LEASE


def test_two_workers_at_once_never_share_a_job(database: Database) -> None:
    keys = [f"job {number}" for number in range(40)]
    for key in keys:
        ask(database, key)
    taken: list[str] = []
    start = threading.Barrier(2)

    def work(worker: str) -> None:
        start.wait()
        while jobs := claim(database, worker, NOON, limit=3):
            taken.extend(job.key for job in jobs)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(keys)
