"""Reads of escalations."""

from sqlalchemy import Connection, select

from app.calls.facts import CallFacts
from app.flows.context import EscalationFound, EscalationLookup
from app.tickets.clocks.escalation.models import Escalation, EscalationCall
from app.tickets.clocks.escalation.states import TAKEABLE
from app.tickets.models import Ticket
from app.tickets.states import SETTLED, UNANSWERED


def find(
    connection: Connection, _lookup: EscalationLookup, call: CallFacts
) -> EscalationFound | None:
    """What the person on this call is asked about; the call itself tells which escalation.

    Of a sealed ticket the place and the words are left out.
    """
    row = connection.execute(
        select(
            Ticket.number,
            Ticket.category,
            Ticket.place,
            Ticket.words,
            Ticket.confidential,
            Ticket.state.label("ticket_state"),
            Ticket.merged_into_id,
            Ticket.respond_due_at,
            Ticket.complete_due_at,
            Escalation.clock,
            Escalation.state,
        )
        .select_from(EscalationCall)
        .join(Escalation, Escalation.id == EscalationCall.escalation_id)
        .join(Ticket, Ticket.id == Escalation.ticket_id)
        .where(EscalationCall.call_sid == call.sid)
    ).one_or_none()
    if row is None:
        return None
    is_respond = row.clock == "respond"
    is_settled = row.ticket_state in SETTLED or row.merged_into_id is not None
    is_answered = is_respond and row.ticket_state not in UNANSWERED
    is_free = row.state in TAKEABLE and not is_settled and not is_answered
    return EscalationFound(
        number=row.number,
        category=row.category,
        place="" if row.confidential else row.place,
        words="" if row.confidential else row.words,
        due_at=row.respond_due_at if is_respond else row.complete_due_at,
        is_free=is_free and row.ticket_state != "waiting",
    )
