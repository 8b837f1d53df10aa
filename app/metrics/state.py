"""How things stand, as gauges: read from the database at a scrape, in one place.

Whichever worker answers the scrape reads them, so they are never added up over workers.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.calls.spool import Spool
from app.clock import Clock
from app.database import Database
from app.metrics.queries import Standing, standing
from app.publishing.live import LiveLibrary

log = structlog.get_logger()

FRESH_SECONDS = 5.0  # scrapes closer together than this share one reading


@dataclass(eq=False)  # a registry tells collectors apart by what they are
class StandingState(Collector):
    """Everything that stands in the database, the spool and the flows of a process."""

    database: Database
    library: LiveLibrary
    spool: Spool
    clock: Clock
    _read_at: float = float("-inf")
    _read: Standing | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def collect(self) -> Iterator[Metric]:
        """The gauges; without the database those that need none."""
        now = self._standing()
        yield GaugeMetricFamily(
            "hotline_database_up", "Whether the database answers.", float(now is not None)
        )
        yield from self._flows()
        yield from self._spooled()
        if now is not None:
            yield from _gauges(now)
            yield from _gateway(now, self.clock.now())

    def _standing(self) -> Standing | None:
        with self._lock:
            if time.monotonic() - self._read_at > FRESH_SECONDS:
                self._read, self._read_at = self._look(), time.monotonic()
            return self._read

    def _look(self) -> Standing | None:
        try:
            with self.database.reading() as connection:
                return standing(connection, self.clock.now())
        except Exception as error:  # away, or a query took too long: the gauge says so
            log.warning("metrics.look_failed", error=type(error).__name__)
            return None

    def _flows(self) -> Iterator[Metric]:
        version = GaugeMetricFamily(
            "hotline_flow_version_info", "The version of the flows in force.", labels=["version"]
        )
        version.add_metric([self.library.current.version], 1)
        yield version
        yield GaugeMetricFamily(
            "hotline_flow_findings",
            "What keeps changed flow files from coming into force; 0 when nothing does.",
            len(self.library.findings),
        )

    def _spooled(self) -> Iterator[Metric]:
        waiting, unreadable = self.spool.waiting()
        yield GaugeMetricFamily("hotline_spool_items", "What waits to be replayed.", waiting)
        yield GaugeMetricFamily(
            "hotline_spool_unreadable", "Lines of the spool that were set aside.", unreadable
        )


def _gauges(now: Standing) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "hotline_calls_in_progress", "Calls in progress.", now.calls_in_progress
    )
    yield _by(
        "hotline_calls_waiting",
        "Callers for whom a person is rung, and parties who wait for a mediation.",
        ["awaiting"],
        {(name,): count for name, count in now.calls_waiting.items()},
    )
    yield from _jobs(now)
    yield from _queue(now)
    yield GaugeMetricFamily("hotline_tickets_open", "Tickets not yet settled.", now.tickets_open)
    yield _by(
        "hotline_tickets_overdue",
        "Tickets whose deadline has passed, by clock.",
        ["clock"],
        {(name,): count for name, count in now.tickets_overdue.items()},
    )
    yield _by(
        "hotline_outbound_calls",
        "Calls we place that fell due within 24 hours, by how they went.",
        ["result"],
        {(name,): count for name, count in now.outbound.items()},
    )
    unstored = {"awaited": 0, "failed": 0} | now.recordings_unstored
    yield _by(
        "hotline_recordings_not_stored",
        "Recordings that are with the provider only.",
        ["state"],
        {(name,): count for name, count in unstored.items()},
    )
    yield _by(
        "hotline_texts",
        "Text messages of the last 24 hours, by direction and state.",
        ["direction", "state"],
        now.texts,
    )


def _gateway(now: Standing, at: datetime) -> Iterator[Metric]:
    watched = {"refused": 0, "unknown": 0, "stranger": 0} | now.legs
    yield _by(
        "hotline_gateway_legs",
        "Legs of the last 24 hours at the outbound gateway, by state.",
        ["state"],
        {(state,): count for state, count in watched.items()},
    )
    through_at = now.line.through_at or now.line.since or at
    yield GaugeMetricFamily(
        "hotline_canary_age_seconds",
        "Time since the line's own test call came through the last time; 0 without a canary.",
        (at - through_at).total_seconds(),
    )


def _queue(now: Standing) -> Iterator[Metric]:
    yield _by(
        "hotline_queue_callers",
        "Callers who want a person: on the line, and those whose place is kept.",
        ["state"],
        {(name,): count for name, count in now.queue.items()},
    )
    yield GaugeMetricFamily(
        "hotline_queue_longest_wait_seconds",
        "How long the caller who waits longest has been waiting.",
        now.longest_wait,
    )
    told = {
        "asked": now.answering.asked,
        "connected": now.answering.connected,
        "in_time": now.answering.in_time,
        "called_back": now.answering.called_back,
    }
    yield _by(
        "hotline_person_calls",
        "Callers of the last 24 hours who asked for a person, and how they fared.",
        ["result"],
        {(name,): count for name, count in told.items()},
    )


def _jobs(now: Standing) -> Iterator[Metric]:
    counts: dict[str, Callable[[str], int]] = {
        "due": lambda kind: now.jobs[kind].due,
        "late": lambda kind: now.jobs[kind].late,
        "failed": lambda kind: now.jobs[kind].failed,
    }
    yield _by(
        "hotline_jobs",
        "Background jobs by kind: due now, due for over a minute, given up.",
        ["kind", "state"],
        {(kind, state): count(kind) for kind in now.jobs for state, count in counts.items()},
    )


def _by(
    name: str,
    told: str,
    labels: list[str],
    values: "dict[tuple[str], int] | dict[tuple[str, str], int]",
) -> Metric:
    family = GaugeMetricFamily(name, told, labels=labels)
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family
