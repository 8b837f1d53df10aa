"""Plays a made-up quarter into an empty database, through the service's own code.

Everything is written by the domains' own verbs at instants of the past; only what would now reach
out (texts, calls, recordings to fetch) is settled at the end, as if it had been done then.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import structlog
from sqlalchemy import Connection, func, select

from app.calls.models import Call
from app.calls.outcomes.queries import JUDGED_AFTER
from app.insight.flow_numbers.jobs import COUNTING
from app.main import Service
from app.seed.calls import CallPlayer, keys_of
from app.seed.cast import County, county
from app.seed.desk import DeskLayer
from app.seed.disputes import DisputePlayer
from app.seed.hearings import plan_hearing
from app.seed.lives import LifePlayer, Worker
from app.seed.plan import Contact, Person, contacts, life, people
from app.seed.rest import let_rest
from app.seed.sounds import keep_sounds
from app.seed.staffing import get_to_know, put_on_duty, take_on
from app.seed.writing import Writer
from app.tickets.callbacks.jobs import FOLLOW_UP
from app.tickets.clocks.sweep import SWEEPING
from app.tickets.closing.jobs import SWEEP as CLOSING
from app.tickets.jobs import RECURRING as TICKETS_RECURRING
from app.tickets.models import Ticket
from app.voice.fallback import safe_documents
from app.voice.renderer import Renderer

log = structlog.get_logger()

CONTACTS_PER_COMMIT = 200
ASKING = 200  # the last who brought something, any of whom may ask how it stands
CALLERS = 1_200
MISSED = "来电未接通，回电了解诉求"
HEARD = 12  # so many recordings, the latest, can be played
SWEEPS = 20  # of one kind at the end of a day
RECURRING = (FOLLOW_UP, COUNTING, CLOSING, SWEEPING, *TICKETS_RECURRING)
IN_THE_PAST = frozenset(every.kind for every in RECURRING)
RECORDED = ("appeal", "missed")
TELEPHONE = ("appeal", "policy", "question", "status", "person", "missed", "emergency", "abandoned")


class SeedError(Exception):
    """The database is not one to be filled with made-up data; the text says what to do."""


class PastClock:
    """A clock that shows an instant of the past while it is played."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant that is being played."""
        return self.at

    async def sleep(self, seconds: float) -> None:
        """Nobody waits for the past."""


@dataclass(frozen=True, slots=True)
class Told:
    """How much was made up."""

    calls: int
    tickets: int
    staff: int


def seed_quarter(
    service: Service,
    now: datetime,
    *,
    days: int = 90,
    a_day: int = 40,
    seed: int = 1,
    password: str = "",
) -> Told:
    """Make up `days` of hotline. Raises SeedError unless there are neither calls nor tickets.

    All made-up staff may sign in with `password`; without one nobody may.
    """
    with service.database.reading() as connection:
        if connection.execute(select(func.count()).select_from(Ticket)).scalar():
            raise SeedError("There are tickets already: seed fills an empty database only.")
    begun = now - timedelta(days=days)
    directory = service.library.current.directory
    chance, made_up = Random(seed), county()  # noqa: S311 - made-up people, not secrets
    with service.database.writing() as connection:
        workers = take_on(connection, made_up, password, begun)
        put_on_duty(connection, directory.calendar, workers, begun, now)
        callers = people(chance, made_up, CALLERS)
        get_to_know(connection, callers, chance, begun)
    told = list(contacts(chance, made_up, callers, now, days, a_day))
    heard_since = _heard_since(told, now)
    _Quarter(service, made_up, list(workers.values()), chance, heard_since).play(told, now)
    keep_sounds(service.database, service.settings, chance, now)
    with service.database.writing() as connection:
        DeskLayer(service, made_up, workers, chance, now).lay_out(connection)
        DisputePlayer(service, made_up, workers["xiang"], chance, now).play(connection)
        plan_hearing(connection, service, callers, workers["xiang"].staff_id, now)
        let_rest(connection, now)
        return Told(_count(connection, Call), _count(connection, Ticket), len(made_up.staff))


class _Quarter:
    """Plays contacts day by day, with the recurring work of each day done at its end."""

    def __init__(
        self,
        service: Service,
        made_up: County,
        workers: list[Worker],
        chance: Random,
        heard_since: datetime,
    ) -> None:
        self._service = service
        self._county = made_up
        self._chance = chance
        library = service.library.current
        own_number = service.settings.phone_number
        safe = safe_documents(library, own_number).lost
        self._calls = CallPlayer(
            library,
            Renderer(safe, lambda: library, lambda said: said, own_number),
            service.handlers.calls,
            service.identities,
            own_number,
            heard_since,
        )
        self._writer = Writer(service, chance)
        self._lives = LifePlayer(library.directory, made_up, workers, chance)
        self._numbers: dict[Person, str] = {}  # the last ticket of each

    def play(self, told: Iterable[Contact], now: datetime) -> None:
        """Everything up to now."""
        database, day = self._service.database, None
        for batch in _batches(told, CONTACTS_PER_COMMIT):
            with database.writing() as connection:
                for contact in batch:
                    self._play_one(connection, contact)
            today = batch[-1].at.date()
            if today != day:
                day = today
                self._do_recurring_work(batch[-1].at + JUDGED_AFTER)
                self._call_back(now)
        self._do_recurring_work(now)

    def _call_back(self, now: datetime) -> None:
        """Those who hung up without an answer are called back like everybody else."""
        missed = select(Ticket.number, Ticket.caller, Ticket.category, Ticket.opened_at).where(
            Ticket.kind == "callback", Ticket.state == "new"
        )
        with self._service.database.writing() as connection:
            for number, caller, category, opened_at in connection.execute(missed).all():
                person = Person(caller, "", "", 0)
                age = (now - opened_at) / timedelta(minutes=1)
                contact = Contact(
                    opened_at, "missed", person, "zh-CN", category, MISSED, False,
                    life(self._chance, age),
                )  # fmt: skip
                self._lives.play(connection, number, contact)

    def _play_one(self, connection: Connection, contact: Contact) -> None:
        number = (
            self._call(connection, contact)
            if contact.kind in TELEPHONE
            else self._write(connection, contact)
        )
        if number:
            self._numbers[contact.person] = number
            self._lives.play(connection, number, contact)

    def _call(self, connection: Connection, contact: Contact) -> str:
        if contact.kind == "status" and self._numbers:  # who asks has brought something before
            person = self._chance.choice(list(self._numbers)[-ASKING:])
            contact = replace(contact, person=person)
        former = self._numbers.get(contact.person, "12345674")
        steps = keys_of(
            contact, self._chance, self._county, self._service.identities.random_id, former
        )
        return self._calls.play(connection, contact, steps).ticket

    def _write(self, connection: Connection, contact: Contact) -> str:
        by_text = contact.kind == "sms"
        return (self._writer.text if by_text else self._writer.form)(connection, contact)

    def _do_recurring_work(self, at: datetime) -> None:
        """Sweeps are bounded: each is done until nothing is due to it."""
        tools = replace(self._service.tools, clock=PastClock(at))
        for every in self._service.handlers.recurring:
            if every.kind in IN_THE_PAST:
                for _ in range(SWEEPS):
                    with tools.database.reading() as connection:
                        if not every.is_due(connection, at):
                            break
                    self._service.handlers.jobs[every.kind]({}, tools)


def _heard_since(told: Sequence[Contact], now: datetime) -> datetime:
    """When the first of the recordings that can be played was made."""
    recorded = [contact.at for contact in told if contact.kind in RECORDED]
    return recorded[-HEARD:][0] if recorded else now


def _batches(told: Iterable[Contact], size: int) -> Iterator[list[Contact]]:
    """Contacts in batches that end with their day."""
    batch: list[Contact] = []
    for contact in told:
        if batch and (len(batch) == size or contact.at.date() != batch[-1].at.date()):
            yield batch
            batch = []
        batch.append(contact)
    if batch:
        yield batch


def _count(connection: Connection, table: type[Call] | type[Ticket]) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
