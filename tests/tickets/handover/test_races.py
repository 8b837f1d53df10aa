"""Two people at once: exactly one gets it, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from app.tickets.errors import OwnershipError, TicketError
from app.tickets.handover import service as handover
from app.tickets.handover.service import Receiver, Target
from app.tickets.service import end_waits
from sqlalchemy import Connection
from tests.tickets.world import LI, WANG, ZHAO, TicketDesk, after, run

Act = Callable[[Connection], object]


def at_once(tickets: TicketDesk, *acts: Act) -> list[object]:
    """What each act gave, or the error it ended with; all begin at the same instant."""
    start = Barrier(len(acts))

    def one(act: Act) -> object:
        start.wait()
        try:
            return run(tickets.database, act)
        except TicketError as error:
            return type(error)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.mark.parametrize("round_", range(5))
def test_one_of_two_claims_wins(tickets: TicketDesk, round_: int) -> None:
    ticket = tickets.open()
    results = at_once(
        tickets,
        lambda c: handover.claim(c, ticket, LI, after(1)),
        lambda c: handover.claim(c, ticket, WANG, after(1)),
    )
    assert sorted(map(str, results)) == sorted(map(str, [True, OwnershipError]))
    winner = LI if results[0] is True else WANG
    assert tickets.row(ticket).owner_id == winner
    assert tickets.happened(ticket) == ["opened", "state"]


@pytest.mark.parametrize("round_", range(3))
def test_an_offer_is_accepted_by_one_of_a_department(tickets: TicketDesk, round_: int) -> None:
    ticket = tickets.open()
    tickets.write(handover.claim, ticket, LI, after(1))
    tickets.write(handover.offer, ticket, LI, Target(department="water"), "归水利", after(2))
    results = at_once(
        tickets,
        lambda c: handover.accept(c, ticket, Receiver(WANG, {"water"}), after(3)),
        lambda c: handover.accept(c, ticket, Receiver(ZHAO, {"water"}), after(3)),
    )
    assert sorted(map(str, results)) == sorted(map(str, [None, OwnershipError]))
    assert tickets.row(ticket).owner_id == (WANG if results[0] is None else ZHAO)


def test_a_wait_ends_once_with_two_workers(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    tickets.move(ticket, "acknowledged", 1)
    tickets.move(ticket, "in_progress", 2)
    tickets.move(ticket, "waiting", 3, why="等户主", until=after(30))
    ended = at_once(tickets, lambda c: end_waits(c, after(31)), lambda c: end_waits(c, after(31)))
    assert sorted(map(str, ended)) == ["0", "1"]
    assert tickets.happened(ticket).count("state") == 4
