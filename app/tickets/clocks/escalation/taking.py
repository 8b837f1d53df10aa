"""What it means that somebody takes a ticket by pressing 1: it is acknowledged, and theirs."""

from datetime import datetime

from sqlalchemy import Connection

from app.people.alerts.service import settle_ticket
from app.tickets.changes import Standing, staff_actor
from app.tickets.clocks.escalation.states import Leg
from app.tickets.handover.service import assign
from app.tickets.service import transition
from app.tickets.states import UNANSWERED

WHY = "taken by pressing 1 in the call about its deadline"


class AlreadyTakenError(Exception):
    """Somebody else has taken the ticket, or there is nothing left to be taken."""


def take_over(connection: Connection, ticket: Standing, leg: Leg, at: datetime) -> None:
    """The person of a leg acknowledges and owns a ticket; it is off everybody's alerts then.

    A telephone that belongs to no member of staff acknowledges only: the actor is `phone:<rung>`.
    """
    actor = f"phone:{leg.rung}" if leg.staff_id is None else staff_actor(leg.staff_id)
    if ticket.state in UNANSWERED:
        transition(connection, ticket.number, "acknowledged", actor, WHY, at)
    if leg.staff_id is not None:
        assign(connection, ticket.number, leg.staff_id, actor, at, WHY)
    settle_ticket(connection, ticket.id, at)
