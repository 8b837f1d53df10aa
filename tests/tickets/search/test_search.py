"""Search by number, telephone, name and words, on both databases."""

import pytest
from app.tickets.amendments import Amendment, amend
from app.tickets.lists.paging import Cursor
from app.tickets.notes.service import add_note
from app.tickets.seal.sight import Viewer
from app.tickets.search import queries
from app.tickets.search.models import TicketTerm
from app.tickets.search.queries import Found, Seeker, search
from sqlalchemy import select, true
from tests.tickets.world import (
    AGRICULTURE,
    EVERYWHERE,
    LI,
    NEIGHBOUR,
    WANG,
    TicketDesk,
    after,
    at_desk,
)

ALL = Seeker(true(), EVERYWHERE)


def found(tickets: TicketDesk, query: str, seeker: Seeker = ALL) -> tuple[str, list[str]]:
    result = tickets.read(search, query, seeker)
    return result.how, [line.number for line in result.page.lines]


@pytest.fixture
def three(tickets: TicketDesk) -> list[str]:
    return [
        tickets.open(words="沙溪村的水井干了，吃水困难", caller_name="石秀英"),
        tickets.open(minutes=1, words="The water pipe in Shaxi is broken", caller=NEIGHBOUR),
        tickets.open(minutes=2, words="水库的鱼死了", place="沙溪村三组", caller_name="石秀英"),
    ]


@pytest.mark.parametrize(
    ("query", "how", "which"),
    [
        ("水井", "words", [0]),
        ("沙溪村", "words", [2, 0]),
        ("沙溪村 水库", "words", [2]),
        ("WATER pipe", "words", [1]),
        ("wat", "words", [1]),
        ("石秀英", "name", [2, 0]),
        ("138 0013 8001", "phone", [1]),
        ("+86 138-0013-8000", "phone", [2, 0]),
        ("13900139000", "words", []),
        ("石秀", "words", []),  # a part of a name is not a name
        ("水", "nothing", []),
        ("  ", "nothing", []),
        ("，。", "nothing", []),
    ],
)
def test_what_is_typed_is_understood(
    tickets: TicketDesk, three: list[str], query: str, how: str, which: list[int]
) -> None:
    assert found(tickets, query) == (how, [three[index] for index in which])


def test_a_number_finds_its_ticket(tickets: TicketDesk, three: list[str]) -> None:
    assert found(tickets, f" {three[1][:4]} {three[1][4:]} ") == ("number", [three[1]])
    assert found(tickets, "99999999")[1] == []


def test_a_search_stays_in_its_scope(tickets: TicketDesk, three: list[str]) -> None:
    elsewhere = Seeker(at_desk(LI, "water").scope, EVERYWHERE)
    for query in ("水井", "石秀英", "13800138000", three[0]):
        assert found(tickets, query, elsewhere)[1] == []
    at_home = Seeker(at_desk(LI, "agriculture").scope, EVERYWHERE)
    assert found(tickets, "水井", at_home)[1] == [three[0]]


def test_a_sealed_ticket_is_found_by_those_who_see_its_caller(tickets: TicketDesk) -> None:
    ticket = tickets.open(words="村会计贪了补偿款", caller_name="石秀英", confidential=True)
    tickets.move(ticket, "acknowledged", 1, LI)
    stranger, owner = Seeker(true(), Viewer(WANG)), Seeker(true(), Viewer(LI))
    for query in ("补偿款", "石秀英", "13800138000"):
        assert found(tickets, query, stranger)[1] == []
        assert found(tickets, query, owner)[1] == [ticket]
    result = tickets.read(search, ticket, stranger)
    assert [(line.number, line.caller) for line in result.page.lines] == [(ticket, "")]


def test_what_is_set_right_is_found_anew(tickets: TicketDesk, three: list[str]) -> None:
    better = Amendment(subject="鱼塘缺氧", place="桐木村")
    tickets.write(amend, three[2], better, "staff:1", after(5))
    assert found(tickets, "缺氧")[1] == [three[2]]
    assert found(tickets, "桐木")[1] == [three[2]]
    assert found(tickets, "三组")[1] == []
    assert found(tickets, "水库")[1] == [three[2]]  # its words are as they were


def test_pages_follow_each_other(tickets: TicketDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "BATCH", 3)
    opened = [tickets.open(minutes=n, words=f"水井干了 {n}") for n in range(10)]
    for query in ("水井", "13800138000"):
        seen: list[str] = []
        after_: Cursor | None = None
        for _ in range(6):
            page = tickets.read(search, query, ALL, after=after_, limit=4).page
            seen += [line.number for line in page.lines]
            after_ = page.next
            if after_ is None:
                break
        assert seen == opened[::-1]


def test_terms_that_meet_by_chance_are_not_found(tickets: TicketDesk) -> None:
    tickets.open(words="水井 井干 干了")
    assert found(tickets, "水井干了")[1] == []
    right = tickets.open(words="水井干了")
    assert found(tickets, "水井干了")[1] == [right]


def test_what_was_noted_is_found_too(tickets: TicketDesk, three: list[str]) -> None:
    tickets.write(add_note, three[0], "井台裂缝，要重打", "staff:1", after(5), key="1")
    tickets.write(add_note, three[0], "井台已经修好", "staff:1", after(6), key="2")
    assert found(tickets, "井台")[1] == [three[0]]
    assert found(tickets, "沙溪 裂缝 修好")[1] == [three[0]]
    better = Amendment(subject="井台", place="桐木村")
    tickets.write(amend, three[0], better, "staff:1", after(7))
    tickets.write(amend, three[0], Amendment(subject="水"), "staff:1", after(8))
    assert found(tickets, "井台")[1] == [three[0]]  # the notes still say so


def test_the_table_of_terms_tells_nothing(tickets: TicketDesk, three: list[str]) -> None:
    with tickets.database.reading() as connection:
        rows = connection.execute(select(TicketTerm.term)).scalars().all()
    assert len(rows) > 20
    assert all(term > 2**32 for term in rows)


def test_a_result_says_how_it_was_understood(tickets: TicketDesk) -> None:
    result = tickets.read(search, "水", ALL)
    assert result == Found("nothing", result.page)
    assert tickets.open(routing=AGRICULTURE)
