"""Whether a database may be filled from an archive, and making room in it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import MetaData, inspect, select, table, text

from app.backup.errors import BackupError
from app.database import Database

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


def insist_on_room(database: Database, *, replace: bool) -> None:
    """Raise BackupError for a database that holds something, unless it may go, or is in use."""
    if _holds_something(database) and not replace:
        raise BackupError(
            "the database of HOTLINE_DATABASE_URL is not empty: name another, or add --replace "
            "when all that it holds may go"
        )
    if _is_in_use(database):
        raise BackupError("the database is in use: stop the service and the worker first")


def drop_everything(database: Database) -> None:
    """Take every table away."""
    with database.writing() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        standing = MetaData()  # as it stands in the database, whatever the models say
        standing.reflect(connection)
        standing.drop_all(connection)


def sqlite_file(database: Database) -> Path:
    """The file of a SQLite database."""
    return Path(str(database.url.database))


def _holds_something(database: Database) -> bool:
    with database.reading() as connection:
        return any(
            connection.execute(select(text("1")).select_from(table(name)).limit(1)).first()
            for name in inspect(connection).get_table_names()
            if name != "alembic_version"
        )


def _is_in_use(database: Database) -> bool:
    if not database.is_sqlite:
        with database.reading() as connection:
            return bool(connection.execute(_OTHERS).scalar_one())
    database.close()  # nor by us
    return not _is_ours_alone(sqlite_file(database))


def _is_ours_alone(path: Path) -> bool:
    """Only who is alone can do away with the write-ahead log, which goes into the file by it."""
    with closing(sqlite3.connect(path, timeout=1.0)) as connection:
        try:
            mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            return False
    return bool(mode == "delete")
