"""What carries the pages is read by indexes, on both databases, without statistics on SQLite.

A made-up county is copied into the past until its tables are too large to be read whole; then each
read is asked how it would go. It fails when an index is no longer used, or when a table that grows
is read from end to end.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from app.bench.addresses import sample_of
from app.calls.live.today import today
from app.calls.log import queries as calls
from app.calls.log.filter import CallFilter
from app.calls.log.sight import Sight
from app.database import Database, blind_index
from app.jobs.queries import next_due
from app.main import assemble
from app.people.access.scope import Scope
from app.people.alerts.models import Alert
from app.people.alerts.queries import count_open
from app.seed.multiply import multiply
from app.seed.numbers import UnusedNumbers
from app.seed.quarter import seed_quarter
from app.tickets.filters.filter import TicketFilter
from app.tickets.links.queries import family
from app.tickets.lists import queries as tickets
from app.tickets.models import Ticket
from app.tickets.numbers import fresh_number
from app.tickets.seal.sight import Viewer
from app.tickets.search.queries import Seeker, search
from app.tickets.timeline.queries import timeline
from sqlalchemy import Connection, event, insert, text, true
from tests.stories.county import story_settings

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
COPIES = 60
STAFF = 3  # of those who have been told
LONGEST_LINE = 160
LARGE = ("tickets", "ticket_events", "ticket_terms", "ticket_notes", "calls", "call_events")
OPEN = ("new", "acknowledged", "in_progress", "waiting", "reopened")
SOMEBODY = Viewer(3)
EVERYWHERE, ONE_DEPARTMENT = Scope(frozenset({("*", "*")})), Scope(frozenset({("water", "*")}))
ALL = Sight(EVERYWHERE, SOMEBODY, sees_callers=True)
SOME = Sight(ONE_DEPARTMENT, SOMEBODY, sees_callers=True)

Read = Callable[[Connection], Any]


def listed(order: tickets.Order = "newest", scope: Any = None, **chosen: Any) -> Read:
    """A page of the list of tickets."""
    where = true() if scope is None else scope
    return lambda c: tickets.list_tickets(c, TicketFilter(**chosen), where, SOMEBODY, order=order)


def logged(sight: Sight = ALL, **chosen: Any) -> Read:
    """A page of the log of calls."""
    return lambda c: calls.list_calls(c, CallFilter(**chosen), sight)


# The indexes of which one must be used. While few are open, PostgreSQL rightly sorts the open
# ones instead of following those that are due.
OF_OPEN = ("_due", "ix_tickets_state")
READS: dict[str, tuple[Read, str | tuple[str, ...]]] = {
    "tickets": (listed(), "ix_tickets_opened_at"),
    "of a department": (listed(scope=Ticket.department == "water"), "ix_tickets_department"),
    "closed": (listed(state=("closed",)), "ix_tickets_"),
    "of a category": (listed(category=("housing",)), "ix_tickets_category"),
    "of a kind": (listed(kind=("mediation",)), "ix_tickets_kind"),
    "of a place": (listed(place="茶亭村"), "ix_tickets_place"),
    "open": (listed(state=OPEN), OF_OPEN),
    "open, normal": (listed(state=OPEN, priority=("normal",)), OF_OPEN),
    "open, by telephone": (listed("due", state=OPEN, channel=("phone",)), OF_OPEN),
    "open, somebody's": (listed("due", state=OPEN, owner=("3",)), OF_OPEN),
    "late": (listed("due", due_before=NOW), "_due"),
    "urgent and closed": (
        listed(state=("closed",), priority=("never",)), "ix_tickets_priority"
    ),
    "calls": (logged(), "ix_calls_started_at"),
    "calls, seen by few": (logged(SOME), "ix_calls_started_at"),
    "calls with a ticket": (logged(ticket="yes"), "ix_calls_started_at"),
    "calls without one": (logged(ticket="no"), "ix_calls_started_at"),
    "calls with a recording": (logged(recording="yes"), "ix_calls_started_at"),
    "calls of somebody": (
        lambda c: calls.calls_of(c, blind_index("+8613800138000"), ALL, 8), "ix_calls_caller_index"
    ),
    "search by name": (lambda c: search(c, "王建国", Seeker(true(), SOMEBODY)), "ix_tickets_name"),
    "search by words": (
        lambda c: search(c, "停水三天", Seeker(true(), SOMEBODY)), "ticket_terms"
    ),
    "today": (lambda c: today(c, NOW), "ix_calls_started_at"),
    "alerts": (lambda c: count_open(c, 3), "ix_alerts_open"),
    "jobs": (next_due, "ix_jobs_waiting"),
}  # fmt: skip


@pytest.fixture
def large(database_url: str, tmp_path: Path) -> Database:
    """A county with thousands of tickets."""
    address = "http://127.0.0.1:1"
    service = assemble(story_settings(database_url, address, address, tmp_path))
    seed_quarter(service, NOW, days=1, a_day=30)
    with service.database.writing() as connection:
        multiply(connection, COPIES, timedelta(days=1), UnusedNumbers(fresh_number))
        _have_been_told(connection, NOW)
    if not service.database.is_sqlite:
        with service.database.writing() as connection:
            connection.execute(text("ANALYZE"))
    return service.database


def _have_been_told(connection: Connection, at: datetime) -> None:
    """Everybody has taken note of many alerts: only then does the index of open ones pay."""
    told = [
        {
            "key": f"told:{number}",
            "staff_id": 1 + number % STAFF,
            "kind": "ticket.due_soon",
            "words": "{}",
            "ways": "console",
            "at": at,
            "acknowledged_at": at,
        }
        for number in range(2_000)
    ]
    connection.execute(insert(Alert), told)


def test_what_carries_the_pages_goes_by_its_index(large: Database) -> None:
    with large.reading() as connection:
        sample = sample_of(connection)
        ticket = tickets.find_ticket(connection, sample.numbers[3], true(), SOMEBODY)
    assert ticket is not None
    reads = READS | {
        "a ticket": (
            lambda c: tickets.find_ticket(c, ticket.number, true(), SOMEBODY), "number"
        ),
        "its history": (lambda c: timeline(c, ticket, family(c, ticket.id)), "ix_ticket_events_ticket_id"),
        "a call": (
            lambda c: calls.find_call(c, sample.sids[3], ALL), ("(call_sid=", "((call_sid)::text=")
        ),
    }  # fmt: skip
    wrong = []
    for name, (read, indexes) in reads.items():
        plan = plan_of(large, read).replace(" = ", "=")
        whole = [table for table in LARGE if reads_whole(plan, table)]
        wanted = (indexes,) if isinstance(indexes, str) else indexes
        if not any(index in plan for index in wanted) or whole or "hashed SubPlan" in plan:
            wrong.append(f"{name} (reads whole: {whole}):\n{plan}")
    large.close()
    assert not wrong, "\n\n".join(wrong)


def plan_of(database: Database, read: Read) -> str:
    """How a database would go about the statements of a read, a step a line."""
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            statements.append((statement, given))

    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.engine.connect() as connection:
        if (
            not database.is_sqlite
        ):  # to know whether it could, not whether a small table is worth it
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        event.listen(connection, "before_cursor_execute", note)
        read(connection)
        event.remove(connection, "before_cursor_execute", note)
        return "\n".join(
            str(row[-1])[:LONGEST_LINE]
            for statement, given in statements
            for row in connection.exec_driver_sql(f"{explain} {statement}", given)
        )


def reads_whole(plan: str, table: str) -> bool:
    """Whether a plan reads a table from end to end, in no order of use."""
    lines = [line.strip() for line in plan.splitlines()]
    return any(line == f"SCAN {table}" or f"Seq Scan on {table} " in line for line in lines)
