"""How things stand, counted: each a read that an index bounds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, select

from app.calls.gateway.canary.queries import Proof, proof
from app.calls.gateway.queries import standing as outbound_legs
from app.calls.live.queries import LONGEST_CALL
from app.calls.models import Call
from app.calls.outbound.models import OutboundCall
from app.calls.recordings.models import KeptRecording, State
from app.database import said
from app.jobs.queries import Backlog, backlog
from app.mediation.models import MediationLeg
from app.messages.models import Message
from app.queueing import queries as queueing
from app.queueing.targets import Answering, answering
from app.tickets.models import IS_OPEN, Ticket

DAY = timedelta(days=1)
_RINGING = ("queued", "initiated", "ringing")
_TO_RESPOND = ("new", "reopened")

Counts = dict[str, int]
_WITH_PROVIDER = said("kept_recordings.remote = 'kept'")  # in the words of the index


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand at an instant; `texts` by direction and state, others by one name."""

    calls_in_progress: int
    calls_waiting: Counts
    jobs: dict[str, Backlog]
    tickets_open: int
    tickets_overdue: Counts
    outbound: Counts
    recordings_unstored: Counts
    texts: dict[tuple[str, str], int]
    legs: Counts
    line: Proof
    queue: Counts
    longest_wait: float
    answering: Answering


def standing(connection: Connection, at: datetime) -> Standing:
    """Everything that is counted, at an instant; texts and calls we placed of the last 24 h."""
    in_line = [each.waiting for each in queueing.in_line(connection, at)]
    on_line = [one for one in in_line if one.state in ("waiting", "ringing")]
    waits = [(at - one.asked_at).total_seconds() for one in on_line]
    return Standing(
        calls_in_progress=_calls_in_progress(connection, at),
        calls_waiting=_calls_waiting(connection, at),
        jobs=backlog(connection, at),
        tickets_open=_count(connection, IS_OPEN),
        tickets_overdue=_tickets_overdue(connection, at),
        outbound=_outbound(connection, at),
        recordings_unstored=_recordings_unstored(connection),
        texts=_texts(connection, at),
        legs=outbound_legs(connection, at),
        line=proof(connection, at),
        queue={"waiting": len(on_line), "kept": len(in_line) - len(on_line)},
        longest_wait=max(waits, default=0.0),
        answering=answering(connection, at - DAY, at),
    )


def _calls_in_progress(connection: Connection, at: datetime) -> int:
    query = select(func.count()).where(
        Call.ended_at.is_(None), Call.started_at > at - LONGEST_CALL, Call.parent_sid.is_(None)
    )
    return connection.execute(query).scalar_one()


def _calls_waiting(connection: Connection, at: datetime) -> Counts:
    """Callers for whom somebody is being rung, and parties who wait for a mediation to begin."""
    for_person = select(func.count(Call.parent_sid.distinct())).where(
        Call.ended_at.is_(None),
        Call.started_at > at - LONGEST_CALL,
        Call.parent_sid.is_not(None),
        Call.status.in_(_RINGING),
    )
    for_mediation = select(func.count()).where(
        MediationLeg.ended_at.is_(None),
        MediationLeg.state == "held",
        MediationLeg.placed_at > at - LONGEST_CALL,
    )
    return {
        "person": connection.execute(for_person).scalar_one(),
        "mediation": connection.execute(for_mediation).scalar_one(),
    }


def _tickets_overdue(connection: Connection, at: datetime) -> Counts:
    respond = and_(IS_OPEN, Ticket.state.in_(_TO_RESPOND), Ticket.respond_due_at <= at)
    complete = and_(IS_OPEN, Ticket.state != "waiting", Ticket.complete_due_at <= at)
    return {"respond": _count(connection, respond), "complete": _count(connection, complete)}


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Ticket).where(condition)
    return connection.execute(query).scalar_one()


def _outbound(connection: Connection, at: datetime) -> Counts:
    query = (
        select(OutboundCall.state, func.count())
        .where(OutboundCall.due_at > at - DAY, OutboundCall.due_at <= at)
        .group_by(OutboundCall.state)
    )
    return {str(state): count for state, count in connection.execute(query)}


def _recordings_unstored(connection: Connection) -> Counts:
    query = (
        select(KeptRecording.state, func.count())
        .where(
            _WITH_PROVIDER,
            KeptRecording.stored_at.is_(None),
            KeptRecording.state.in_((State.awaited, State.failed)),
        )
        .group_by(KeptRecording.state)
    )
    return {str(state): count for state, count in connection.execute(query)}


def _texts(connection: Connection, at: datetime) -> dict[tuple[str, str], int]:
    query = (
        select(Message.direction, Message.status, func.count())
        .where(Message.at > at - DAY)
        .group_by(Message.direction, Message.status)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}
