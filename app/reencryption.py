"""Writes encrypted columns anew with the first key: after a rotation, or for a faster cipher."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Row,
    Table,
    Text,
    bindparam,
    select,
    tuple_,
    type_coerce,
    update,
)

from app import schema
from app.database import Base, Database, EncryptedText, column_cipher

BATCH = 500  # rows a transaction: calls go on in between


def reencrypt(database: Database) -> int:
    """Go through every table; returns how many values were written anew.

    A value that changes meanwhile is left as its writer wrote it: with the first key.
    """
    schema.import_models()
    return sum(_reencrypt(database, table) for table in Base.metadata.sorted_tables)


def _reencrypt(database: Database, table: Table) -> int:
    columns = [column for column in table.columns if isinstance(column.type, EncryptedText)]
    if not columns:
        return 0
    key = tuple(table.primary_key.columns)
    written, last = 0, None
    while True:
        with database.writing() as connection:
            rows = _rows_after(connection, key, columns, last)
            written += sum(_write(connection, key, column, rows) for column in columns)
        if len(rows) < BATCH:
            return written
        last = rows[-1][: len(key)]


def _rows_after(
    connection: Connection,
    key: Sequence[Column[Any]],
    columns: Sequence[Column[Any]],
    last: Sequence[Any] | None,
) -> Sequence[Row[Any]]:
    """The next rows, their values as they are stored."""
    stored = (type_coerce(column, Text).label(column.name) for column in columns)
    named = (part.label(_key_name(number)) for number, part in enumerate(key))
    query = select(*named, *stored).order_by(*key).limit(BATCH)
    if last is not None:
        query = query.where(tuple_(*key) > tuple_(*last))
    return connection.execute(query).all()


def _write(
    connection: Connection,
    key: Sequence[Column[Any]],
    column: Column[Any],
    rows: Sequence[Row[Any]],
) -> int:
    cipher = column_cipher()
    names = [_key_name(number) for number in range(len(key))]
    changes = [
        {
            **dict(zip(names, row, strict=False)),
            "stored": stored,
            "fresh": cipher.encrypt(cipher.decrypt(stored)),
        }
        for row in rows
        if (stored := row._mapping[column.name]) and not cipher.is_current(stored)
    ]
    if changes:
        connection.execute(
            update(column.table)
            .where(*(part == bindparam(name) for part, name in zip(key, names, strict=True)))
            .where(type_coerce(column, Text) == bindparam("stored", type_=Text))
            .values({column: type_coerce(bindparam("fresh", type_=Text), Text)}),
            changes,
        )
    return len(changes)


def _key_name(number: int) -> str:
    return f"row_key_{number}"
