"""Following up calls: each judged once, one task per caller, also with two workers at once."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from app.calls.models import Call
from app.calls.writes import CallSeen, ensure_call
from app.database import Database
from app.flows.check_digit import check_digit
from app.tickets.callbacks.missed import MissedCalls
from app.tickets.models import Ticket, TicketEvent
from sqlalchemy import select, update
from tests.flows.folders import shipped

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FARMER, NEIGHBOUR = "+8613800138000", "+8613800138001"
LIBRARY = shipped()


def numbers(start: int = 1_000_000) -> Callable[[], str]:
    def count() -> Iterator[str]:
        for digits in range(start, start + 1_000):
            yield str(digits) + check_digit(str(digits))

    return count().__next__


def missed_calls(start: int = 1_000_000) -> MissedCalls:
    return MissedCalls(lambda: LIBRARY.directory, numbers(start))


def ended(database: Database, sid: str, caller: str = FARMER, at: datetime = NOON) -> None:
    """A call that was abandoned after half a minute."""
    with database.writing() as connection:
        ensure_call(connection, CallSeen(sid, "inbound", caller, "+867451012345", at))
        connection.execute(
            update(Call)
            .where(Call.sid == sid)
            .values(status="completed", ended_at=at + timedelta(seconds=30), seconds=30)
        )


def follow_up(database: Database, minutes: float, missed: MissedCalls | None = None) -> int:
    with database.writing() as connection:
        return (missed or missed_calls()).follow_up(connection, NOON + timedelta(minutes=minutes))


def rows(database: Database, *columns: Any) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(columns[0]))]


def test_a_call_is_judged_a_minute_after_its_end(database: Database) -> None:
    ended(database, "CA1")
    assert follow_up(database, 1) == 0
    assert follow_up(database, 1.6) == 1
    assert follow_up(database, 3) == 0
    assert rows(database, Ticket.kind, Ticket.note) == [("callback", "missed call: abandoned")]
    assert rows(database, Call.sid, Call.outcome) == [("CA1", "abandoned")]


def test_what_is_older_than_a_week_is_history(database: Database) -> None:
    ended(database, "CA1")
    assert follow_up(database, 7 * 24 * 60 + 1) == 0


@pytest.mark.parametrize("caller", ["anonymous", "", "Restricted"])
def test_a_withheld_number_opens_nothing(database: Database, caller: str) -> None:
    ended(database, "CA1", caller)
    assert follow_up(database, 5) == 1
    assert rows(database, Ticket.kind) == []


def test_another_call_is_noted_and_a_settled_task_makes_room_for_a_new_one(
    database: Database,
) -> None:
    missed = missed_calls()
    ended(database, "CA1")
    follow_up(database, 5, missed)
    ended(database, "CA2", at=NOON + timedelta(minutes=6))
    follow_up(database, 10, missed)
    assert len(rows(database, Ticket.id)) == 1
    assert ("called_again",) in rows(database, TicketEvent.event)
    with database.writing() as connection:
        connection.execute(update(Ticket).values(state="closed"))
    ended(database, "CA3", at=NOON + timedelta(minutes=20))
    follow_up(database, 30, missed)
    assert len(rows(database, Ticket.id)) == 2


def test_two_workers_at_once_open_one_task_per_caller(database: Database) -> None:
    for order in range(4):
        ended(database, f"CA{order}", FARMER if order % 2 else NEIGHBOUR)
    start, failures = Barrier(2), []

    def work(first: int) -> None:
        start.wait()
        try:
            follow_up(database, 5, missed_calls(first))
        except Exception as error:  # the job is done again
            failures.append(error)

    threads = [Thread(target=work, args=(first,)) for first in (2_000_000, 3_000_000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    follow_up(database, 6, missed_calls(4_000_000))
    assert failures == []
    assert sorted(rows(database, Ticket.caller)) == [(FARMER,), (NEIGHBOUR,)]
    assert {outcome for _, outcome in rows(database, Call.sid, Call.outcome)} == {"abandoned"}
    assert rows(database, TicketEvent.event).count(("called_again",)) == 2
