"""Rows as they stand in a database, and as they are written: encrypted columns stay encrypted."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    Double,
    Integer,
    LargeBinary,
    String,
    Table,
    TableClause,
    Text,
    column,
    select,
    table,
)
from sqlalchemy.types import TypeEngine

from app.backup.manifest import Kind, StoredColumn
from app.database import EncryptedText, UTCDateTime

AT_ONCE = 2_000

# As values are read and written; above all no cipher between the column and the archive.
_PLAIN: Mapping[Kind, TypeEngine[Any]] = {
    "text": Text(),
    "encrypted": Text(),
    "integer": BigInteger(),
    "number": Double(),
    "boolean": Boolean(),
    "time": UTCDateTime(),
    "date": Date(),
    "bytes": LargeBinary(),
}
_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (EncryptedText, "encrypted"),
    (UTCDateTime, "time"),
    (Boolean, "boolean"),
    (Integer, "integer"),
    (Double, "number"),
    (Date, "date"),
    (LargeBinary, "bytes"),
    (String, "text"),
)


def columns_of(model: Table) -> tuple[StoredColumn, ...]:
    """The columns of a table and their kinds. Raises TypeError for a type unknown here."""
    return tuple(StoredColumn(name=one.name, kind=_kind(one.type)) for one in model.columns)


def bare_table(name: str, columns: Sequence[StoredColumn]) -> TableClause:
    """A table with plain types, whatever the models of this version say of it."""
    return table(name, *(column(one.name, _PLAIN[one.kind]) for one in columns))


def rows_of(
    connection: Connection, bare: TableClause, key: Sequence[str]
) -> Iterator[Sequence[Any]]:
    """All rows in the order of their key, some at a time."""
    query = select(bare).order_by(*(bare.c[name] for name in key))
    streaming = connection.execution_options(yield_per=AT_ONCE)
    yield from streaming.execute(query)


def line_of(row: Sequence[Any]) -> bytes:
    """A row as a line of JSON."""
    text = json.dumps(list(row), ensure_ascii=False, separators=(",", ":"), default=_said)
    return text.encode() + b"\n"


def row_of(line: bytes, columns: Sequence[StoredColumn]) -> dict[str, Any]:
    """A line as a row. Raises ValueError for what is not a row of these columns."""
    values = json.loads(line)
    if not isinstance(values, list) or len(values) != len(columns):
        raise ValueError("not a row of its table")
    return {
        one.name: _READ[one.kind](value) if value is not None and one.kind in _READ else value
        for one, value in zip(columns, values, strict=True)
    }


_READ: Mapping[Kind, Callable[[str], object]] = {
    "time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "bytes": base64.b64decode,
}


def _kind(sql_type: TypeEngine[Any]) -> Kind:
    for known, kind in _KINDS:
        if isinstance(sql_type, known):
            return kind
    raise TypeError(f"no backup knows columns of the type {sql_type!r}")


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be written")
