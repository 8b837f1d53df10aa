"""Making an archive while calls go on: one consistent snapshot, and no lock that anybody feels."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Table, text

from app import schema
from app.backup.archive import ArchiveWriter
from app.backup.errors import BackupError
from app.backup.keys import key_ids
from app.backup.manifest import Manifest, Part, StoredTable
from app.backup.proving import prove
from app.backup.rows import bare_table, columns_of, line_of, rows_of
from app.blobs import BlobMissingError, BlobStore
from app.database import Base, Database
from app.people.audit.queries import Head

Stores = Sequence[tuple[str, BlobStore]]


def make(
    path: Path,
    database: Database,
    secrets: Sequence[str],
    flows_dir: Path,
    stores: Stores,
    at: datetime,
    *,
    replace: bool = False,
) -> tuple[Manifest, Head]:
    """Write an archive, prove it, and only then give it its name.

    `stores` are those whose files go with it, by the name of the folder they get. Returns what is
    in it and the head of its audit. Raises BackupError, also for an archive that is there already
    unless it may be replaced, and OSError when there is no room.
    """
    if path.exists() and not replace:
        raise BackupError(f"{path} is there already: name another file, or say --replace")
    unproved = path.with_name(f"{path.name}.part")
    try:
        with ArchiveWriter(unproved) as archive:
            manifest = _written(archive, database, secrets, flows_dir, stores, at)
            archive.finish(manifest)
        head = prove(unproved, secrets)
        unproved.replace(path)
    finally:
        unproved.unlink(missing_ok=True)
    return manifest, head


def _written(
    archive: ArchiveWriter,
    database: Database,
    secrets: Sequence[str],
    flows_dir: Path,
    stores: Stores,
    at: datetime,
) -> Manifest:
    schema.import_models()
    with snapshot(database) as connection:
        revision = schema.revision_of(connection)
        tables = tuple(_table(archive, connection, model) for model in Base.metadata.sorted_tables)
    # The files after the rows: a row whose file is not there is worse than a file without a row.
    files = (*_flows(archive, flows_dir), *_stored(archive, stores))
    backend: Literal["sqlite", "postgresql"] = "sqlite" if database.is_sqlite else "postgresql"
    return Manifest(
        made_at=at,
        database=backend,
        revision=revision,
        key_ids=key_ids(secrets),
        tables=tables,
        files=files,
    )


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """A connection that sees the database as it is now, however long it is looked at.

    Nobody waits for it: SQLite keeps what is written meanwhile in its log, PostgreSQL the rows as
    they were.
    """
    if database.is_sqlite:
        with database.reading() as connection:
            yield connection
        return
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with database.engine.connect().execution_options(**options) as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        yield connection
        connection.rollback()


def _table(archive: ArchiveWriter, connection: Connection, model: Table) -> StoredTable:
    columns = columns_of(model)
    key = tuple(one.name for one in model.primary_key)
    counted = 0

    def lines() -> Iterator[bytes]:
        nonlocal counted
        for row in rows_of(connection, bare_table(model.name, columns), key):
            counted += 1
            yield line_of(row)

    part = archive.add(f"tables/{model.name}.jsonl", lines())
    return StoredTable(name=model.name, columns=columns, key=key, rows=counted, part=part)


def _flows(archive: ArchiveWriter, folder: Path) -> Iterator[Part]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield archive.add(f"flows/{inside.as_posix()}", [path.read_bytes()])


def _stored(archive: ArchiveWriter, stores: Stores) -> Iterator[Part]:
    for name, store in stores:
        for key in sorted(store.keys()):
            try:
                first = store.chunks(key)
                yield archive.add(f"{name}/{key}", first, packed=False)
            except BlobMissingError:
                continue
