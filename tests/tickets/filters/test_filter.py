"""Filters: from an address to SQL and back; saved ones."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from app.tickets.errors import RefusedError
from app.tickets.filters.filter import TicketFilter
from app.tickets.filters.queries import saved_filters
from app.tickets.filters.service import MOST, delete_filter, save_filter
from app.tickets.lists.queries import list_tickets
from app.tickets.routing import Routing
from app.tickets.seal.sight import Viewer
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import true
from tests.tickets.world import EVERYWHERE, LI, NOON, WANG, TicketDesk, after

WORD = st.text(st.sampled_from("abc_水井&=+% "), min_size=1, max_size=8).map(str.strip).filter(bool)
WORDS = st.lists(WORD, max_size=3).map(tuple)
INSTANT = st.none() | st.integers(0, 10**7).map(lambda seconds: NOON + timedelta(seconds=seconds))


@given(
    st.builds(
        TicketFilter,
        state=WORDS,
        department=WORDS,
        category=WORDS,
        owner=st.lists(st.sampled_from(["1", "27", "none"]), max_size=2).map(tuple),
        place=WORD | st.just(""),
        sealed=st.none() | st.booleans(),
        due_before=INSTANT,
        opened_from=INSTANT,
        opened_before=INSTANT,
    )
)
def test_an_address_is_read_back_as_the_same_filter(chosen: TicketFilter) -> None:
    query = chosen.query()
    assert TicketFilter.parse(parse_qsl(query)) == chosen


@pytest.mark.parametrize(
    "query",
    [
        "owner=robert'); DROP",
        "due_before=soon",
        "opened_from=2026-11-23T08:00",
        "sealed=perhaps",
        "x=1",
    ],
)
def test_what_makes_no_sense_is_left_out(query: str) -> None:
    assert TicketFilter.parse(parse_qsl(query)) == TicketFilter()


@pytest.fixture
def four(tickets: TicketDesk) -> list[str]:
    opened = [
        tickets.open(category="land", channel="phone", place="沙溪村"),
        tickets.open(minutes=1, category="housing", channel="sms"),
        tickets.open(
            minutes=2, routing=Routing(department="water", priority="high", region="north")
        ),
        tickets.open(minutes=3, confidential=True, place="沙溪村", kind="incident"),
    ]
    tickets.move(opened[1], "acknowledged", 5, LI)
    tickets.settle(opened[2], 6)
    return opened


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("", [3, 2, 1, 0]),
        ("state=new", [3, 0]),
        ("state=new&state=acknowledged", [3, 1, 0]),
        ("category=housing", [1]),
        ("department=water", [2]),
        ("region=north", [2]),
        ("priority=high", [2]),
        ("channel=sms", [1]),
        ("kind=incident", [3]),
        ("owner=1", [2, 1]),
        ("owner=none", [3, 0]),
        ("owner=none&owner=1", [3, 2, 1, 0]),
        ("place=沙溪村", [3, 0]),
        ("sealed=yes", [3]),
        ("sealed=no", [2, 1, 0]),
        ("opened_from=2026-11-23T04:02:00%2B00:00", [3, 2]),
        ("opened_before=2026-11-23T04:02:00%2B00:00", [1, 0]),
        ("due_before=2026-11-23T04:32:00%2B00:00", [0]),
        ("state=new&department=water", []),
    ],
)
def test_each_field_narrows_the_list(
    tickets: TicketDesk, four: list[str], query: str, which: list[int]
) -> None:
    chosen = TicketFilter.parse(parse_qsl(query))
    page = tickets.read(list_tickets, chosen, true(), EVERYWHERE)
    assert [line.number for line in page.lines] == [four[index] for index in which]


def test_a_sealed_ticket_is_not_found_by_its_place(tickets: TicketDesk, four: list[str]) -> None:
    page = tickets.read(list_tickets, TicketFilter(place="沙溪村"), true(), Viewer(WANG))
    assert [line.number for line in page.lines] == [four[0]]


def test_saved_filters_are_ones_own(tickets: TicketDesk) -> None:
    tickets.write(save_filter, LI, " 我的急件 ", "priority=urgent", after(1))
    tickets.write(save_filter, LI, "我的急件", "priority=high", after(2))
    tickets.write(save_filter, WANG, "我的急件", "state=new", after(2))
    [mine] = tickets.read(saved_filters, LI)
    assert (mine.name, mine.query) == ("我的急件", "priority=high")
    assert tickets.write(delete_filter, WANG, mine.id) is False
    assert tickets.write(delete_filter, LI, mine.id) is True
    assert tickets.read(saved_filters, LI) == []


def test_saved_filters_have_names_and_an_end(tickets: TicketDesk) -> None:
    for name, query in ((" ", "state=new"), ("长" * 65, ""), ("a", "x" * 1_001)):
        with pytest.raises(RefusedError):
            tickets.write(save_filter, LI, name, query, after(1))
    for count in range(MOST):
        tickets.write(save_filter, LI, str(count), "", after(1))
    with pytest.raises(RefusedError, match="delete one first"):
        tickets.write(save_filter, LI, "one more", "", after(1))
