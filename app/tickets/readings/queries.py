"""Reads of clauses read by staff."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from app.tickets.readings.models import ClauseReading, Extent


@dataclass(frozen=True, slots=True)
class Reading:
    """Who read which part of which article, when, and whether to its end."""

    article: str
    part: str
    staff_id: int
    extent: Extent
    at: datetime


def readings_of(connection: Connection, ticket_ids: Collection[int]) -> Sequence[Reading]:
    """The clauses read to the callers of tickets, oldest first."""
    columns = (getattr(ClauseReading, name) for name in Reading.__slots__)
    query = select(*columns).where(ClauseReading.ticket_id.in_(ticket_ids))
    return [Reading(*row) for row in connection.execute(query.order_by(ClauseReading.id))]
