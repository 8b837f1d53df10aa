"""One act on many tickets, each with an outcome of its own."""

import pytest
from app.tickets.bulk import service as bulk
from app.tickets.bulk.service import in_bulk
from app.tickets.errors import OwnershipError, RefusedError, UnknownTicketError
from app.tickets.routing import Routing
from tests.tickets.world import LI, WANG, TicketDesk, after, number


def test_each_ticket_stands_or_falls_by_itself(tickets: TicketDesk) -> None:
    free, mine, theirs = tickets.open(), tickets.open(), tickets.open()
    tickets.move(mine, "acknowledged", 1, LI)
    tickets.move(theirs, "acknowledged", 1, WANG)
    unknown = number(99)
    outcomes = tickets.write(
        in_bulk, [theirs, unknown, mine, free, free], bulk.acknowledging(LI, after(2))
    )
    assert [(outcome.number, outcome.result, type(outcome.error)) for outcome in outcomes] == [
        (free, "done", type(None)),
        (mine, "unchanged", type(None)),
        (theirs, "refused", OwnershipError),
        (unknown, "refused", UnknownTicketError),
    ]
    assert tickets.row(free).owner_id == LI
    assert tickets.row(theirs).owner_id == WANG


def test_all_that_can_be_done_to_many(tickets: TicketDesk) -> None:
    opened = [tickets.open(), tickets.open()]
    for change in (
        bulk.assigning(WANG, "staff:9", after(1), "分一分"),
        bulk.prioritising("urgent", "staff:9", after(2)),
        bulk.rerouting("water", Routing(department="water"), "staff:9", after(3)),
        bulk.noting("一起去看", LI, after(4), key="form-1"),
    ):
        results = tickets.write(in_bulk, opened, change)
        assert [outcome.result for outcome in results] == ["done", "done"]
    for ticket in opened:
        found = tickets.row(ticket)
        assert (found.owner_id, found.department, found.category) == (WANG, "water", "water")
        assert tickets.happened(ticket) == ["opened", "assigned", "priority", "rerouted", "noted"]
    again = tickets.write(in_bulk, opened, bulk.noting("一起去看", LI, after(5), key="form-1"))
    assert [outcome.result for outcome in again] == ["unchanged", "unchanged"]


def test_a_bulk_has_an_end(tickets: TicketDesk) -> None:
    with pytest.raises(RefusedError, match="At most 200"):
        tickets.write(in_bulk, map(number, range(201)), bulk.acknowledging(LI, after(1)))
