"""Rows of an archive into the tables of an empty database, counted and followed afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from app import schema
from app.backup.archive import ArchiveReader
from app.backup.errors import BackupError
from app.backup.manifest import Manifest, StoredTable
from app.backup.proving import rows_in
from app.backup.rows import AT_ONCE, bare_table
from app.database import Database
from app.people.audit.queries import verify

_REFERENCES = text(
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)


def fill(database_url: str, archive: ArchiveReader) -> None:
    """Make the tables as they were, load the rows, check them, and migrate to the newest schema.

    Raises BackupError when something did not come back.
    """
    schema.upgrade(database_url, archive.manifest.revision)
    database = Database(database_url)
    try:
        references = _judged_at_the_end if database.is_sqlite else _judged_anew
        with database.writing() as connection, references(connection):
            _load(connection, archive)
        _check(database, archive.manifest)
    finally:
        database.close()
    schema.upgrade(database_url)


def _load(connection: Connection, archive: ArchiveReader) -> None:
    for table in archive.manifest.tables:
        into = insert(bare_table(table.name, table.columns))
        for some in _portions(rows_in(archive, table)):
            connection.execute(into, some)
        if connection.dialect.name == "postgresql":
            _count_on(connection, table)


def _portions(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some


@contextmanager
def _judged_at_the_end(connection: Connection) -> Iterator[None]:
    """References wait for the commit: a ticket may be merged into a later one."""
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    yield


@contextmanager
def _judged_anew(connection: Connection) -> Iterator[None]:
    """PostgreSQL's references are taken away and put back, which judges every row."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    references = connection.execute(_REFERENCES).all()
    for table, name, _ in references:
        connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    for table, name, definition in references:
        connection.exec_driver_sql(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _count_on(connection: Connection, table: StoredTable) -> None:
    """New rows get numbers after those that came in."""
    bare = bare_table(table.name, table.columns)
    for key in table.key:
        sequence = func.pg_get_serial_sequence(table.name, key)
        name = connection.execute(select(sequence)).scalar()
        last = connection.execute(select(func.max(bare.c[key]))).scalar() if name else None
        if last is not None:
            connection.execute(select(func.setval(name, last)))


def _check(database: Database, manifest: Manifest) -> None:
    with database.reading() as connection:
        for table in manifest.tables:
            if _count(connection, table) != table.rows:
                raise BackupError(f"not all rows of {table.name} came back: begin anew")
        broken = verify(connection)
    if broken:
        raise BackupError(f"entry {broken.id} of the restored audit is {broken.why}")


def _count(connection: Connection, table: StoredTable) -> int:
    bare = bare_table(table.name, table.columns)
    return connection.execute(select(func.count()).select_from(bare)).scalar_one()
