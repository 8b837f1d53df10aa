"""`hotline bench pages`: how fast pages are on a large database, for those who work with them.

The real service is started on the database; pages are fetched in rounds, one of each a round, so
that no page is measured in a row and a change of the machine's mood hits all.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex, token_urlsafe
from statistics import median

from rich.console import Console
from rich.table import Table
from sqlalchemy import update

from app.bench import servers
from app.bench.addresses import (
    AGENT,
    ANYBODY,
    API,
    AUDITOR,
    CLERK,
    OPERATOR,
    SUPERVISOR,
    Sheet,
    Size,
    sample_of,
    sheets,
    size_of,
)
from app.bench.browser import BenchError, Browser
from app.bench.servers import Server
from app.clock import SystemClock
from app.database import Database, unlock
from app.people.access.rights import FOR_SYSTEMS, Role
from app.people.access.visitor import Grant, Kind, Visitor
from app.people.tokens.models import ApiToken
from app.people.tokens.service import TokenWish, make_token
from app.settings import Settings

GATE_MS, REACH_MS = 50.0, 20.0
LOGINS: Mapping[str, str] = {
    AGENT: "zhang", CLERK: "wu", SUPERVISOR: "he", AUDITOR: "shu", OPERATOR: "ops",
}  # fmt: skip
FOUND = (200, 303)  # a search for a number leads to its ticket


@dataclass(frozen=True, slots=True)
class Visit:
    """One page fetched: seconds until it was there, seconds of processor time, and its bytes."""

    path: str
    round: int
    seconds: float
    cpu: float
    size: int


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a page took, in milliseconds, and how large it was.

    `cpu` is what of it the service itself worked, at the median.
    """

    name: str
    p50: float
    p95: float
    cpu: float
    kilobytes: float

    @property
    def verdict(self) -> str:
        """Whether it passed the gate, or reached what we reach for."""
        if self.p95 > GATE_MS:
            return f"above {GATE_MS:.0f}"
        return "reached" if self.p95 <= REACH_MS else "passed"


def run_pages(
    settings: Settings, password: str, rounds: int, *, only: str = "", folder: Path
) -> bool:
    """Measure and print; whether every page passed the gate.

    `only` narrows to pages whose names contain it. Raises BenchError when nobody can sign in or a
    page cannot be had.
    """
    unlock(list(settings.secrets))
    database = Database(settings.database_url)
    try:
        with database.reading() as connection:
            size, wanted = size_of(connection), sheets(sample_of(connection))
        chosen = [sheet for sheet in wanted if only in sheet.name]
        with ExitStack() as stack:
            token = stack.enter_context(_api_token(database))
            server = stack.enter_context(servers.site(settings, folder))
            servers.pin_loader()
            browsers = _browsers(server.port, password, token)
            visits = _measure(server, browsers, chosen, rounds)
    finally:
        database.close()
    timings = [_timing(name, seen) for name, seen in visits.items()]
    _print(timings, size, database, rounds)
    _print_slow([visit for seen in visits.values() for visit in seen])
    return all(timing.p95 <= GATE_MS for timing in timings)


@contextmanager
def _api_token(database: Database) -> Iterator[str]:
    """A token for the API that is good while the block runs."""
    token, name, at = token_urlsafe(32), f"bench-{token_hex(4)}", SystemClock().now()
    operator = Visitor(Kind.operator, name="bench", grants=(Grant.of(Role.admin),))
    wish = TokenWish(name, frozenset(FOR_SYSTEMS), at + timedelta(hours=6))
    with database.writing() as connection:
        make_token(connection, wish, token=token, by=operator, at=at)
    try:
        yield token
    finally:
        _revoke(database, name, SystemClock().now())


def _revoke(database: Database, name: str, at: datetime) -> None:
    with database.writing() as connection:
        connection.execute(update(ApiToken).where(ApiToken.name == name).values(revoked_at=at))


def _browsers(port: int, password: str, token: str) -> dict[str, Browser]:
    browsers = {
        ANYBODY: Browser(port),
        API: Browser(port, {"Authorization": f"Bearer {token}"}),
    }
    for role, login in LOGINS.items():
        browsers[role] = Browser(port)
        browsers[role].sign_in(login, password)
    return browsers


def _measure(
    server: Server, browsers: Mapping[str, Browser], chosen: list[Sheet], rounds: int
) -> dict[str, list[Visit]]:
    measured: dict[str, list[Visit]] = {sheet.name: [] for sheet in chosen}
    for number in range(rounds + 1):
        for sheet in chosen:
            path = sheet.paths[number % len(sheet.paths)]
            visit = _visit(server, browsers[sheet.role], path, number)
            if number:  # the first round only warms up
                measured[sheet.name].append(visit)
    return measured


def _visit(server: Server, browser: Browser, path: str, number: int) -> Visit:
    before = server.cpu_seconds()
    answer = browser.get(path)
    if answer.status not in FOUND:
        raise BenchError(f"{path} was answered with {answer.status}")
    worked = server.cpu_seconds() - before
    return Visit(path, number, answer.seconds, worked, len(answer.body))


def _timing(name: str, visits: list[Visit]) -> Timing:
    seconds = [visit.seconds for visit in visits]
    cpu = median(visit.cpu for visit in visits) * 1_000
    return Timing(
        name, median(seconds) * 1_000, _percentile(seconds, 0.95), cpu, visits[-1].size / 1_024
    )


def _percentile(seconds: list[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000


def _print(timings: list[Timing], size: Size, database: Database, rounds: int) -> None:
    table = Table(
        title=f"Pages on {'SQLite' if database.is_sqlite else 'PostgreSQL'}: {size.tickets:,} "
        f"tickets, {size.calls:,} calls, {size.events:,} call events; {rounds} of each"
    )
    for heading in ("", "p50 ms", "p95 ms", "CPU ms", "kB", "gate"):
        table.add_column(heading, justify="left" if not heading else "right")
    for timing in sorted(timings, key=lambda one: -one.p95):
        table.add_row(
            timing.name,
            f"{timing.p50:.1f}",
            f"{timing.p95:.1f}",
            f"{timing.cpu:.1f}",
            f"{timing.kilobytes:.0f}",
            timing.verdict,
        )
    Console(width=100).print(table)


def _print_slow(visits: list[Visit]) -> None:
    """Single visits above the gate: much processor time is ours, little is the machine's."""
    slow = sorted((v for v in visits if v.seconds * 1_000 > GATE_MS), key=lambda v: -v.seconds)
    console = Console(width=100)
    console.print(f"{len(slow)} of {len(visits):,} visits took more than {GATE_MS:.0f} ms.")
    for visit in slow:
        console.print(
            f"round {visit.round}: {visit.seconds * 1_000:.0f} ms, "
            f"{visit.cpu * 1_000:.0f} ms of them worked: {visit.path}",
            soft_wrap=True,
        )
