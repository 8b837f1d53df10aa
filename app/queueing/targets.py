"""The targets of answering (GB/T 33358): within 15 seconds, and 95 of 100 who ask for a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from app.queueing.models import QueuedCaller

ANSWER_WITHIN = timedelta(seconds=15)
CONNECTED_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class Answering:
    """How callers who asked for a person fared.

    `connected` spoke with one, `in_time` of them within 15 s; `speed` is their average wait in
    seconds. `called_back` kept their place and were reached.
    """

    asked: int
    connected: int
    in_time: int
    called_back: int
    speed: float | None

    @property
    def connected_share(self) -> float | None:
        """The share of those who asked and were connected; None when nobody asked."""
        return self.connected / self.asked if self.asked else None

    @property
    def in_time_share(self) -> float | None:
        """The share of the connected who were so in time; None without any."""
        return self.in_time / self.connected if self.connected else None


def answering(connection: Connection, since: datetime, until: datetime) -> Answering:
    """How those fared who asked within a time; who still waits is not counted yet."""
    columns = QueuedCaller.asked_at, QueuedCaller.answered_at, QueuedCaller.outcome
    query = select(*columns, QueuedCaller.ended_at).where(
        QueuedCaller.asked_at >= since, QueuedCaller.asked_at < until
    )
    rows = connection.execute(query).all()
    settled = [row for row in rows if row.answered_at or row.ended_at]
    waits = [row.answered_at - row.asked_at for row in settled if row.answered_at]
    seconds = [wait.total_seconds() for wait in waits]
    return Answering(
        asked=len([row for row in settled if row.outcome != "came_back"]),
        connected=len(waits),
        in_time=sum(wait <= ANSWER_WITHIN for wait in waits),
        called_back=sum(row.outcome == "called_back" for row in settled),
        speed=sum(seconds) / len(seconds) if seconds else None,
    )
