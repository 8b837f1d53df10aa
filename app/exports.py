"""Exports of what stands in SQL, safe to open in a spreadsheet."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TextIO

from sqlalchemy import Connection, RowMapping

from app.calls.queries import export_calls, export_events
from app.database import Database, unlock
from app.mediation.queries import export_mediations
from app.settings import Settings
from app.tickets.queries import export_tickets
from app.web.cells import for_csv

Rows = Iterator[RowMapping] | Iterator[Mapping[str, object]]

PHONES = frozenset({"caller", "called", "number"})  # columns that hold telephones


def export_rows(settings: Settings, what: str, sid: str, limit: int) -> Rows:
    """The rows of an export, newest first; the events of a call in their order."""
    unlock(list(settings.secrets))
    queries: dict[str, Callable[[Connection], Rows]] = {
        "calls": lambda c: export_calls(c, limit),
        "events": lambda c: export_events(c, sid),
        "tickets": lambda c: export_tickets(c, limit),
        "mediations": lambda c: export_mediations(c, limit),
    }
    database = Database(settings.database_url)
    try:
        with database.reading() as connection:
            yield from queries[what](connection)
    finally:
        database.close()


def write_rows(rows: Iterable[RowMapping | Mapping[str, Any]], output: str, stream: TextIO) -> int:
    """Write rows as CSV with a header, or as one JSON object per line; returns how many."""
    writer: Any = None
    count = 0
    for row in rows:
        count += 1
        values = {name: _plain(value) for name, value in row.items()}
        if output == "json":
            stream.write(json.dumps(values, ensure_ascii=False) + "\n")
            continue
        if writer is None:
            writer = csv.DictWriter(stream, list(values))
            writer.writeheader()
        writer.writerow(
            {name: for_csv(value, is_phone=name in PHONES) for name, value in values.items()}
        )
    return count


def _plain(value: object) -> object:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
