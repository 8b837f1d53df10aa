"""The first taker owns a ticket until somebody accepts it from them (R11)."""

from typing import Any

import pytest
from app.tickets.errors import OwnershipError, RefusedError
from app.tickets.handover import service as handover
from app.tickets.handover.models import TicketOffer
from app.tickets.handover.service import Receiver, Target
from sqlalchemy import select
from tests.tickets.world import LI, WANG, ZHAO, TicketDesk, after

TO_WANG = Target(staff_id=WANG)
TO_WATER = Target(department="water")
OF_WATER = Receiver(ZHAO, frozenset({"water"}))


def offers(tickets: TicketDesk) -> list[Any]:
    with tickets.database.reading() as connection:
        query = select(TicketOffer.__table__).order_by(TicketOffer.id)
        return list(connection.execute(query))


@pytest.fixture
def ticket(tickets: TicketDesk) -> str:
    """Li's ticket, in progress."""
    opened = tickets.open()
    tickets.write(handover.claim, opened, LI, after(1))
    tickets.move(opened, "in_progress", 2)
    return opened


def give(
    tickets: TicketDesk, ticket: str, target: Target = TO_WANG, reason: str = "我去开会"
) -> int:
    return tickets.write(handover.offer, ticket, LI, target, reason, after(5))


def test_claiming_acknowledges_and_owns(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    assert tickets.write(handover.claim, ticket, LI, after(1)) is True
    found = tickets.row(ticket)
    assert (found.state, found.owner_id, found.acknowledged_at) == ("acknowledged", LI, after(1))
    assert tickets.write(handover.claim, ticket, LI, after(2)) is False


def test_what_somebody_has_is_not_claimed_by_another(tickets: TicketDesk, ticket: str) -> None:
    with pytest.raises(OwnershipError, match="has taken") as refused:
        tickets.write(handover.claim, ticket, WANG, after(3))
    assert refused.value.zh == f"工单 {ticket} 已有人接手。"
    assert tickets.row(ticket).owner_id == LI


def test_an_accepted_offer_makes_the_receiver_the_owner(tickets: TicketDesk, ticket: str) -> None:
    give(tickets, ticket)
    assert tickets.row(ticket).owner_id == LI
    tickets.write(handover.accept, ticket, Receiver(WANG), after(9))
    found = tickets.row(ticket)
    assert (found.owner_id, found.department, found.state) == (WANG, "agriculture", "in_progress")
    [offer] = offers(tickets)
    assert (offer.state, offer.answered_by, offer.reason) == ("accepted", WANG, "我去开会")
    assert tickets.happened(ticket)[-2:] == ["offered", "accepted"]


def test_anybody_of_a_department_may_accept_and_it_moves_there(
    tickets: TicketDesk, ticket: str
) -> None:
    give(tickets, ticket, TO_WATER)
    with pytest.raises(OwnershipError, match="not on offer to you"):
        tickets.write(handover.accept, ticket, Receiver(WANG, {"housing"}), after(6))
    tickets.write(handover.accept, ticket, OF_WATER, after(9))
    found = tickets.row(ticket)
    assert (found.owner_id, found.department) == (ZHAO, "water")


def test_a_declined_offer_leaves_the_owner(tickets: TicketDesk, ticket: str) -> None:
    give(tickets, ticket)
    with pytest.raises(RefusedError, match="why you do not take it"):
        tickets.write(handover.decline, ticket, Receiver(WANG), " ", after(8))
    tickets.write(handover.decline, ticket, Receiver(WANG), "不归我们管", after(9))
    assert tickets.row(ticket).owner_id == LI
    [offer] = offers(tickets)
    assert (offer.state, offer.answer) == ("declined", "不归我们管")
    give(tickets, ticket)  # and may be offered again
    assert [offer.state for offer in offers(tickets)] == ["declined", "offered"]


def test_an_offer_is_withdrawn_by_its_owner_alone(tickets: TicketDesk, ticket: str) -> None:
    give(tickets, ticket)
    with pytest.raises(OwnershipError):
        tickets.write(handover.withdraw, ticket, WANG, after(6))
    tickets.write(handover.withdraw, ticket, LI, after(6))
    with pytest.raises(OwnershipError, match="not on offer"):
        tickets.write(handover.accept, ticket, Receiver(WANG), after(7))
    assert tickets.row(ticket).owner_id == LI


def test_an_offer_expires_visibly(tickets: TicketDesk, ticket: str) -> None:
    give(tickets, ticket)
    assert tickets.write(handover.expire_offers, after(124)) == 0
    with pytest.raises(OwnershipError, match="expired"):
        tickets.write(handover.accept, ticket, Receiver(WANG), after(125))
    assert tickets.write(handover.expire_offers, after(125)) == 1
    assert tickets.write(handover.expire_offers, after(126)) == 0
    assert offers(tickets)[0].state == "expired"
    assert tickets.happened(ticket)[-1] == "expired"
    assert tickets.row(ticket).owner_id == LI


@pytest.mark.parametrize(
    ("who", "target", "reason", "error"),
    [
        (WANG, Target(staff_id=ZHAO), "忙", OwnershipError),
        (LI, TO_WANG, "  ", RefusedError),
        (LI, Target(), "忙", RefusedError),
        (LI, Target(staff_id=LI), "忙", RefusedError),
    ],
)
def test_offers_that_make_no_sense_are_refused(
    tickets: TicketDesk, ticket: str, who: int, target: Target, reason: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        tickets.write(handover.offer, ticket, who, target, reason, after(5))
    assert offers(tickets) == []


def test_a_ticket_is_on_offer_once_at_a_time(tickets: TicketDesk, ticket: str) -> None:
    give(tickets, ticket)
    with pytest.raises(OwnershipError, match="on offer already"):
        give(tickets, ticket, TO_WATER)


def test_a_supervisor_assigns_outright_and_the_offer_ends(tickets: TicketDesk, ticket: str) -> None:
    give(tickets, ticket)
    assert tickets.write(handover.assign, ticket, ZHAO, "staff:9", after(8), "李请假") is True
    assert tickets.write(handover.assign, ticket, ZHAO, "staff:9", after(9)) is False
    found = tickets.row(ticket)
    assert (found.owner_id, offers(tickets)[0].state) == (ZHAO, "withdrawn")
    event = tickets.events(ticket)[-1]
    assert (event.actor, event.event, event.words) == ("staff:9", "assigned", "李请假")


def test_who_is_assigned_must_still_respond(tickets: TicketDesk) -> None:
    ticket = tickets.open()
    tickets.write(handover.assign, ticket, WANG, "staff:9", after(2))
    assert tickets.row(ticket).state == "new"
    with pytest.raises(OwnershipError):
        tickets.write(handover.claim, ticket, LI, after(3))
    tickets.write(handover.claim, ticket, WANG, after(3))
    assert tickets.row(ticket).state == "acknowledged"


def test_a_ticket_goes_back_to_its_desk(tickets: TicketDesk, ticket: str) -> None:
    tickets.write(handover.assign, ticket, None, "staff:9", after(8), department="water")
    found = tickets.row(ticket)
    assert (found.owner_id, found.department, found.state) == (None, "water", "in_progress")
    assert tickets.write(handover.claim, ticket, ZHAO, after(9)) is True
    assert tickets.row(ticket).owner_id == ZHAO


def test_what_is_settled_changes_hands_no_more(tickets: TicketDesk, ticket: str) -> None:
    tickets.move(ticket, "resolved", 20)
    for act in (
        lambda c: handover.claim(c, ticket, WANG, after(21)),
        lambda c: handover.offer(c, ticket, LI, TO_WANG, "忙", after(21)),
        lambda c: handover.assign(c, ticket, WANG, "staff:9", after(21)),
    ):
        with pytest.raises(OwnershipError, match="settled"):
            tickets.write(act)
