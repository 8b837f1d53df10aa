"""Links between tickets, and the calls about them."""

import pytest
from app.tickets.errors import RefusedError
from app.tickets.links.queries import Linked, calls_of, links_of
from app.tickets.links.service import link, link_call, unlink
from tests.tickets.world import NOON, TicketDesk, after


def test_a_link_is_seen_from_both_sides(tickets: TicketDesk) -> None:
    flood = tickets.open_whole(category="danger")
    road = tickets.open_whole(category="utilities")
    for is_new in (True, False):
        made = tickets.write(link, road.number, flood.number, "cause", "staff:1", after(1))
        assert made is is_new
    assert tickets.read(links_of, road.id) == [
        Linked(flood.number, "new", "danger", "cause", is_back=False)
    ]
    assert tickets.read(links_of, flood.id) == [
        Linked(road.number, "new", "utilities", "cause", is_back=True)
    ]
    assert tickets.happened(flood.number) == tickets.happened(road.number) == ["opened", "linked"]
    assert tickets.write(unlink, road.number, flood.number, "cause", "staff:1", after(2)) is True
    assert tickets.write(unlink, road.number, flood.number, "cause", "staff:1", after(2)) is False
    assert tickets.read(links_of, road.id) == []


def test_a_ticket_is_not_linked_to_itself(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    with pytest.raises(RefusedError):
        tickets.write(link, ticket, ticket, "related", "staff:1", after(1))


def test_calls_about_a_ticket_begin_with_its_own(tickets: TicketDesk) -> None:
    opened = tickets.open_whole(call_sid="CA1")
    assert tickets.write(link_call, opened.id, "CA2", "callback", after(5)) is True
    assert tickets.write(link_call, opened.id, "CA2", "callback", after(6)) is False
    tickets.write(link_call, opened.id, "CA1", "appeal", NOON)
    found = tickets.read(calls_of, [opened.id])
    assert [(call.sid, call.kind) for call in found] == [("CA1", "appeal"), ("CA2", "callback")]
