"""Reads of the outbox."""

from datetime import datetime

from sqlalchemy import Connection, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from app.database import UTCDateTime
from app.jobs.models import WAITING, Job


def next_due(connection: Connection) -> datetime | None:
    """When the next job may be claimed (possibly in the past), or None when none is waiting."""
    may_be_claimed: ColumnElement[datetime] = case(
        (Job.lease_until > Job.due_at, Job.lease_until), else_=Job.due_at
    )
    earliest = func.min(may_be_claimed, type_=UTCDateTime)
    return connection.execute(select(earliest).where(Job.state == WAITING)).scalar()
