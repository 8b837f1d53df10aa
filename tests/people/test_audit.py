"""The audit: chained, append-only, whole under concurrency; tampering is found."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from app.database import Database
from app.people.audit import queries
from app.people.audit.models import AuditEntry
from app.people.audit.queries import Filters, Head
from app.people.audit.service import record
from sqlalchemy import Connection, delete, text, update
from sqlalchemy.exc import DBAPIError
from tests.people.people import MORNING


def act(connection: Connection, number: int, **changes: str) -> None:
    said = {"actor": f"staff:{number % 3}", "act": "ticket.seen", "target": f"ticket:{number}"}
    at = MORNING + timedelta(minutes=number)
    record(connection, **said | changes, detail={"number": number}, at=at)


def acts(database: Database, count: int) -> None:
    for number in range(1, count + 1):
        with database.writing() as connection:
            act(connection, number)


def unprotected(connection: Connection) -> None:
    """What an intruder with the database's own password could do."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TRIGGER audit_entries_no_update"))
        connection.execute(text("DROP TRIGGER audit_entries_no_delete"))
    else:
        connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER ALL"))


def verified(database: Database, noted: Head | None = None) -> tuple[int, str] | None:
    with database.reading() as connection:
        broken = queries.verify(connection, noted)
    return None if broken is None else (broken.id, broken.why)


def test_an_untouched_chain_is_whole(database: Database) -> None:
    assert verified(database) is None
    acts(database, 5)
    assert verified(database) is None


def test_writers_at_once_lose_no_link(database: Database) -> None:
    gate = threading.Barrier(6)

    def write(worker: int) -> None:
        gate.wait()
        for number in range(10):
            with database.writing() as connection:
                act(connection, worker * 100 + number)

    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(write, worker) for worker in range(6)]:
            done.result()
    assert verified(database) is None
    with database.reading() as connection:
        assert queries.head(connection).id == 60


def test_what_is_rolled_back_leaves_no_gap(database: Database) -> None:
    acts(database, 1)
    with database.engine.begin() as connection:
        act(connection, 2)
        connection.rollback()
    acts(database, 2)
    assert verified(database) is None


@pytest.mark.parametrize(
    "change",
    [
        update(AuditEntry).where(AuditEntry.id == 2).values(actor="staff:9"),
        delete(AuditEntry).where(AuditEntry.id == 2),
        delete(AuditEntry).where(AuditEntry.id == 3),
    ],
)
def test_the_database_refuses_changes(database: Database, change: object) -> None:
    acts(database, 3)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    assert verified(database) is None


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (update(AuditEntry).where(AuditEntry.id == 3).values(actor="staff:9"), (3, "changed")),
        (update(AuditEntry).where(AuditEntry.id == 3).values(detail="{}"), (3, "changed")),
        (
            update(AuditEntry).where(AuditEntry.id == 3).values(at=MORNING),
            (3, "changed"),
        ),
        (
            update(AuditEntry).where(AuditEntry.id == 3).values(previous="f" * 64),
            (3, "does not follow from the entry before"),
        ),
        (update(AuditEntry).where(AuditEntry.id == 3).values(hash="f" * 64), (3, "changed")),
        (delete(AuditEntry).where(AuditEntry.id == 3), (3, "missing")),
        (delete(AuditEntry).where(AuditEntry.id == 1), (1, "missing")),
    ],
)
def test_an_intruder_is_found(database: Database, change: object, found: tuple[int, str]) -> None:
    acts(database, 5)
    with database.writing() as connection:
        unprotected(connection)
        connection.execute(change)  # type: ignore[call-overload]
    assert verified(database) == found


def test_entries_cut_off_the_end_are_found_by_a_noted_head(database: Database) -> None:
    acts(database, 5)
    with database.reading() as connection:
        noted = queries.head(connection)
    with database.writing() as connection:
        unprotected(connection)
        connection.execute(delete(AuditEntry).where(AuditEntry.id > 3))
    assert verified(database) is None
    assert verified(database, noted) == (4, "missing")
    acts(database, 2)
    assert verified(database, noted) == (5, "not the entry that was noted")


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (Filters(), [6, 5, 4, 3, 2, 1]),
        (Filters(actor="staff:1"), [4, 1]),
        (Filters(act="ticket."), [6, 5, 4, 3, 2, 1]),
        (Filters(act="ticket_"), []),
        (Filters(target="ticket:3"), [3]),
        (Filters(since=MORNING + timedelta(minutes=5)), [6, 5]),
        (Filters(until=MORNING + timedelta(minutes=2)), [1]),
    ],
)
def test_entries_are_found(database: Database, filters: Filters, numbers: list[int]) -> None:
    acts(database, 6)
    with database.reading() as connection:
        found = queries.entries(connection, filters)
        pages = [
            [entry.id for entry in queries.entries(connection, filters, before, 2)]
            for before in (None, *numbers[1::2])
        ]
    assert [entry.detail["number"] for entry in found] == numbers
    assert [number for page in pages for number in page] == numbers


def test_a_migration_makes_the_rules_too(database: Database) -> None:
    """Alembic makes a table of its own by the same name: it is protected like the model's."""
    with database.writing() as connection:
        operations = Operations(MigrationContext.configure(connection))
        operations.drop_table("audit_entries")
        columns = [column._copy() for column in AuditEntry.__table__.columns]
        operations.create_table("audit_entries", *columns)
    acts(database, 1)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
        connection.execute(delete(AuditEntry))
    with database.writing() as connection:
        Operations(MigrationContext.configure(connection)).drop_table("audit_entries")
        if connection.dialect.name == "postgresql":
            left = text("SELECT count(*) FROM pg_proc WHERE proname = 'audit_is_append_only'")
            assert connection.execute(left).scalar_one() == 0
