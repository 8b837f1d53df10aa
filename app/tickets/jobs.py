"""What comes to tickets with time: waits that end, offers that nobody answers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.jobs.runner import Handler, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload
from app.tickets.handover.models import IS_STANDING, TicketOffer
from app.tickets.handover.service import expire_offers
from app.tickets.models import Ticket
from app.tickets.service import end_waits

END_WAITS, EXPIRE_OFFERS = "tickets.end_waits", "tickets.expire_offers"

Sweep = Callable[[Connection, datetime], int]


def _waits_end(connection: Connection, at: datetime) -> bool:
    return _any(connection, Ticket.id, Ticket.state == "waiting", Ticket.waiting_until <= at)


def _offers_expire(connection: Connection, at: datetime) -> bool:
    return _any(connection, TicketOffer.id, IS_STANDING, TicketOffer.expires_at <= at)


RECURRING = (
    Every(END_WAITS, 10.0, _waits_end),
    Every(EXPIRE_OFFERS, 30.0, _offers_expire),
)


def handlers() -> Mapping[str, Handler]:
    """The sweeps by the kinds of their jobs."""
    return {END_WAITS: _sweeping(end_waits), EXPIRE_OFFERS: _sweeping(expire_offers)}


def _sweeping(sweep: Sweep) -> Handler:
    def handle(_payload: Payload, tools: Tools) -> None:
        while True:
            with tools.database.writing() as connection:
                if sweep(connection, tools.clock.now()) == 0:
                    return

    return handle


def _any(connection: Connection, column: Any, *where: Any) -> bool:
    return connection.execute(select(column).where(*where).limit(1)).first() is not None
