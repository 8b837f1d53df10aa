"""The targets of answering (GB/T 33358): within 15 seconds, and 95 of 100 who ask for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from app.flows.hours import COUNTY_TIME
from app.queueing.models import QueuedCaller

ANSWER_WITHIN = timedelta(seconds=15)
CONNECTED_SHARE = 0.95

_Asked = tuple[datetime, datetime | None, datetime | None, str]  # asked, answered, ended, outcome


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
    return _measured(_asked(connection, since, until))


def by_day(connection: Connection, at: datetime, days: int = 7) -> dict[date, Answering]:
    """The same for each of the county's last days, today first, without days without callers."""
    begins = at.astimezone(COUNTY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = _asked(connection, begins - timedelta(days=days - 1), at + timedelta(seconds=1))
    found: dict[date, list[_Asked]] = {}
    for row in rows:
        found.setdefault(row[0].astimezone(COUNTY_TIME).date(), []).append(row)
    return {day: _measured(found[day]) for day in sorted(found, reverse=True)}


def _asked(connection: Connection, since: datetime, until: datetime) -> list[_Asked]:
    query = select(
        QueuedCaller.asked_at, QueuedCaller.answered_at, QueuedCaller.ended_at, QueuedCaller.outcome
    ).where(QueuedCaller.asked_at >= since, QueuedCaller.asked_at < until)
    return [(row[0], row[1], row[2], str(row[3])) for row in connection.execute(query)]


def _measured(rows: Sequence[_Asked]) -> Answering:
    settled = [row for row in rows if (row[1] or row[2]) and row[3] != "came_back"]
    waits = [answered - asked for asked, answered, _, _ in settled if answered]
    seconds = [wait.total_seconds() for wait in waits]
    return Answering(
        asked=len(settled),
        connected=len(waits),
        in_time=sum(wait <= ANSWER_WITHIN for wait in waits),
        called_back=sum(outcome == "called_back" for *_, outcome in settled),
        speed=sum(seconds) / len(seconds) if seconds else None,
    )
