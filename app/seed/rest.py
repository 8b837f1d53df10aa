"""The end of a made-up history: what should have reached out in the past did so then."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from app.calls.outbound.models import OutboundCall
from app.incidents import ringing
from app.incidents.models import Incident
from app.jobs.models import DONE, WAITING, Job
from app.messages.models import Message
from app.messages.status import DELIVERED, QUEUED, RANK
from app.people.alerts.models import Alert
from app.queueing.models import QueuedCaller
from app.tickets.clocks.escalation.models import Escalation, EscalationCall
from app.tickets.clocks.escalation.service import EXPIRE, HANG_UP, RING
from app.tickets.clocks.escalation.states import UNDER_WAY
from app.tickets.closing.models import ReturnVisit
from app.tickets.models import Ticket

# Jobs that ring somebody, or go on to the next.
REACHING_OUT = (RING, EXPIRE, HANG_UP, ringing.RING, ringing.HANG_UP, ringing.STEP)
LAST_ALERTS = timedelta(hours=3)  # older ones have been noted
AGAIN = timedelta(hours=3)  # until a caller who did not answer is rung once more


def let_rest(connection: Connection, now: datetime) -> None:
    """What should have reached out in the past did so then: nothing is sent or rung for it now."""
    connection.execute(
        update(Job)
        .where(Job.state == WAITING, or_(Job.due_at <= now, Job.kind.in_(REACHING_OUT)))
        .values(state=DONE, finished_at=now)
    )
    _end_escalations(connection, now)
    _end_incidents(connection)
    _end_calls(connection, now)
    connection.execute(
        update(QueuedCaller)
        .where(QueuedCaller.ended_at.is_(None))
        .values(state="ended", outcome="called_back", ended_at=now)
    )
    connection.execute(
        update(Alert).where(Alert.at < now - LAST_ALERTS).values(seen_at=now, acknowledged_at=now)
    )
    connection.execute(
        update(Message)
        .where(Message.direction == "out", Message.status == QUEUED)
        .values(status=DELIVERED, rank=RANK[DELIVERED])
    )


def _end_incidents(connection: Connection) -> None:
    """Emergencies whose tickets are settled ended as those did."""
    settled = select(Ticket.resolved_at, Ticket.outcome, Ticket.owner_id, Incident.id).join(
        Incident, Incident.ticket_id == Ticket.id
    )
    for row in connection.execute(settled.where(Ticket.resolved_at.is_not(None))).all():
        ended = {"closed_at": row.resolved_at, "closed_by": row.owner_id, "outcome": row.outcome}
        connection.execute(update(Incident).where(Incident.id == row.id).values(**ended))


def _end_escalations(connection: Connection, now: datetime) -> None:
    """Whoever was being rung has heard of it: nobody is rung on."""
    connection.execute(
        update(Escalation).where(Escalation.state == "open").values(state="cancelled", ended_at=now)
    )
    connection.execute(
        update(EscalationCall)
        .where(EscalationCall.state.in_(UNDER_WAY | {"planned"}))
        .values(state="cancelled", ended_at=now)
    )


def _end_calls(connection: Connection, now: datetime) -> None:
    """Callers who were to be rung did not answer; they are asked again some hours from now."""
    connection.execute(
        update(OutboundCall)
        .where(OutboundCall.settled_at.is_(None))
        .values(state="no_answer", settled_at=now)
    )
    connection.execute(
        update(ReturnVisit)
        .where(
            ReturnVisit.state == "open",
            ReturnVisit.way == "call",
            or_(ReturnVisit.next_try_at.is_(None), ReturnVisit.next_try_at <= now + AGAIN),
        )
        .values(tries=1, last_try_at=now, next_try_at=now + AGAIN)
    )
