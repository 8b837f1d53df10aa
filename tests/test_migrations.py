"""Migrations: up, down and up again on both databases, and nothing lacking."""

from pathlib import Path

import pytest
from app import schema
from app.database import Database
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    url = str(request.getfixturevalue("postgresql_database_url"))
    database = Database(url)
    with database.writing() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    database.close()
    return url


def tables(url: str) -> set[str]:
    database = Database(url)
    found = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    database.close()
    return found


def test_up_down_and_up_again(empty_database_url: str) -> None:
    schema.upgrade(empty_database_url)
    made = tables(empty_database_url)
    assert {"calls", "call_events", "tickets", "mediation_sessions", "jobs", "staff"} <= made
    database = Database(empty_database_url)
    assert schema.is_current(database)
    assert schema.differences(database) == []
    database.close()
    schema.downgrade(empty_database_url, "base")
    assert tables(empty_database_url) == set()
    schema.upgrade(empty_database_url)
    assert tables(empty_database_url) == made


TICKET = text(
    "INSERT INTO tickets (number, source, kind, category, department, priority, state, language, "
    "caller, caller_index, call_sid, recording_sid, recording_seconds, words, note, confidential, "
    "opened_at, respond_due_at, complete_due_at) VALUES (:number, :number, 'appeal', 'land', "
    "'agriculture', 'normal', :state, 'zh-CN', '', '', '', '', 0, '', '', false, "
    "'2026-11-20 01:00:00', '2026-11-20 01:30:00', '2026-11-21 01:00:00')"
)


def test_tickets_that_stand_keep_their_promise(empty_database_url: str) -> None:
    schema.upgrade(empty_database_url, "0001")
    database = Database(empty_database_url)
    with database.writing() as connection:
        for number, state in (("1", "new"), ("2", "in_progress"), ("3", "closed")):
            connection.execute(TICKET, {"number": number, "state": state})
    schema.upgrade(empty_database_url)
    with database.reading() as connection:
        found = connection.execute(
            text(
                "SELECT state, due_at = respond_due_at, due_at = complete_due_at, "
                "next_alarm_at = opened_at, clock_started_at = opened_at, version, channel "
                "FROM tickets ORDER BY number"
            )
        ).all()
    assert [tuple(row) for row in found] == [
        ("new", True, False, True, True, 1, "phone"),
        ("in_progress", False, True, True, True, 1, "phone"),
        ("closed", None, None, None, True, 1, "phone"),
    ]
    schema.downgrade(empty_database_url, "0001")
    schema.upgrade(empty_database_url)
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM tickets")).scalar() == 3
    database.close()


def test_the_audit_of_a_migrated_database_cannot_be_changed(empty_database_url: str) -> None:
    schema.upgrade(empty_database_url)
    database = Database(empty_database_url)
    with database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_entries (id, at, actor, act, target, detail, previous, hash) "
                "VALUES (1, '2026-11-20 01:00:00', 'x', 'x', 'x', '{}', 'a', 'b')"
            )
        )
    for change in ("UPDATE audit_entries SET actor = 'y'", "DELETE FROM audit_entries"):
        with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
            connection.execute(text(change))
    database.close()
