"""What it means that somebody takes a ticket by pressing 1: it is acknowledged, and theirs."""

from datetime import datetime

from sqlalchemy import Connection

from app.people.alerts.service import settle_ticket
from app.tickets.changes import Standing, staff_actor
from app.tickets.handover.service import assign
from app.tickets.service import transition
from app.tickets.states import UNANSWERED

WHY = "taken by pressing 1 in the call about its deadline"


class AlreadyTakenError(Exception):
    """Somebody else has taken the ticket, or there is nothing left to be taken."""


def take_over(
    connection: Connection,
    ticket: Standing,
    staff_id: int | None,
    rung: str,
    at: datetime,
    why: str = WHY,
) -> None:
    """Whoever was rung acknowledges and owns a ticket; it is off everybody's alerts then.

    A telephone that belongs to no member of staff acknowledges only: the actor is `phone:<rung>`.
    """
    actor = f"phone:{rung}" if staff_id is None else staff_actor(staff_id)
    if ticket.state in UNANSWERED:
        transition(connection, ticket.number, "acknowledged", actor, why, at)
    if staff_id is not None:
        assign(connection, ticket.number, staff_id, actor, at, why)
    settle_ticket(connection, ticket.id, at)
