"""Rows of an archive into the tables of an empty database, counted and followed afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, ForeignKeyConstraint, Table, func, insert, select, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from app import schema
from app.backup.archive import ArchiveReader
from app.backup.errors import BackupError
from app.backup.manifest import Manifest, StoredTable
from app.backup.proving import rows_in
from app.backup.room import standing
from app.backup.rows import AT_ONCE, bare_table
from app.database import Database
from app.people.audit.queries import verify


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
    tables = standing(connection).tables.values()
    references = [
        constraint
        for table in tables
        for constraint in table.constraints
        if isinstance(constraint, ForeignKeyConstraint)
    ]
    for reference in references:
        connection.execute(DropConstraint(reference))
    yield
    for reference in references:
        connection.execute(AddConstraint(reference))
    for table in tables:
        _count_on(connection, table)


def _count_on(connection: Connection, table: Table) -> None:
    """New rows get numbers after those that came in."""
    for key in table.primary_key:
        sequence = func.pg_get_serial_sequence(table.name, key.name)
        name = connection.execute(select(sequence)).scalar()
        last = connection.execute(select(func.max(key))).scalar() if name else None
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
