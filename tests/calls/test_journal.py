"""The journal: durable before answered, once, and no bad row takes its neighbours with it."""

import asyncio
import sqlite3

import pytest
from app.calls.journal import DatabaseAwayError, Journal
from app.calls.models import Call, CallEvent
from app.calls.store import answer_to_step, load_position
from app.database import Database
from sqlalchemy import Connection, func, select
from tests.calls.conftest import step_write

pytestmark = pytest.mark.anyio


def count(database: Database, table: type) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


async def test_a_step_is_there_when_it_is_answered(journal: Journal, database: Database) -> None:
    assert await journal.write_step(step_write(), within=5)
    with database.reading() as connection:
        position = load_position(connection, "CA1")
        assert position is not None
        assert (position.step, position.caller) == (1, "+8613800138000")
        assert answer_to_step(connection, "CA1", 0) == "<Response>0</Response>"


async def test_the_same_step_is_written_once(journal: Journal, database: Database) -> None:
    written = await asyncio.gather(*(journal.write_step(step_write(), within=5) for _ in range(20)))
    assert sum(written) == 1
    assert count(database, Call) == count(database, CallEvent) == 1


async def test_a_step_that_is_not_expected_is_not_written(journal: Journal) -> None:
    assert await journal.write_step(step_write(), within=5)
    assert not await journal.write_step(step_write(step=5, seen=None), within=5)


async def test_many_calls_share_commits(journal: Journal, database: Database) -> None:
    await asyncio.gather(*(journal.write_step(step_write(f"CA{n}"), within=5) for n in range(200)))
    assert count(database, Call) == count(database, CallEvent) == 200


async def test_an_effect_that_refuses_takes_only_its_own_step_back(
    journal: Journal, database: Database
) -> None:
    def refuse(_connection: Connection) -> None:
        raise ValueError("number taken")

    results = await asyncio.gather(
        *(
            journal.write_step(
                step_write(f"CA{n}", consequences=[refuse] if n % 7 == 3 else []), within=5
            )
            for n in range(40)
        ),
        return_exceptions=True,
    )
    refused = [n for n, result in enumerate(results) if isinstance(result, ValueError)]
    assert refused == [n for n in range(40) if n % 7 == 3]
    assert count(database, Call) == 40 - len(refused)


async def test_an_effect_is_committed_with_its_step(journal: Journal, database: Database) -> None:
    def note(connection: Connection) -> None:
        row = {"call_sid": "CA1", "key": "note", "kind": "note"}
        connection.execute(CallEvent.__table__.insert().values(**row, at=step_write().at, node="",
                                                               detail=""))  # fmt: skip

    assert await journal.write_step(step_write(consequences=[note]), within=5)
    assert count(database, CallEvent) == 2


async def test_work_returns_what_it_found(journal: Journal) -> None:
    assert await journal.do(lambda c: c.exec_driver_sql("SELECT 42").scalar_one(), within=5) == 42


async def test_a_locked_database_is_away_and_comes_back(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(sqlite_url)
    journal = Journal(database)
    journal.start()
    blocker = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseAwayError):
        await journal.write_step(step_write(), within=0.3)
    blocker.execute("ROLLBACK")
    blocker.close()
    assert await journal.write_step(step_write("CA2"), within=5)
    journal.close()
    database.close()
