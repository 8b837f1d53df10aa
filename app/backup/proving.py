"""Proving an archive: every hash and count, the chain of the audit, and that our key opens it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import InvalidToken

from app.backup.archive import ArchiveReader, opened
from app.backup.errors import BackupError
from app.backup.keys import insist_on_keys
from app.backup.manifest import StoredTable
from app.backup.rows import row_of
from app.database import column_cipher
from app.people.audit.queries import Broken, Head, follow

AUDIT = "audit_entries"
DECRYPTED = 20  # rows of each table: the key fits or it does not
Row = dict[str, Any]


def prove(path: Path, secrets: Sequence[str]) -> Head:
    """Read the whole archive; returns the head of its audit. Raises BackupError."""
    with opened(path) as archive:
        insist_on_keys(archive.manifest.key_ids, secrets)
        head = Head.none()
        for table in archive.manifest.tables:
            rows = _proved(archive, table)
            if table.name == AUDIT:
                head = _followed(path, rows)
            else:
                for _ in rows:
                    pass
        for part in archive.manifest.files:
            for _ in archive.pieces(part):
                pass
    return head


def rows_in(archive: ArchiveReader, table: StoredTable) -> Iterator[Row]:
    """The rows of a table. Raises BackupError where they are not as the manifest says."""
    found = 0
    for line in archive.lines(table.part):
        found += 1
        try:
            yield row_of(line, table.columns)
        except ValueError as error:
            raise BackupError(f"row {found} of {table.name} cannot be read") from error
    if found != table.rows:
        raise BackupError(f"{table.name} has {found} rows where {table.rows} were written")


def _proved(archive: ArchiveReader, table: StoredTable) -> Iterator[Row]:
    encrypted = [one.name for one in table.columns if one.kind == "encrypted"]
    for number, row in enumerate(rows_in(archive, table)):
        if number < DECRYPTED:
            _open(table, row, encrypted)
        yield row


def _open(table: StoredTable, row: Row, encrypted: Sequence[str]) -> None:
    try:
        for name in encrypted:
            if row[name]:
                column_cipher().decrypt(row[name])
    except (InvalidTag, InvalidToken) as error:
        raise BackupError(f"HOTLINE_SECRET_KEY does not open {table.name}.{name}") from error


def _followed(path: Path, rows: Iterator[Row]) -> Head:
    found = follow(rows)
    if isinstance(found, Broken):
        raise BackupError(f"entry {found.id} of the audit in {path} is {found.why}")
    return found
