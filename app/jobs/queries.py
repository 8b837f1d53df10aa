"""Reads of the outbox."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from app.database import UTCDateTime
from app.jobs.models import FAILED, WAITING, Job

LATE = timedelta(seconds=60)  # a running worker takes what is due within a second or two


_MAY_BE_CLAIMED: ColumnElement[datetime] = case(
    (Job.lease_until > Job.due_at, Job.lease_until), else_=Job.due_at
)
# Asked by every process every second: composed once.
_NEXT_DUE = select(func.min(_MAY_BE_CLAIMED, type_=UTCDateTime)).where(Job.state == WAITING)


def next_due(connection: Connection) -> datetime | None:
    """When the next job may be claimed (possibly in the past), or None when none is waiting."""
    return connection.execute(_NEXT_DUE).scalar()


@dataclass(frozen=True, slots=True)
class Backlog:
    """The jobs of one kind: due now, due for longer than `LATE`, and given up."""

    due: int = 0
    late: int = 0
    failed: int = 0


def backlog(connection: Connection, at: datetime) -> dict[str, Backlog]:
    """The backlog of each kind of job that has one."""
    waiting = (
        select(
            Job.kind,
            func.count(),
            func.sum(case((Job.due_at <= at - LATE, 1), else_=0)),
        )
        .where(Job.state == WAITING, Job.due_at <= at)
        .group_by(Job.kind)
    )
    found = {kind: Backlog(due, int(late)) for kind, due, late in connection.execute(waiting)}
    for kind, failed in connection.execute(
        select(Job.kind, func.count()).where(Job.state == FAILED).group_by(Job.kind)
    ):
        found[kind] = replace(found.get(kind, Backlog()), failed=failed)
    return found
