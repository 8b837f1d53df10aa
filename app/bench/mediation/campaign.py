"""Plays schedules one after the other and judges each; one alone when it is to be looked at."""

import gc
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from sqlalchemy import Connection, select

from app import schema
from app.bench.mediation.checker import FloorRow, Rows, violations
from app.bench.mediation.inline import InlineJournal, InlineLoop, RewindingClock, ToEndpoints
from app.bench.mediation.leading import Leading, sessions_since
from app.bench.mediation.network import DirectNetwork
from app.bench.mediation.people import Agreed, Telephone
from app.bench.mediation.schedule import (
    CALLER,
    HOTLINE,
    MEDIATORS,
    OFFICES,
    STRANGER,
    Character,
    Schedule,
    draw,
)
from app.calls.identities import SeededIdentities
from app.database import Base, Database
from app.exchange.audio import ToneSpeech
from app.exchange.calls import CallOrder as ExchangeOrder
from app.exchange.exchange import Exchange
from app.exchange.virtual_time import run_in_virtual_time
from app.main import Service, assemble
from app.mediation.controls.service import Controls
from app.mediation.models import MediationEvent, MediationFloor, MediationLeg, MediationSession
from app.mediation.queries import draft_text
from app.mediation.service import Mediation
from app.mediation.states import Role
from app.mediation.summoning import Summoned
from app.rehearsal.county import ACCOUNT_SID, AUTH_TOKEN, joined_settings
from app.tickets.numbers import fresh_number

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
BASE_URL = "http://hotline.test"
QUIET_SECONDS = 100.0  # after the mediator's last deed, until all has to be over
KEPT_TABLES = frozenset({"audit_entries"})  # and all of versions: what the service has begun with
BATCH = 100  # schedules on one database
LONGEST = timedelta(days=30)


@dataclass
class Tally:
    """What became of the schedules. `faults` are violations, by the number of their schedule."""

    played: int = 0
    opened: int = 0
    webhooks: int = 0
    audible: int = 0
    recorded: int = 0
    seconds: float = 0.0
    faults: dict[int, list[str]] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Count another tally in."""
        self.played += other.played
        self.opened += other.opened
        self.webhooks += other.webhooks
        self.audible += other.audible
        self.recorded += other.recorded
        self.seconds += other.seconds
        self.faults |= other.faults


def run_schedules(
    numbers: Iterator[int] | range,
    seed: int,
    flows: Path,
    scratch: Path | None = None,
    report: Callable[[Tally], None] = lambda _tally: None,
    watch: Callable[[Exchange, str], None] = lambda _exchange, _session: None,
) -> Tally:
    """Play the schedules of these numbers; the same seed plays the same."""
    tally, waiting = Tally(), list(numbers)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with TemporaryDirectory(prefix="hotline-mediations-", dir=scratch) as folder:
        template = Path(folder) / "template.db"
        schema.upgrade(f"sqlite:///{template}")
        while waiting:
            batch, waiting = waiting[:BATCH], waiting[BATCH:]
            with TemporaryDirectory(dir=folder) as own:
                shutil.copy(template, Path(own) / "hotline.db")
                clock = RewindingClock(START)
                work = _batch(batch, seed, clock, Path(own), flows, tally, report, watch)
                with _without_collecting():
                    run_in_virtual_time(clock, work, longest=LONGEST, loop_type=InlineLoop)
    return tally


@contextmanager
def _without_collecting() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


async def _batch(
    numbers: list[int],
    seed: int,
    clock: RewindingClock,
    folder: Path,
    flows: Path,
    tally: Tally,
    report: Callable[[Tally], None],
    watch: Callable[[Exchange, str], None],
) -> None:
    network = DirectNetwork(BASE_URL, HOTLINE)
    url = f"sqlite:///{folder / 'hotline.db'}"
    settings = joined_settings(url, BASE_URL, "http://exchange.test", folder, flows)
    identities = SeededIdentities(fresh_number)
    service = assemble(
        settings, clock, network, identities, journal_type=InlineJournal, recurs=False
    )
    try:
        for number in numbers:
            identities.reseed(f"{seed}:{number}")
            began = time.process_time()
            schedule = draw(seed, number)
            service.jobs.start()
            played = _Played(schedule, service, network, clock)
            found = await played.play()
            await service.jobs.stop()
            _forget_all(service.database)
            clock.rewind()
            watch(played.exchange, played.session_id)
            tally.played += 1
            tally.opened += played.was_opened
            tally.webhooks += len(played.exchange.ledger.requests)
            tally.audible += len(played.exchange.ledger.audible)
            tally.recorded += len(played.exchange.ledger.recorded)
            tally.seconds += time.process_time() - began
            if found:
                tally.faults[number] = found
            report(tally)
    finally:
        service.flows.threads.shutdown()
        service.journal.close()
        service.database.close()


def _forget_all(database: Database) -> None:
    """Leave nothing of one schedule to the next: each is the same played alone."""
    with database.writing() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in KEPT_TABLES and not table.name.startswith("flow_"):
                connection.execute(table.delete())


class _Played:
    """One schedule on an exchange of its own."""

    def __init__(
        self, schedule: Schedule, service: Service, network: DirectNetwork, clock: RewindingClock
    ) -> None:
        self._schedule = schedule
        self._service = service
        self._clock = clock
        self.session_id = ""
        self.was_opened = False
        self.exchange = Exchange(
            clock,
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            seed=schedule.seed * 1_000_003 + schedule.number,
            faults=schedule.faults,
            speech=ToneSpeech(),
            transport=ToEndpoints(service.edge.endpoints()),
        )
        self.exchange.add_number(
            HOTLINE,
            f"{BASE_URL}/voice/incoming",
            voice_fallback_url=f"{BASE_URL}/voice/fallback",
            status_callback=f"{BASE_URL}/voice/status",
        )
        network.exchange = self.exchange
        network.chance = Random(f"rest:{schedule.seed}:{schedule.number}")  # noqa: S311
        network.trouble = schedule.trouble
        self._network = network
        self._telephones = {
            number: Telephone(self.exchange, number, characters, leads=number in MEDIATORS)
            for number, characters in schedule.characters.items()
        }
        always = Character("human", 0.0, "1", 0.1, None, "", plays_with_keys=False)
        self._telephones[CALLER] = Telephone(self.exchange, CALLER, [always])
        self._stranger = Telephone(self.exchange, STRANGER, [always])
        mediation = service.handlers.mediation
        self._mediation: Mediation = mediation
        self._controls = Controls(mediation, draft_text)

    async def play(self) -> list[str]:
        """Play it to its end, and what must not have been."""
        start = self._clock.now()
        began = await (self._convene() if self._schedule.convened else self._summon())
        if not began:
            return await self._closed()
        self.session_id = sessions_since(self._service.database, start)[-1]
        leading = Leading(
            self._schedule,
            self.session_id,
            self._service.database,
            self._clock,
            self._controls,
            self._telephones,
            self._service.jobs.wake,
        )
        for after in self._schedule.strangers:
            self.exchange.spawn(self._intrude(after))
        await leading.lead()
        await self._clock.sleep(QUIET_SECONDS)
        rows = self._rows()
        self.was_opened = rows.first_opened is not None
        found = list(violations(self._schedule, self.exchange, self._telephones, rows))
        return found + await self._closed()

    async def _closed(self) -> list[str]:
        self._network.trouble = 0.0
        for leg in self.exchange.calls.newest_first():
            leg.hang_up()
        crashes: list[str] = []
        try:
            await self.exchange.close()
        except BaseExceptionGroup as group:
            crashes = [f"the exchange crashed: {error!r}" for error in group.exceptions]
        return crashes

    async def _convene(self) -> bool:
        """A caller dials, chooses a department, agrees."""
        telephone = self._telephones[CALLER]
        leg = self.exchange.dial(telephone, HOTLINE)
        telephone.legs.append(leg)
        for key in ("4", "1", self._schedule.characters[OFFICES[0]][0].agrees):
            if not await telephone.its_turn(leg, 60):
                return False
            leg.press(key)
            await self._clock.sleep(0.3)
        if key not in ("1", "3"):
            return False
        telephone.agreed[leg.sid] = Agreed(leg.sid, self._clock.now(), key == "1")
        await self._clock.sleep(0.5)
        return True

    async def _summon(self) -> bool:
        """The mediator and two to five others are rung at once."""
        others = OFFICES[: self._schedule.parties - 1]
        roles: tuple[Role, ...] = ("party", "party", "department", "interpreter", "party")
        languages = ("zh-CN", "en-US", "zh-CN", "yue-HK", "zh-CN")
        summoned = [Summoned("mediator", MEDIATORS[0])]
        summoned += [
            Summoned(role, number, "", language)
            for number, role, language in zip(others, roles, languages, strict=False)
        ]
        session_id = self._service.identities.random_id()
        with self._service.database.writing() as connection:
            self._mediation.summoning.summon(connection, session_id, summoned, self._clock.now())
        self._service.jobs.wake()
        return True

    async def _intrude(self, after: float) -> None:
        """Somebody who has learned the conference's name comes in."""
        await self._clock.sleep(after)
        alive = [
            one for one in self.exchange.conferences.newest_first() if one.status == "in-progress"
        ]
        if alive:
            twiml = (
                "<Response><Dial><Conference beep='false'>"
                f"{alive[0].name}</Conference></Dial></Response>"
            )
            self.exchange.calls.place(ExchangeOrder(STRANGER, HOTLINE, twiml=twiml))

    def _rows(self) -> Rows:
        with self._service.database.reading() as connection:
            return _rows_of(connection, self.session_id)


def _rows_of(connection: Connection, session_id: str) -> Rows:
    legs = connection.execute(
        select(MediationLeg.id, MediationLeg.number, MediationLeg.role).where(
            MediationLeg.session_id == session_id
        )
    ).all()
    numbers = {leg.id: leg.number for leg in legs}
    floors = connection.execute(
        select(
            MediationFloor.conference, MediationFloor.private_leg, MediationFloor.recorded
        ).where(MediationFloor.session_id == session_id)
    ).all()
    session = connection.execute(
        select(MediationSession.closed_at).where(MediationSession.id == session_id)
    ).one()
    events = connection.execute(
        select(MediationEvent.kind, MediationEvent.at, MediationEvent.leg_id)
        .where(MediationEvent.session_id == session_id)
        .order_by(MediationEvent.id)
    ).all()
    opened = [event.at for event in events if event.kind in ("open_floor", "speak_alone")]
    return Rows(
        [FloorRow(row[0], numbers.get(row[1], ""), row[2]) for row in floors],
        opened[0] if opened else None,
        session.closed_at,
        [leg.number for leg in legs if leg.role == "mediator"],
        _put_out(events, numbers),
    )


def _put_out(
    events: Sequence[Any], numbers: Mapping[str, str]
) -> list[tuple[str, datetime, datetime]]:
    """From when until when each leg had to be off the floor."""
    spans: list[tuple[str, datetime, datetime]] = []
    since: dict[str, datetime] = {}
    for event in events:
        number = numbers.get(event.leg_id, "")
        if event.kind in ("hold", "remove"):
            since.setdefault(number, event.at)
        elif event.kind in ("unhold", "redial", "add") and number in since:
            spans.append((number, since.pop(number), event.at))
    return spans + [(number, at, datetime.max.replace(tzinfo=UTC)) for number, at in since.items()]
