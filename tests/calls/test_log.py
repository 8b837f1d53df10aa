"""The log: filters, pages, who sees what."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from app.calls.log import queries
from app.calls.log.filter import CallFilter
from app.calls.log.sight import Sight, masked, sight_of
from app.database import Database
from app.people.access.rights import Role
from app.people.access.visitor import Grant, Kind, Visitor
from app.tickets.links.models import TicketCall
from sqlalchemy import insert
from tests.fixtures.callbook import CALLER, CallBook

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
OTHER = "+8613900001111"
OFFICER = "+867451000101"


def who(role: str, department: str = "*", staff_id: int = 7) -> Sight:
    return sight_of(Visitor(Kind.staff, staff_id, grants=(Grant.of(Role(role), department),)))


ANYBODY = who("supervisor")


@pytest.fixture
def book(database: Database) -> CallBook:
    return CallBook(database, NOON)


def found(
    book: CallBook, sight: Sight = ANYBODY, telephones: tuple[str, ...] = (), **by: Any
) -> str:
    chosen = CallFilter.parse({name: str(value) for name, value in by.items()})
    with book.database.reading() as connection:
        page = queries.list_calls(connection, chosen, sight, frozenset(telephones)).page
    return " ".join(line.call.sid for line in page.lines)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ({}, "a b c d"),
        ({"direction": "inbound"}, "a b d"),
        ({"direction": "outbound"}, "c"),
        ({"status": "no-answer"}, "c"),
        ({"outcome": "abandoned"}, "b"),
        ({"language": "en-US"}, "b"),
        ({"phone": OTHER}, "b c"),
        ({"phone": "+8613"}, ""),
        ({"recording": "yes"}, "a"),
        ({"recording": "no"}, "b c d"),
        ({"ticket": "yes"}, "a b"),
        ({"ticket": "no"}, "c d"),
        ({"at_least": "60"}, "b d"),
        ({"since": "2026-11-24"}, "a b c"),
        ({"until": "2026-11-23"}, "d"),
        ({"since": "2026-11-23", "until": "2026-11-23"}, "d"),
        ({"since": "soon", "status": "nonsense", "at_least": "-1"}, "a b c d"),
        ({"direction": "inbound", "language": "en-US", "at_least": "60"}, "b"),
    ],
)
def test_filters(book: CallBook, by: dict[str, str], expected: str) -> None:
    book.call("a", ago=60)
    book.leg("a", "a1", OFFICER)
    book.recording("RE1", "a")
    book.ticket("10000001", "a")
    book.call("b", ago=120, caller=OTHER, language="en-US", outcome="abandoned", seconds=90)
    about = book.ticket("10000002", "")
    with book.database.writing() as connection:
        connection.execute(
            insert(TicketCall).values(ticket_id=about, call_sid="b", kind="callback", at=NOON)
        )
    book.call("c", ago=180, caller=OTHER, direction="outbound-api", status="no-answer", seconds=0)
    book.call("d", ago=13 * 3600, seconds=600)
    assert found(book, **by) == expected


@pytest.mark.parametrize(
    ("status", "expected"), [("completed", "a"), ("in-progress", "a"), ("no-answer", "")]
)
def test_who_was_reached(book: CallBook, status: str, expected: str) -> None:
    book.call("a", ago=60)
    book.leg("a", "a1", OFFICER, status)
    book.call("b", ago=120)
    book.leg("b", "b1", "+867451000102")
    assert found(book, telephones=(OFFICER,), reached="officers") == expected
    assert found(book, telephones=(), reached="nobody") == ""


def test_pages_follow_each_other_without_gaps(book: CallBook) -> None:
    for number in range(11):
        book.call(f"c{number:02}", ago=number // 3 * 60 + 60)  # several in the same instant
    seen, after = [], None
    with book.database.reading() as connection:
        while True:
            page = queries.list_calls(connection, CallFilter(), ANYBODY, after=after, limit=4).page
            seen += [line.call.sid for line in page.lines]
            after = page.next
            if after is None:
                break
        portions = list(queries.export_calls(connection, CallFilter(), ANYBODY))
    assert sorted(seen) == [f"c{number:02}" for number in range(11)]
    assert len(seen) == len(set(seen))
    assert [line.call.sid for line in portions[0]] == seen


def test_a_page_looks_at_no_more_than_so_many_calls(
    book: CallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LOOKED_AT", 3)
    for number in range(8):
        book.call(f"c{number}", ago=60 * number + 60, outcome="banned" if number == 6 else "")
    chosen, after, looks = CallFilter(outcome="banned"), None, 0
    with book.database.reading() as connection:
        while True:
            result = queries.list_calls(connection, chosen, ANYBODY, after=after, limit=2)
            looks += 1
            if result.page.lines:
                break
            after = result.looked_until
            assert after is not None
    assert [line.call.sid for line in result.page.lines] == ["c6"]
    assert looks == 2
    with book.database.reading() as connection:
        exported = [
            one.call.sid
            for part in queries.export_calls(connection, chosen, ANYBODY)
            for one in part
        ]
    assert exported == ["c6"]


@pytest.mark.parametrize(
    ("sight", "expected"),
    [
        (who("supervisor"), "a b c d"),
        (who("ops"), "a b c d"),
        (who("agent", ""), "a b c d"),  # the hotline's own desk takes all calls
        (who("agent", "agriculture"), "a b"),
        (who("agent", "justice"), "c"),
        (who("agent", "water", staff_id=3), "c"),  # their own ticket
        (Sight(sight_of(Visitor(Kind.staff)).scope, ANYBODY.viewer, True), ""),
    ],
)
def test_a_department_sees_the_calls_of_its_tickets(
    book: CallBook, sight: Sight, expected: str
) -> None:
    for sid, ago in (("a", 60), ("b", 120), ("c", 180), ("d", 240)):
        book.call(sid, ago=ago)
    book.ticket("10000001", "a")
    about = book.ticket("10000002", "")
    with book.database.writing() as connection:
        connection.execute(
            insert(TicketCall).values(ticket_id=about, call_sid="b", kind="callback", at=NOON)
        )
    book.ticket("10000003", "c", department="justice", owner_id=3)
    assert found(book, sight) == expected
    with book.database.reading() as connection:
        opened = [sid for sid in "abcd" if queries.find_call(connection, sid, sight)]
    assert " ".join(opened) == expected


SEES = pytest.mark.parametrize(
    ("sight", "sees", "by_number"),
    [
        (who("agent"), False, "b"),
        (who("agent", staff_id=3), True, "a b"),  # the owner
        (who("admin"), False, "b"),
        (who("supervisor"), True, "a b"),
        (who("supervisor", "agriculture"), True, "a"),
        (who("auditor"), True, "a b"),
    ],
)


@SEES
def test_a_sealed_caller_stays_hidden(
    book: CallBook, sight: Sight, sees: bool, by_number: str
) -> None:
    book.call("a", ago=60)
    book.event("a", "step:0", told={"given": "spoke"}, words="我叫张三")
    book.ticket("10000001", "a", confidential=True, owner_id=3)
    book.call("b", ago=120)
    with book.database.reading() as connection:
        call = queries.find_call(connection, "a", sight)
        by_phone = found(book, sight, phone=CALLER)
        whose = queries.calls_of(connection, index_of(book, "a"), sight, 10)
    assert call is not None
    assert (call.listed.call.caller, call.listed.call.hidden) == (CALLER if sees else "", not sees)
    assert call.events[0].words == ("我叫张三" if sees else None)
    assert by_phone == by_number
    assert " ".join(one.call.sid for one in whose) == by_number


def test_who_sees_no_tickets_sees_no_callers(book: CallBook) -> None:
    book.call("a")
    book.event("a", "step:0", told={"given": "spoke"}, words="我叫张三")
    ops = who("ops")
    with book.database.reading() as connection:
        call = queries.find_call(connection, "a", ops)
    assert call is not None
    assert call.listed.call.caller == "138****8000"
    assert call.events[0].words is None
    assert found(book, ops, phone=CALLER) == ""


def index_of(book: CallBook, sid: str) -> str:
    from app.calls.models import Call
    from sqlalchemy import select

    with book.database.reading() as connection:
        return str(
            connection.execute(select(Call.caller_index).where(Call.sid == sid)).scalar_one()
        )


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613800138000", "138****8000"),
        ("+14155550100", "+14****0100"),
        ("+8612345", "****"),
        ("anonymous", "anonymous"),
        ("", ""),
    ],
)
def test_masked(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_a_filter_is_its_address() -> None:
    given = {
        "since": "2026-11-01", "until": "2026-11-24", "direction": "inbound", "status": "busy",
        "outcome": "abandoned", "language": "zh-CN", "phone": CALLER, "reached": "officers",
        "recording": "yes", "ticket": "no", "at_least": "60",
    }  # fmt: skip
    chosen = CallFilter.parse(given)
    assert chosen.chosen == given
    assert chosen.since == date(2026, 11, 1)
    assert CallFilter.parse({}).query() == ""
