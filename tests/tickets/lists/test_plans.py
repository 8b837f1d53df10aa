"""The reads of the desk go by their indexes: a scan of all tickets would be slow with many."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from app.database import Database
from app.tickets.filters.filter import TicketFilter
from app.tickets.jobs import RECURRING
from app.tickets.lists.queries import counts, desk, list_tickets
from app.tickets.search.queries import Seeker, search
from sqlalchemy import Connection, event, true
from tests.tickets.world import EVERYWHERE, FARMER, LI, NOON, TicketDesk, after, at_desk

AGENT = at_desk(LI, "agriculture")
CHOSEN = TicketFilter(department=("agriculture",))
ALL = Seeker(true(), EVERYWHERE)


@pytest.fixture
def crowded(sqlite_url: str) -> TicketDesk:
    """A desk with enough tickets for the planner to know better."""
    tickets = TicketDesk(Database(sqlite_url))
    for minutes in range(60):
        ticket = tickets.open(minutes=minutes, words="水井干了", caller_name="石秀英")
        if minutes < 50:
            tickets.settle(ticket, minutes + 1)
    with tickets.database.writing() as connection:
        connection.exec_driver_sql("ANALYZE")
    return tickets


@pytest.mark.parametrize(
    ("read", "index"),
    [
        (lambda c: list_tickets(c, TicketFilter(), true(), EVERYWHERE, order="due"), "due"),
        (lambda c: list_tickets(c, CHOSEN, true(), EVERYWHERE, order="due"), "department_due"),
        (lambda c: list_tickets(c, TicketFilter(), true(), EVERYWHERE), "opened_at"),
        (lambda c: desk(c, AGENT), "owner(_due)?"),
        (lambda c: counts(c, AGENT, NOON), "owner(_due)?"),
        (lambda c: search(c, "石秀英", ALL), "name"),
        (lambda c: search(c, FARMER, ALL), "caller_index"),
        (lambda c: RECURRING[0].is_due(c, after(1)), "state"),
    ],
)
def test_a_read_goes_by_its_index(
    crowded: TicketDesk, read: Callable[[Connection], Any], index: str
) -> None:
    plans = plans_of(crowded.database, read)
    assert any(re.search(rf"INDEX ix_tickets_{index}\b", plan) for plan in plans), plans
    assert "SCAN tickets" not in plans


def plans_of(database: Database, read: Callable[[Connection], Any]) -> list[str]:
    """What SQLite does for each statement of a read."""
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, given))

    with database.reading() as connection:
        event.listen(connection, "before_cursor_execute", note)
        read(connection)
        event.remove(connection, "before_cursor_execute", note)
        return [
            row[-1]
            for statement, given in statements
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]
