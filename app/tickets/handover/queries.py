"""Reads of offers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.tickets.handover.models import TicketOffer


@dataclass(frozen=True, slots=True)
class StandingOffer:
    """An offer that waits for an answer: to one person, or to anybody of a department."""

    from_staff_id: int
    to_staff_id: int | None
    to_department: str | None
    reason: str
    offered_at: datetime
    expires_at: datetime


def standing_offer(connection: Connection, ticket_id: int) -> StandingOffer | None:
    """The offer of a ticket that waits for an answer, or None."""
    columns = (getattr(TicketOffer, name) for name in StandingOffer.__slots__)
    row = connection.execute(
        select(*columns).where(TicketOffer.ticket_id == ticket_id, TicketOffer.state == "offered")
    ).one_or_none()
    return None if row is None else StandingOffer(*row)
