"""Lists, the desk, counts and exports."""

from datetime import timedelta

import pytest
from app.tickets.filters.filter import TicketFilter
from app.tickets.handover import service as handover
from app.tickets.handover.service import Target
from app.tickets.lists import queries
from app.tickets.lists.paging import Cursor
from app.tickets.lists.queries import (
    Counts,
    counts,
    desk,
    export,
    find_ticket,
    is_offered,
    list_tickets,
    within_reach,
)
from app.tickets.routing import Routing
from app.tickets.seal.sight import Viewer
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import true
from tests.tickets.world import EVERYWHERE, LI, WANG, ZHAO, TicketDesk, after, at_desk

WATER = Routing(department="water")


def lines(tickets: TicketDesk, staff_id: int, *departments: str) -> list[tuple[str, str]]:
    page = tickets.read(desk, at_desk(staff_id, *departments))
    return [(line.ticket.number, line.step) for line in page.lines]


def test_the_desk_shows_ones_own_work_by_what_is_due_first(tickets: TicketDesk) -> None:
    mine = tickets.open(minutes=0)
    waiting = tickets.open(minutes=1)
    urgent = tickets.open(minutes=2, routing=Routing("agriculture", respond=timedelta(minutes=5)))
    tickets.open(minutes=3, routing=WATER)
    theirs = tickets.open(minutes=4)
    offered = tickets.open(minutes=5, routing=WATER)
    done = tickets.open(minutes=6)
    for ticket, who in ((mine, LI), (waiting, LI), (theirs, WANG), (offered, ZHAO), (done, LI)):
        tickets.move(ticket, "acknowledged", 10, who)
        tickets.move(ticket, "in_progress", 11, who)
    tickets.move(waiting, "waiting", 12, why="等户主", until=after(120))
    tickets.move(done, "resolved", 12)
    tickets.write(handover.offer, offered, ZHAO, Target(staff_id=LI), "归您管", after(13))
    assert lines(tickets, LI, "agriculture") == [
        (urgent, "take"),
        (waiting, "wait"),
        (mine, "resolve"),
        (offered, "answer_offer"),
    ]
    assert lines(tickets, ZHAO, "housing") == [(offered, "resolve")]
    whose = at_desk(LI, "agriculture")
    assert tickets.read(counts, whose, after(14)) == Counts(
        mine=2, offered=1, unowned=1, overdue=1, waiting=1, open=4
    )


def test_an_offer_to_a_department_is_on_everybodys_desk_there(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    tickets.move(ticket, "acknowledged", 1, ZHAO)
    tickets.write(handover.offer, ticket, ZHAO, Target(department="water"), "归水利", after(2))
    assert lines(tickets, LI, "water") == [(ticket, "answer_offer")]
    assert lines(tickets, WANG, "housing") == []
    assert lines(tickets, WANG, "*") == [(ticket, "answer_offer")]


def test_what_is_offered_can_be_opened_beyond_the_scope(tickets: TicketDesk) -> None:
    ticket = tickets.open_whole(routing=WATER)
    tickets.move(ticket.number, "acknowledged", 1, ZHAO)
    whose = at_desk(LI, "agriculture")
    assert tickets.read(find_ticket, ticket.number, whose.scope, whose.viewer) is None
    assert tickets.read(find_ticket, ticket.number, within_reach(whose), whose.viewer) is None
    tickets.write(handover.offer, ticket.number, ZHAO, Target(staff_id=LI), "归您管", after(2))
    found = tickets.read(find_ticket, ticket.number, within_reach(whose), whose.viewer)
    assert found is not None
    assert tickets.read(is_offered, ticket.id, whose)
    tickets.write(handover.withdraw, ticket.number, ZHAO, after(3))
    assert tickets.read(find_ticket, ticket.number, within_reach(whose), whose.viewer) is None


@pytest.mark.parametrize("order", ["newest", "due"])
def test_pages_of_a_list_follow_each_other(tickets: TicketDesk, order: queries.Order) -> None:
    opened = [tickets.open(minutes=minutes // 3) for minutes in range(11)]
    seen: list[str] = []
    place: Cursor | None = None
    for size in (4, 4, 3):
        page = tickets.read(
            list_tickets, TicketFilter(), true(), EVERYWHERE, order=order, after=place, limit=4
        )
        assert len(page.lines) == size
        seen += [line.number for line in page.lines]
        place = Cursor.parse(str(page.next)) if page.next else None
    assert place is None
    assert seen == (opened[::-1] if order == "newest" else opened)


def test_pages_of_the_desk_follow_each_other(tickets: TicketDesk) -> None:
    opened = [tickets.open(minutes=minutes) for minutes in range(9)]
    for ticket in opened[::2]:
        tickets.write(handover.assign, ticket, LI, "staff:9", after(10))
    whose = at_desk(LI, "agriculture")
    seen: list[str] = []
    place: Cursor | None = None
    for _ in range(3):
        page = tickets.read(desk, whose, after=place, limit=4)
        seen += [line.ticket.number for line in page.lines]
        place = page.next
    assert place is None
    assert seen == opened


def test_a_list_by_due_shows_open_tickets_only(tickets: TicketDesk) -> None:
    open_, settled = tickets.open(), tickets.open()
    tickets.settle(settled)
    page = tickets.read(list_tickets, TicketFilter(), true(), EVERYWHERE, order="due")
    assert [line.number for line in page.lines] == [open_]


def test_an_export_has_every_row_as_its_viewer_may_see_it(
    tickets: TicketDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "EXPORT_PAGE", 2)
    opened = [tickets.open(minutes=n, words="水井", confidential=n == 2) for n in range(5)]
    chosen = TicketFilter(department=("agriculture",))
    rows = tickets.read(lambda c: list(export(c, chosen, true(), Viewer(WANG))))
    assert [row.number for row in rows] == opened[::-1]
    assert [row.words for row in rows] == ["水井", "水井", "", "水井", "水井"]


@given(st.text(max_size=40))
def test_a_cursor_from_an_address_is_read_or_left(text: str) -> None:
    cursor = Cursor.parse(text)
    assert cursor is None or Cursor.parse(str(cursor)) == cursor
