"""The outbox keeps itself small: jobs done long ago are deleted, those given up are kept."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from app.jobs.models import Job, is_done
from app.jobs.runner import Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload, purge

PURGE = "jobs.purge"
KEPT = timedelta(days=7)  # longer than any key is asked for again
AT_ONCE, MOST_ROUNDS = 500, 20


def has_old(connection: Connection, at: datetime) -> bool:
    """Whether any job was done long ago."""
    old = select(Job.id).where(is_done(), Job.finished_at < at - KEPT).limit(1)
    return connection.execute(old).first() is not None


def purge_old(_payload: Payload, tools: Tools) -> None:
    """Delete jobs done long ago, in short transactions; what is left over waits for next time."""
    before = tools.clock.now() - KEPT
    for _ in range(MOST_ROUNDS):
        with tools.database.writing() as connection:
            if purge(connection, before, AT_ONCE) < AT_ONCE:
                return


PURGING = Every(PURGE, 600.0, has_old)
