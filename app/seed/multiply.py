"""Makes a database large: copies of what is settled, each one period further in the past.

For measuring pages with a hundred thousand tickets and a million call events. Encrypted columns
are copied as they are, so that it takes minutes and not hours.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, insert, select, text
from sqlalchemy.types import TypeDecorator

from app.calls.identities import Identities
from app.calls.models import Call, CallEvent, Recording
from app.database import Base, UTCDateTime, table_of
from app.insight.flow_numbers.models import JourneyCount, NodeCount, WayCount
from app.policies.models import UnansweredWords
from app.tickets.models import Ticket, TicketEvent
from app.tickets.notes.models import TicketNote
from app.tickets.search.models import TicketTerm

ROWS_AT_ONCE = 5_000
Row = dict[str, Any]

# Not those that are resolved: their callers would be asked about matters of years ago.
ANY = "1 = 1"
SETTLED = "state = 'closed' AND next_alarm_at IS NULL"
OF_SETTLED = f"ticket_id IN (SELECT id FROM tickets WHERE {SETTLED})"  # noqa: S608


def multiply(connection: Connection, times: int, period: timedelta, identities: Identities) -> None:
    """Add `times` copies of all calls and closed tickets, each `period` before the one before."""
    changes = _Changes(_largest(connection, Call), _largest(connection, Ticket), identities)
    plan: tuple[tuple[type[Base], str, Callable[[Row, int], Row]], ...] = (
        (Call, "ended_at IS NOT NULL", changes.call),
        (CallEvent, "call_sid IN (SELECT sid FROM calls WHERE ended_at IS NOT NULL)",
         changes.of_call),
        (Recording, "call_sid IS NOT NULL", changes.recording),
        (UnansweredWords, ANY, changes.of_call),
        *((model, ANY, _of_a_former_version) for model in (NodeCount, WayCount, JourneyCount)),
        (Ticket, SETTLED, changes.ticket),
        (TicketEvent, OF_SETTLED, changes.of_ticket),
        (TicketNote, OF_SETTLED, changes.of_ticket),
        (TicketTerm, OF_SETTLED, changes.of_ticket),
    )  # fmt: skip
    originals = [(model, _all(connection, model, where), change) for model, where, change in plan]
    for copy in range(1, times + 1):
        for model, rows, change in originals:
            _write(connection, model, (_moved(change(row, copy), copy * period) for row in rows))
    for model in (Call, Ticket):
        _count_on(connection, model)


@dataclass(frozen=True, slots=True)
class _Changes:
    """What of a row must differ in its copy: keys, numbers, and what it belongs to."""

    calls: int
    tickets: int
    identities: Identities

    def call(self, row: Row, copy: int) -> Row:
        parent = f"{row['parent_sid']}-{copy}" if row["parent_sid"] else None
        moved = {"sid": f"{row['sid']}-{copy}", "id": row["id"] + copy * self.calls}
        return row | moved | {"parent_sid": parent}

    def of_call(self, row: Row, copy: int) -> Row:
        return row | {"call_sid": f"{row['call_sid']}-{copy}", "id": None}

    def recording(self, row: Row, copy: int) -> Row:
        """A copy has no sound."""
        return self.of_call(row, copy) | {"sid": f"{row['sid']}-{copy}", "status": "absent"}

    def ticket(self, row: Row, copy: int) -> Row:
        return row | {
            "id": row["id"] + copy * self.tickets,
            "number": self.identities.ticket_number(),
            "source": f"{row['source']}-{copy}",
            "call_sid": f"{row['call_sid']}-{copy}" if row["call_sid"] else "",
            "merged_into_id": None,
        }

    def of_ticket(self, row: Row, copy: int) -> Row:
        changed = row | {"ticket_id": row["ticket_id"] + copy * self.tickets}
        if "id" in row:
            changed["id"] = None
        if "key" in row:
            changed["key"] = f"{row['key']}-{copy}"
        return changed


def _of_a_former_version(row: Row, copy: int) -> Row:
    """Numbers of a version of their own: the days of two copies may touch."""
    return row | {"version": f"{row['version']}-{copy}"}


def _largest(connection: Connection, model: type[Base]) -> int:
    largest: int = connection.execute(select(func.max(table_of(model).c.id))).scalar() or 0
    return largest


def _count_on(connection: Connection, model: type[Base]) -> None:
    """PostgreSQL numbers rows by a sequence that does not see the ids we gave."""
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
        connection.execute(select(func.setval(sequence, _largest(connection, model))))


def _plain(model: type[Base]) -> Table:
    """The table with plain types: what is encrypted stays so."""
    table = table_of(model).to_metadata(MetaData())
    for column in table.columns:
        if isinstance(column.type, TypeDecorator) and not isinstance(column.type, UTCDateTime):
            column.type = column.type.impl_instance
    return table


def _all(connection: Connection, model: type[Base], where: str) -> list[Row]:
    query = select(_plain(model)).where(text(where))
    return [dict(row) for row in connection.execute(query).mappings()]


def _moved(row: Row, by: timedelta) -> Row:
    return {
        name: value - by if isinstance(value, date) else value  # an instant is a date, too
        for name, value in row.items()
        if not (name == "id" and value is None)
    }


def _write(connection: Connection, model: type[Base], rows: Iterator[Mapping[str, Any]]) -> None:
    statement, batch = insert(_plain(model)), []
    for row in rows:
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            connection.execute(statement, batch)
            batch = []
    if batch:
        connection.execute(statement, batch)
