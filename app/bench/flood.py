"""Emergencies while ten times as many call as can be served.

A second process floods the service: callers none of whom ever pauses (each sends the next key the
moment it is answered), a third of them from one number, and sockets that send nothing to the end.
Meanwhile people in danger press 9 and answer what they are asked, one after another.
"""

import asyncio
import json
import multiprocessing
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app import schema
from app.bench import servers
from app.bench.danger import PersonsInDanger
from app.bench.loader import Tally, load
from app.bench.servers import Server

GATE_MILLISECONDS = 1_000.0  # the 99th percentile of an emergency step
DEADLINE_MILLISECONDS = 3_000.0  # for everybody
LONGEST_END_SECONDS = 60.0
SETTLING_SECONDS = 2.0  # until the flood is at its height
IN_PROGRESS = 100  # calls that the service bears at p99 of 100 ms: the gate of its latency


@dataclass(frozen=True, slots=True)
class Flood:
    """What was measured of one service; times are in milliseconds."""

    name: str
    bears_per_second: float
    callers: int
    answered_per_second: float
    ordinary_p99: float
    ordinary_longest: float
    told_to_wait: int
    emergencies: int
    emergency_p50: float
    emergency_p99: float
    emergency_longest: float
    without_database: int
    recovered_seconds: float

    @property
    def passed(self) -> bool:
        """Whether emergencies were served within a second, and all others within three."""
        return (
            self.emergency_p99 <= GATE_MILLISECONDS
            and self.ordinary_longest <= DEADLINE_MILLISECONDS
        )


def run_flood(
    *, seconds: float, times: int, silent: int, postgresql: str, report: Path | None
) -> bool:
    """Measure and print; returns whether every gate was passed.

    `times` is how many times more callers there are than the service bears, `silent` the number of
    sockets that never finish a request. `postgresql` is the URL of an empty database, or empty.
    """
    with tempfile.TemporaryDirectory(prefix="hotline-flood-") as folder:
        databases = [("SQLite FULL", f"sqlite:///{folder}/flood.db")]
        if postgresql:
            databases.append(("PostgreSQL", postgresql))
        measured = []
        for name, url in databases:
            schema.upgrade(url)
            with servers.service(name, url, Path(folder)) as server:
                measured.append(_measure(server, seconds, times * IN_PROGRESS, silent))
    _print(measured)
    if report is not None:
        report.write_text(json.dumps([asdict(one) for one in measured], indent=2) + "\n")
    return all(one.passed for one in measured)


def _measure(server: Server, seconds: float, callers: int, silent: int) -> Flood:
    calm = asyncio.run(load(server.port, servers.TOKEN, 16, 3.0, run="calm"))
    spawning = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[dict[str, Any]] = spawning.Queue()
    flood = spawning.Process(
        target=_flood, args=(server.port, callers, silent, seconds + SETTLING_SECONDS, told)
    )
    flood.start()
    begun = told.get(timeout=LONGEST_END_SECONDS)
    assert begun["event"] == "begun"
    time.sleep(SETTLING_SECONDS)
    danger = PersonsInDanger(server.port, servers.TOKEN)
    asyncio.run(danger.call_for(seconds))
    ended = told.get(timeout=LONGEST_END_SECONDS)
    flood.join()
    ordinary = Tally(ended["requests"], ended["seconds"], ended["latencies"])
    return Flood(
        name=server.name,
        bears_per_second=calm.rate,
        callers=callers,
        answered_per_second=ordinary.rate,
        ordinary_p99=ordinary.percentile(0.99),
        ordinary_longest=ordinary.percentile(1.0),
        told_to_wait=ended["told_to_wait"],
        emergencies=danger.tally.requests,
        emergency_p50=danger.tally.percentile(0.50),
        emergency_p99=danger.tally.percentile(0.99),
        emergency_longest=danger.tally.percentile(1.0),
        without_database=danger.without_database,
        recovered_seconds=asyncio.run(_recovery(server)),
    )


def _flood(port: int, callers: int, silent: int, seconds: float, told: Any) -> None:
    """The other process: flood, and tell what it was like."""
    servers.pin_loader()

    async def run() -> None:
        mute = [await asyncio.open_connection("127.0.0.1", port) for _ in range(silent)]
        for _, writer in mute:
            writer.write(b"POST /voice/incoming HTTP/1.1\r\nHost: ")
        told.put({"event": "begun"})
        tally = await load(
            port, servers.TOKEN, callers, seconds, run="f", one_number_in=3, patient=True
        )
        told.put(
            {
                "event": "ended",
                "requests": tally.requests,
                "seconds": tally.seconds,
                "latencies": tally.latencies,
                "told_to_wait": tally.told_to_wait,
            }
        )
        for _, writer in mute:
            writer.close()

    asyncio.run(run())


async def _recovery(server: Server) -> float:
    """Seconds until a single caller is answered as fast as on a quiet day again."""
    begin = time.perf_counter()
    while True:
        tally = await load(server.port, servers.TOKEN, 1, 0.25, run=f"r{time.time_ns()}")
        if tally.percentile(0.99) < 100:
            return max(0.0, time.perf_counter() - begin - 0.25)


def _print(measured: list[Flood]) -> None:
    table = Table(title="Emergencies under a flood, one worker; times in ms")
    table.add_column("")
    for one in measured:
        table.add_column(one.name, justify="right")
    rows = [
        ("bears, steps/s", "bears_per_second", "{:,.0f}"),
        ("callers who never pause", "callers", "{:,}"),
        ("answered, steps/s", "answered_per_second", "{:,.0f}"),
        ("ordinary p99", "ordinary_p99", "{:,.0f}"),
        ("ordinary longest", "ordinary_longest", "{:,.0f}"),
        ("told to wait", "told_to_wait", "{:,}"),
        ("emergency steps", "emergencies", "{:,}"),
        ("emergency p50", "emergency_p50", "{:,.0f}"),
        ("emergency p99", "emergency_p99", "{:,.0f}"),
        ("emergency longest", "emergency_longest", "{:,.0f}"),
        ("emergency steps without the database", "without_database", "{:,}"),
        ("as before, after s", "recovered_seconds", "{:.1f}"),
    ]
    for label, name, written in rows:
        table.add_row(label, *(written.format(getattr(one, name)) for one in measured))
    table.add_row("gate", *("passed" if one.passed else "not passed" for one in measured))
    Console().print(table)
