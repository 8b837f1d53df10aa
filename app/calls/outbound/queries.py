"""Reads of calls we place."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from app.calls.models import Call
from app.calls.outbound.models import OutboundCall
from app.calls.outbound.rules import DAY
from app.database import blind_index

LOST_AFTER = timedelta(minutes=5)  # a planned call whose job is gone
LONGEST_SILENCE = timedelta(hours=3)  # a placed call of which nothing more was heard


def has_called_us(connection: Connection, number: str) -> bool:
    """Whether a telephone has ever called the hotline."""
    query = select(Call.id).where(
        Call.caller_index == blind_index(number), Call.direction == "inbound"
    )
    return connection.execute(query.limit(1)).first() is not None


def placed_lately(connection: Connection, citizen_index: str, at: datetime) -> Sequence[datetime]:
    """When calls were placed to a citizen within the last day."""
    query = select(OutboundCall.placed_at).where(
        OutboundCall.citizen_index == citizen_index, OutboundCall.placed_at > at - DAY
    )
    return [instant for instant in connection.execute(query).scalars() if instant is not None]


def under_way(connection: Connection, purpose: str, subject: str) -> bool:
    """Whether a call about this is planned or in progress."""
    query = select(OutboundCall.id).where(
        OutboundCall.purpose == purpose,
        OutboundCall.subject == subject,
        OutboundCall.settled_at.is_(None),
    )
    return connection.execute(query.limit(1)).first() is not None


def cancelled_since(connection: Connection, purpose: str, subject: str, since: datetime) -> bool:
    """Whether a call about this was cancelled lately: it could not be placed when it was due."""
    query = select(OutboundCall.id).where(
        OutboundCall.purpose == purpose,
        OutboundCall.subject == subject,
        OutboundCall.state == "cancelled",
        OutboundCall.settled_at > since,
    )
    return connection.execute(query.limit(1)).first() is not None


def forgotten(connection: Connection, at: datetime, limit: int = 100) -> Sequence[int]:
    """Unsettled calls for which nothing is done any more, it seems.

    They were planned and are long overdue, or were placed and not heard of since.
    """
    never_placed = OutboundCall.placed_at.is_(None) & (OutboundCall.due_at <= at - LOST_AFTER)
    never_ended = OutboundCall.placed_at <= at - LONGEST_SILENCE
    query = (
        select(OutboundCall.id)
        .where(OutboundCall.settled_at.is_(None), or_(never_placed, never_ended))
        .order_by(OutboundCall.due_at)
        .limit(limit)
    )
    return connection.execute(query).scalars().all()


def anything_forgotten(connection: Connection, at: datetime) -> bool:
    """Whether there is a call that nothing is done for any more."""
    return bool(forgotten(connection, at, limit=1))
