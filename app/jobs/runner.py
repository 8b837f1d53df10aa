"""Does the jobs of the outbox: claims what is due, runs it in a thread, settles it."""

import asyncio
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import TypeVar

import structlog

from app.calls.gateway.service import OutboundGateway
from app.calls.telephony import Telephony
from app.clock import Clock, sleep_unless_woken
from app.database import Database
from app.jobs import queries, service
from app.jobs.schedule import Every, Schedule, enqueue_slots
from app.jobs.service import ClaimedJob, Payload
from app.metrics import counters

log = structlog.get_logger()

T = TypeVar("T")

LEASE = timedelta(seconds=10)  # longer than any handler takes: REST gives up after 7 s
ATTEMPTS = 10  # of a handler that fails
PATIENCE = 60  # runs of a handler that asks for another: three quarters of an hour at least
AT_ONCE, RESERVED = 10, 2  # of all that are done at once, so many can only be urgent ones
SHORTEST_SLEEP = 0.05  # seconds; many commits wake us, not each is worth a look
LONGEST_AWAY = 5.0  # seconds between two looks while the database is away
LONGEST_BACKOFF = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Tools:
    """What handlers work with. Calls are placed by `app.calls.retry_law` alone."""

    database: Database
    telephony: Telephony
    clock: Clock
    gateway: OutboundGateway = field(default_factory=OutboundGateway)


Handler = Callable[[Payload, Tools], None]


class RetryLater(Exception):  # noqa: N818 - an order to the runner, not an error
    """Raised by a handler that can do nothing now and asks to be run again after some seconds.

    Later than that, the longer it lasts, and given up after `PATIENCE` runs: a network that is away
    for twenty seconds is no reason never to ring somebody.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class JobRunner:
    """Runs due jobs until it is stopped. Handlers may run twice and must be idempotent.

    A handler that raises is tried again, ever later, and given up after `ATTEMPTS` leases, one that
    asks for it (`RetryLater`) after `PATIENCE`.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        handlers: Mapping[str, Handler],
        tools: Tools,
        worker_name: str,
        recurring: Sequence[Every] = (),
        look_seconds: float = 1.0,
    ) -> None:
        """Take the parts; `look_seconds` is how soon a job of another process is noticed."""
        self._look_seconds = look_seconds
        self._database = database
        self._clock = clock
        self._handlers = handlers
        self._tools = tools
        self._worker = worker_name
        self._schedule = Schedule(recurring)
        # Threads of our own: a slow REST call must not hold up the reads of voice webhooks.
        self._threads = ThreadPoolExecutor(AT_ONCE + 1, thread_name_prefix="jobs")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looker: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._looker = self._loop.create_task(self._look_for_ever(), name="jobs")

    def wake(self) -> None:
        """Look at once: something may have become due. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._awake.set)

    async def stop(self) -> None:
        """Claim nothing more and let what is running end."""
        if self._looker is not None:
            self._looker.cancel()
            await asyncio.gather(self._looker, return_exceptions=True)
        await asyncio.gather(*self._running, return_exceptions=True)
        self._threads.shutdown()

    async def _look_for_ever(self) -> None:
        failures = 0
        while True:
            self._awake.clear()
            try:
                pause = await self._look()
                failures = 0
            except Exception as error:
                # The database is away or busy: nothing is lost, the rows stay due.
                log.warning("jobs.look_failed", error=_where(error))
                failures += 1
                pause = min(LONGEST_AWAY, backoff(failures))
            await self._clock.sleep(SHORTEST_SLEEP)
            if pause > 0:
                await sleep_unless_woken(self._clock, pause, self._awake)

    async def _look(self) -> float:
        """Start what is due; returns how long nothing more will be, in seconds."""
        free = AT_ONCE - len(self._running)
        unseen = self._schedule.unseen(self._clock.now())
        if unseen:
            await self._in_thread(partial(self._enqueue_slots, unseen))
        due = await self._in_thread(self._next_due)
        if due is None or free == 0:
            return self._look_seconds
        now = self._clock.now()
        if due > now:
            return min(self._look_seconds, (due - now).total_seconds())
        claimed = await self._in_thread(partial(self._claim, now, free))
        for job in claimed:
            task = asyncio.get_running_loop().create_task(self._do(job), name=job.key)
            self._running.add(task)
            task.add_done_callback(self._done)
        return 0.0 if claimed else self._look_seconds

    async def _do(self, job: ClaimedJob) -> None:
        settle = await self._in_thread(partial(self._run, job))
        try:
            is_ours = await self._in_thread(settle)
        except Exception as error:
            # Its lease will run out and it will be done again: handlers are idempotent.
            log.warning("job.not_settled", kind=job.kind, key=job.key, error=_where(error))
            return
        if not is_ours:
            log.warning("job.lease_lost", kind=job.kind, key=job.key)

    def _run(self, job: ClaimedJob) -> Callable[[], bool]:
        """Run the handler; returns how the job is to be settled."""
        try:
            self._handlers[job.kind](job.payload, self._tools)
        except RetryLater as order:
            pause = max(order.seconds, backoff(job.attempts - ATTEMPTS))
            return partial(self._retry, job, pause, str(order), PATIENCE)
        except Exception as error:
            log.warning("job.error", kind=job.kind, key=job.key, error=_where(error))
            return partial(self._retry, job, backoff(job.attempts), _where(error))
        return partial(self._finish, job)

    def _enqueue_slots(self, unseen: Sequence[Every]) -> None:
        now = self._clock.now()
        asked = [every for every in unseen if self._asks_for(every, now)]
        if asked:
            with self._database.writing() as connection:
                enqueue_slots(connection, asked, now)
            self._schedule.seen(asked, now)

    def _asks_for(self, every: Every, now: datetime) -> bool:
        """Whether there is something to do; who cannot tell holds up nobody else."""
        try:
            with self._database.reading() as connection:
                if every.is_due(connection, now):
                    return True
        except Exception as error:
            log.warning("jobs.recurring_failed", kind=every.kind, error=_where(error))
        self._schedule.seen([every], now)
        return False

    def _next_due(self) -> datetime | None:
        with self._database.reading() as connection:
            return queries.next_due(connection)

    def _claim(self, now: datetime, limit: int) -> list[ClaimedJob]:
        with self._database.writing() as connection:
            return service.claim(connection, self._worker, now, limit, LEASE, RESERVED)

    def _finish(self, job: ClaimedJob) -> bool:
        counters.JOB_RUNS.labels(job.kind, "done").inc()
        with self._database.writing() as connection:
            return service.finish(connection, job, self._clock.now())

    def _retry(self, job: ClaimedJob, seconds: float, error: str, attempts: int = ATTEMPTS) -> bool:
        now = self._clock.now()
        with self._database.writing() as connection:
            if job.attempts >= attempts:
                counters.JOB_RUNS.labels(job.kind, "given_up").inc()
                log.error("job.given_up", kind=job.kind, key=job.key, error=error)
                return service.fail(connection, job, error, now)
            counters.JOB_RUNS.labels(job.kind, "again").inc()
            return service.retry(connection, job, now + timedelta(seconds=seconds), error)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._awake.set()

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def backoff(attempts: int) -> float:
    """How long to wait, in seconds, after so many attempts: 1, 2, 4 … 60."""
    return min(LONGEST_BACKOFF, 2.0 ** (attempts - 1))


def _where(error: BaseException) -> str:
    """The error's type and place, without its text: that may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return type(error).__name__ + place
