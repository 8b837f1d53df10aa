"""A county's database with something of everything, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from app import schema
from app.calls.recordings.models import KeptRecording, State
from app.database import Database
from app.people.audit.service import record
from app.people.staff.models import Staff
from sqlalchemy import insert, text
from tests.fixtures.callbook import CallBook
from tests.fixtures.databases import _fresh_postgresql

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
Maker = Callable[[], str]


def stamp(url: str) -> None:
    """Say that the tables of a template stand at the newest schema."""
    database = Database(url)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        newest = {"newest": schema.revisions()[-1]}
        connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), newest)
    database.close()


def settle_a_county(database: Database) -> None:
    """Calls, a ticket that went into a later one, staff, a recording and an audit."""
    book = CallBook(database, NOON)
    for number in range(3):
        sid = book.call(f"CA{number}", ago=60 * number)
        book.event(sid, "step:0", node="main.menu", words="房子漏水了", answer="<Response/>")
    book.leg("CA0", "CA9", "+867451000101")
    later = book.ticket("20000002", "CA1", subject="住房", caller_name="王秀英")
    earlier = book.ticket("20000001", "CA0", confidential=True)
    with database.writing() as connection:
        connection.execute(
            text("UPDATE tickets SET merged_into_id = :later WHERE id = :earlier"),
            {"later": earlier, "earlier": later},
        )
        connection.execute(insert(Staff).values(login="luo", name="罗管理", created_at=NOON))
        connection.execute(
            insert(KeptRecording).values(
                sid="RE1", source="RecordVerb", told_at=NOON, state=State.stored, seconds=1 / 3
            )
        )
        for number in range(4):
            record(connection, actor="system", act="site.changed", target=f"setting:{number}",
                   detail={"after": "全部"}, at=NOON + timedelta(microseconds=number))  # fmt: skip


@pytest.fixture
def new_postgresql(postgresql_url: str) -> Iterator[str]:
    """The URL of a PostgreSQL database without a table."""
    with _fresh_postgresql(postgresql_url) as url:
        yield url


@pytest.fixture
def new_sqlite(tmp_path: Path) -> str:
    """The URL of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path}/new.db"


@pytest.fixture
def settled_postgresql(postgresql_url: str, postgresql_template: str) -> Iterator[Database]:
    """A county on PostgreSQL."""
    with _fresh_postgresql(postgresql_url, postgresql_template) as url:
        yield from _settled(url)


@pytest.fixture
def settled_sqlite(sqlite_url: str) -> Iterator[Database]:
    """A county on SQLite."""
    yield from _settled(sqlite_url)


def _settled(url: str) -> Iterator[Database]:
    stamp(url)
    database = Database(url)
    settle_a_county(database)
    yield database
    database.close()
