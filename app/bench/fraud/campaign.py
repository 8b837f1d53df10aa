"""Runs attempts of fraud against the whole service and its exchange, and judges by the exchange."""

import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import insert, select

from app import schema
from app.bench.fraud.attacks import STAFF, Attack, attacks, carry_out
from app.calls.gateway.caps import DAY, HOUR
from app.calls.gateway.models import OutboundLeg
from app.calls.journal import is_away
from app.database import blind_index
from app.exchange.clock import VirtualClock
from app.exchange.virtual_time import run_in_virtual_time
from app.flows.dialling import telephones
from app.flows.numbering import refused_as
from app.main import Service
from app.people.access.rights import Role
from app.people.alerts.models import Alert
from app.people.staff.models import Staff, StaffGrant
from app.rehearsal.county import Joined, joined

AT_ONCE = 16
BATCH = 100  # attempts between which some time passes
PAUSE_SECONDS = 360.0
BEGINS = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CAPS = (
    "{number_per_hour: 2, number_per_day: 4, staff_per_hour: 10, staff_per_day: 40, "
    "calls_per_hour: 60, calls_per_day: 400, minutes_per_hour: 1000, minutes_per_day: 5000}"
)
STAFF_PHONES = "+86137000100"
MOST_TRIES = 30  # of a job that finds the database busy


@dataclass
class Tally:
    """What became of the attempts. `passed` are caps by how much they were passed."""

    attempts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    rung: int = 0
    dialled: int = 0
    forbidden: list[str] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=dict)
    alarms: Counter[str] = field(default_factory=Counter)
    forged: int = 0
    believed: int = 0
    seconds: float = 0.0

    @property
    def faults(self) -> list[str]:
        """What must never be."""
        found = [f"rung: {number}" for number in self.forbidden]
        found += [f"{cap} passed by {by}" for cap, by in self.passed.items() if by > 1]
        if self.believed:
            found.append(f"{self.believed} forged webhooks were believed")
        missing = {"outbound.cap_reached", "outbound.forbidden_number"} - set(self.alarms)
        return [*found, *(f"nobody was told: {kind}" for kind in sorted(missing))]


def run_campaign(database_url: str, flows: Path, attempts: int, seed: int) -> Tally:
    """Carry out so many attempts on an empty database; the same seed makes the same ones."""
    schema.upgrade(database_url)
    clock = VirtualClock(BEGINS)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hotline-fraud-") as name:
        folder = Path(name)
        capped = _capped(flows, folder / "flows")

        async def run() -> Tally:
            async with joined(clock, database_url, folder, capped) as both:
                return await _attack(both, attacks(attempts, Random(seed)))  # noqa: S311

        tally = run_in_virtual_time(clock, run())
    tally.seconds = time.monotonic() - begun
    return tally


async def _attack(both: Joined, planned: list[Attack]) -> Tally:
    _employ(both)
    tally = Tally(Counter(attack.way for attack in planned))
    dialled: list[str] = []
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fraud") as threads:
        for start in range(0, len(planned), BATCH):
            batch = planned[start : start + BATCH]
            numbers = await asyncio.gather(
                *(loop.run_in_executor(threads, _insist, one, both.service) for one in batch)
            )
            dialled += [number for some in numbers for number in some]
            await _forge(both, batch, tally)
            await both.clock.sleep(PAUSE_SECONDS)
    _judge(both, dialled, tally)
    return tally


def _insist(attack: Attack, service: Service) -> tuple[str, ...]:
    """An attempt as the runner of jobs makes it: again, while the database is busy."""
    for _ in range(MOST_TRIES):
        try:
            return carry_out(attack, service)
        except Exception as error:
            if not is_away(error):
                raise
    raise RuntimeError("the database was busy for too long")


async def _forge(both: Joined, batch: list[Attack], tally: Tally) -> None:
    """Webhooks that nobody signed: that a call was answered, or is over and cost nothing."""
    import httpx2

    async with httpx2.AsyncClient() as client:
        for attack in batch[::20]:
            for path in (f"/voice/outbound?leg={attack.key}", f"/voice/status?leg={attack.key}"):
                with both.clock.working():
                    answer = await client.post(
                        f"{both.base_url}{path}",
                        data={"CallSid": f"CA{attack.key}", "CallStatus": "completed"},
                        headers={"X-Twilio-Signature": "bm90IHNpZ25lZA=="},
                    )
                tally.forged += 1
                tally.believed += answer.status_code != 403


def _judge(both: Joined, dialled: list[str], tally: Tally) -> None:
    """By what the exchange was asked for and rang, and by the alarms that stand in the database.

    The numbers of a `<Dial>` are judged by the allow-list alone: no call ever rang them.
    """
    directory = both.service.library.current.directory
    caps = directory.dialling.caps
    placed = sorted(
        (leg.date_created, leg.ends.to)
        for leg in both.exchange.calls.newest_first()
        if leg.direction == "outbound-api"
    )
    tally.rung, tally.dialled = len(placed), len(dialled)
    everywhere = {*dialled, *(number for _, number in placed), *both.exchange.ledger.rung()}
    tally.forbidden = sorted(
        number for number in everywhere if refused_as(number, directory.dialling) is not None
    )
    ours = {number for _, number in telephones(directory)}
    outside = [
        (number, at)
        for at, number in placed
        if number not in ours and not number.startswith(STAFF_PHONES)
    ]
    with both.service.database.reading() as connection:
        refused = select(OutboundLeg.rule).where(OutboundLeg.state == "refused")
        tally.refused = Counter(connection.execute(refused).scalars())
        tally.alarms = Counter(connection.execute(select(Alert.kind)).scalars())
        staff = select(OutboundLeg.actor, OutboundLeg.placed_at).where(
            OutboundLeg.placed_at.is_not(None), OutboundLeg.actor.like("staff:%")
        )
        by_staff = [(actor, at or BEGINS) for actor, at in connection.execute(staff)]
    everybody = [("", at) for at, _ in placed]
    for scope, who in (("number", outside), ("staff", by_staff), ("calls", everybody)):
        for window, name in ((HOUR, "hour"), (DAY, "day")):
            cap = f"{scope}_per_{name}"
            tally.passed[cap] = _most_of_one(who, window) - getattr(caps, cap)


def _most_of_one(who: Iterable[tuple[str, datetime]], window: timedelta) -> int:
    """The most that one of them has within any window."""
    times: dict[str, list[datetime]] = {}
    for name, at in who:
        times.setdefault(name, []).append(at)
    return max((_most(sorted(one), window) for one in times.values()), default=0)


def _most(times: Iterable[datetime], window: timedelta) -> int:
    """The most that fell into any window, its end excluded."""
    ordered, first, most = list(times), 0, 0
    for last, at in enumerate(ordered):
        while ordered[first] <= at - window:
            first += 1
        most = max(most, last - first + 1)
    return most


def _employ(both: Joined) -> None:
    """Staff who dial, and a supervisor who is to be told."""
    now = both.clock.now()
    with both.service.database.writing() as connection:
        for place in range(STAFF + 1):
            phone = f"{STAFF_PHONES}{place:02}"
            person = insert(Staff).values(
                login=f"s{place}",
                name="-",
                language="zh-CN",
                phone=phone,
                phone_index=blind_index(phone),
                active=True,
                created_at=now,
            )
            connection.execute(person)
        grant = {"staff_id": STAFF + 1, "role": Role.supervisor, "granted_at": now}
        connection.execute(insert(StaffGrant).values(**grant))


def _capped(flows: Path, to: Path) -> Path:
    """The flows with caps that a campaign can reach."""
    shutil.copytree(flows, to)
    directory = to / "directory.yaml"
    lines = [
        f'dialling: {{prefixes: ["+86"], caps: {CAPS}}}' if line.startswith("dialling:") else line
        for line in directory.read_text("utf-8").splitlines()
    ]
    directory.write_text("\n".join(lines) + "\n", "utf-8")
    return to
