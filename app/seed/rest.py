"""The end of a made-up history: what should have reached out in the past did so then."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, update

from app.calls.outbound.models import OutboundCall
from app.jobs.models import DONE, WAITING, Job
from app.messages.models import Message
from app.messages.status import DELIVERED, QUEUED, RANK
from app.people.alerts.models import Alert
from app.queueing.models import QueuedCaller
from app.tickets.clocks.escalation.models import Escalation, EscalationCall
from app.tickets.clocks.escalation.service import EXPIRE, HANG_UP, RING
from app.tickets.clocks.escalation.states import UNDER_WAY
from app.tickets.closing.models import ReturnVisit

REACHING_OUT = (RING, EXPIRE, HANG_UP)  # jobs that ring somebody, or go on to the next
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
