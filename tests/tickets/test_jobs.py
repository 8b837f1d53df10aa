"""What comes to tickets with time, as the background does it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import cast

import pytest
from app.calls.telephony import Telephony
from app.jobs.runner import Tools
from app.tickets import jobs, service
from app.tickets.handover import service as handover
from app.tickets.handover.models import TicketOffer
from app.tickets.handover.service import Target
from app.tickets.jobs import END_WAITS, EXPIRE_OFFERS, RECURRING, handlers
from sqlalchemy import select
from tests.tickets.world import LI, WANG, TicketDesk, after


@dataclass
class Noted:
    """A clock that stands."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody sleeps here")


def is_due(tickets: TicketDesk, kind: str, minutes: float) -> bool:
    every = next(every for every in RECURRING if every.kind == kind)
    return tickets.read(every.is_due, after(minutes))


def sweep(tickets: TicketDesk, kind: str, minutes: float) -> None:
    tools = Tools(tickets.database, cast("Telephony", None), Noted(after(minutes)))
    handlers()[kind]({}, tools)


@pytest.fixture
def ticket(tickets: TicketDesk) -> str:
    opened = tickets.open()
    tickets.move(opened, "acknowledged", 1)
    tickets.move(opened, "in_progress", 2)
    return opened


def test_waits_end_when_they_are_over_and_not_before(tickets: TicketDesk, ticket: str) -> None:
    tickets.move(ticket, "waiting", 3, why="等户主", until=after(30))
    assert not is_due(tickets, END_WAITS, 29)
    sweep(tickets, END_WAITS, 29)
    assert tickets.row(ticket).state == "waiting"
    assert is_due(tickets, END_WAITS, 30)
    sweep(tickets, END_WAITS, 30)
    assert tickets.row(ticket).state == "in_progress"
    assert not is_due(tickets, END_WAITS, 31)


def test_more_waits_than_one_look_takes_all_end(
    tickets: TicketDesk, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [tickets.open() for _ in range(4)]
    for other in (ticket, *others):
        if other != ticket:
            tickets.move(other, "acknowledged", 1)
            tickets.move(other, "in_progress", 2)
        tickets.move(other, "waiting", 3, why="等户主", until=after(30))
    monkeypatch.setattr(jobs, "end_waits", partial(service.end_waits, limit=2))
    sweep(tickets, END_WAITS, 30)
    assert {tickets.row(other).state for other in (ticket, *others)} == {"in_progress"}


def test_offers_expire_when_nobody_answers(tickets: TicketDesk, ticket: str) -> None:
    tickets.write(handover.offer, ticket, LI, Target(staff_id=WANG), "忙", after(5))
    assert not is_due(tickets, EXPIRE_OFFERS, 124)
    assert is_due(tickets, EXPIRE_OFFERS, 125)
    sweep(tickets, EXPIRE_OFFERS, 125)
    with tickets.database.reading() as connection:
        assert connection.execute(select(TicketOffer.state)).scalars().all() == ["expired"]
    assert not is_due(tickets, EXPIRE_OFFERS, 126)
