"""The verbs of the outbox; the only writer of its table.

A worker *claims* due jobs under a lease, does them, and *settles* each. When it dies its leases
run out and another worker takes the rows; should it turn out to be alive after all, the fencing
counter keeps it from settling what is no longer its own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from app.database import insert_once
from app.jobs.models import DONE, FAILED, URGENT, USUAL, WAITING, Job, is_done

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job under lease. `attempts` is 1 the first time and the fencing token of this lease."""

    id: int
    kind: str
    key: str
    payload: Payload
    attempts: int


def enqueue(
    connection: Connection,
    kind: str,
    key: str,
    payload: Payload,
    due_at: datetime,
    *,
    urgent: bool = False,
) -> bool:
    """Ask for a job within the caller's transaction; returns False when the key was used before.

    An `urgent` one, where somebody is in danger, is done before all others that are due.
    """
    return insert_once(
        connection,
        Job,
        kind=kind,
        key=key,
        payload=json.dumps(payload, separators=(",", ":")),
        due_at=due_at,
        priority=URGENT if urgent else USUAL,
        attempts=0,
        leased_by="",
        state=WAITING,
        last_error="",
    )


def claim(
    connection: Connection,
    worker: str,
    now: datetime,
    limit: int,
    lease: timedelta,
    reserved: int = 0,
) -> list[ClaimedJob]:
    """Lease up to `limit` due jobs to a worker: urgent ones first, the longest due first.

    `reserved` of them can only be urgent ones.
    On PostgreSQL rows that another worker is claiming are skipped; on SQLite the transaction is
    immediate, so that nobody else is claiming.
    """
    free = or_(Job.lease_until.is_(None), Job.lease_until <= now)
    due = (
        select(Job.id, Job.priority)
        .where(Job.state == WAITING, Job.due_at <= now, free)
        .order_by(Job.priority, Job.due_at, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(due).all()
    ids = [
        row.id
        for place, row in enumerate(found)
        if row.priority == URGENT or place < limit - reserved
    ]
    if not ids:
        return []
    leased = connection.execute(
        update(Job)
        .where(Job.id.in_(ids))
        .values(attempts=Job.attempts + 1, lease_until=now + lease, leased_by=worker)
        .returning(Job.id, Job.kind, Job.key, Job.payload, Job.attempts)
    ).all()
    jobs = {row.id: ClaimedJob(*row[:3], json.loads(row.payload), row.attempts) for row in leased}
    return [jobs[job_id] for job_id in ids]


def finish(connection: Connection, job: ClaimedJob, at: datetime) -> bool:
    """Settle a job as done. False when its lease was taken over meanwhile: nothing is changed."""
    return _settle(connection, job, state=DONE, finished_at=at)


def retry(connection: Connection, job: ClaimedJob, due_at: datetime, error: str) -> bool:
    """Give a job back, to be done again later. False when its lease was taken over meanwhile."""
    return _settle(connection, job, due_at=due_at, last_error=error[:200])


def fail(connection: Connection, job: ClaimedJob, error: str, at: datetime) -> bool:
    """Give a job up for good. False when its lease was taken over meanwhile."""
    return _settle(connection, job, state=FAILED, finished_at=at, last_error=error[:200])


def purge(connection: Connection, finished_before: datetime, limit: int) -> int:
    """Delete up to `limit` jobs that were done before an instant; returns how many.

    Those given up stay: somebody should look at them.
    """
    old = (
        select(Job.id)
        .where(is_done(), Job.finished_at < finished_before)
        .order_by(Job.finished_at, Job.id)
        .limit(limit)
    )
    return connection.execute(delete(Job).where(Job.id.in_(old))).rowcount


def _settle(connection: Connection, job: ClaimedJob, **changes: Any) -> bool:
    result = connection.execute(
        update(Job)
        .where(Job.id == job.id, Job.attempts == job.attempts, Job.state == WAITING)
        .values(lease_until=None, leased_by="", **changes)
    )
    return result.rowcount == 1
