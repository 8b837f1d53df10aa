"""Migrations: up, down and up again on both databases, and nothing lacking."""

from pathlib import Path

import pytest
from app import schema
from app.database import Database
from sqlalchemy import inspect


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
    assert {"calls", "call_events", "tickets", "mediation_sessions", "jobs"} <= made
    database = Database(empty_database_url)
    assert schema.is_current(database)
    assert schema.differences(database) == []
    database.close()
    schema.downgrade(empty_database_url, "base")
    assert tables(empty_database_url) == set()
    schema.upgrade(empty_database_url)
    assert tables(empty_database_url) == made
