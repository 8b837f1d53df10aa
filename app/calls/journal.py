"""The group-commit journal: concurrent webhooks of one worker share a commit.

One thread owns one connection. While it commits, the next entries gather; each waiter is answered
only after its own entry is durable. An entry that fails is taken alone, so that a bad one never
takes its neighbours with it. Entries of the urgent lane are committed before all others that wait,
by themselves: they wait for no more than the commit under way.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.calls.lanes import UrgentLane, Work
from app.calls.writes import LARGEST_GROUP, StepWrite, write_steps
from app.database import Database
from app.logs import in_this_context
from app.metrics import counters

log = structlog.get_logger()

T = TypeVar("T")
LINGER_SECONDS = 0.002


class DatabaseAwayError(Exception):
    """The database cannot be reached, is locked, or did not answer in time."""


class TooSlowError(DatabaseAwayError):
    """The database did not answer in time; whether it is away or overloaded, `works` tells."""


class OverloadedError(Exception):
    """More is asked of the database than it can do; it is not away, and asking again helps."""


@dataclass(slots=True)
class Entry(Generic[T]):
    """A step or a piece of work, and the one who waits for it."""

    work: "StepWrite | Work[T]"
    loop: asyncio.AbstractEventLoop
    waiter: "asyncio.Future[T]"


def is_away(error: BaseException) -> bool:
    """Whether an error means that the database is away, rather than that the work is wrong."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | PoolTimeoutError | OSError)


class _Expected:
    """How many webhooks are in progress; changed by the event loop only."""

    webhooks = 0

    def __enter__(self) -> None:
        self.webhooks += 1

    def __exit__(self, *_raised: object) -> None:
        self.webhooks -= 1


class Journal:
    """Writes steps and other small works durably, many per commit."""

    def __init__(self, database: Database, *, after_commit: Callable[[], None] = lambda: None):
        """After a commit that was of more than plain steps `after_commit` is called."""
        self._database = database
        self._after_commit = after_commit
        # Behind `urgent` an entry of the urgent lane waits, unless it was taken before.
        self._entries: queue.SimpleQueue[Entry[Any] | Literal["urgent"] | None]
        self._entries = queue.SimpleQueue()
        self._urgent: queue.SimpleQueue[Entry[Any]] = queue.SimpleQueue()
        self._connections: dict[str, Connection] = {}
        self._away = counters.AwayTime()
        self._expected = _Expected()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def start(self) -> None:
        """Begin writing."""
        self._thread.start()

    def close(self) -> None:
        """Write what was handed in, then stop."""
        self._entries.put(None)
        self._thread.join()

    async def write_step(self, step: StepWrite, *, within: float) -> bool:
        """Write one step with its effects.

        Returns False when the call was not at that step any more (nothing is written then).
        Raises DatabaseAwayError when it was not durable `within` seconds, or whatever an effect
        raised to refuse.
        """
        return bool(await self._submit(step, within))

    @property
    def works(self) -> bool:
        """Whether the database answers, so that what is late is only late."""
        return self._database.works

    @property
    def urgent(self) -> UrgentLane:
        """The lane of emergencies."""
        return UrgentLane(self._submit_urgently, lambda: self.works)

    async def do(self, work: "Work[T]", *, within: float) -> T:
        """Do a piece of work in a commit. Raises as `write_step`.

        What it logs carries the call of whoever asked, although a thread of ours does it.
        """
        return await self._submit(in_this_context(work), within)

    def expecting(self) -> AbstractContextManager[None]:
        """Say that an entry may be handed in soon: a commit under way waits for it a moment.

        Syncing is most of a commit's cost, and it is paid per commit, not per entry.
        """
        return self._expected

    async def _submit(self, work: "StepWrite | Work[T]", within: float) -> T:
        return await self._waited_for(work, within, self._entries.put)

    async def _submit_urgently(self, work: "StepWrite | Work[T]", within: float) -> T:
        return await self._waited_for(work, within, self._put_urgently)

    def _put_urgently(self, entry: "Entry[Any]") -> None:
        self._urgent.put(entry)
        self._entries.put("urgent")

    async def _waited_for(
        self,
        work: "StepWrite | Work[T]",
        within: float,
        put: "Callable[[Entry[Any]], None]",
    ) -> T:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[T] = loop.create_future()
        put(Entry(work, loop, waiter))
        timer = loop.call_later(within, _give_up, waiter)
        try:
            return await waiter
        finally:
            timer.cancel()

    def _run(self) -> None:
        while (group := self._next_group()) is not None:
            results = self._write(group)
            for loop in {entry.loop for entry in group}:
                mine = [pair for pair in zip(group, results, strict=True) if pair[0].loop is loop]
                _answer(loop, mine)
            if any(_does_more(entry.work) for entry in group):
                self._after_commit()
        self._disconnect()

    def _next_group(self) -> "list[Entry[Any]] | None":
        first: Entry[Any] | Literal["urgent"] | None = "urgent"
        while first == "urgent":
            if urgent := self._urgent_group():
                return urgent
            first = self._entries.get()
        if first is None:
            return None
        group = [first]
        patience = time.monotonic() + LINGER_SECONDS
        while len(group) < LARGEST_GROUP:
            try:
                entry = self._entries.get(timeout=self._worth_waiting(len(group), patience))
            except queue.Empty:
                break
            if entry is None:
                self._entries.put(None)
                break
            if entry == "urgent":
                break  # this group is committed now, so that the urgent one is next
            group.append(entry)
        return group

    def _urgent_group(self) -> "list[Entry[Any]]":
        """What waits in the urgent lane."""
        group: list[Entry[Any]] = []
        while len(group) < LARGEST_GROUP:
            try:
                group.append(self._urgent.get_nowait())
            except queue.Empty:
                break
        return group

    def _worth_waiting(self, gathered: int, patience: float) -> float:
        """Seconds to wait for another entry; hardly any when everybody expected is here."""
        if gathered >= self._expected.webhooks:
            return 0.0
        return max(0.0, patience - time.monotonic())

    def _write(self, group: "Sequence[Entry[Any]]") -> list[Any]:
        """The result of each entry: a value, or the exception its waiter is to get."""
        began = time.perf_counter()
        try:
            results = self._in_one_commit(group)
        except Exception as error:
            if is_away(error):
                self._away.failed()
                self._database.has_failed()
                self._disconnect()
                log.error("journal.database_away", entries=len(group), error=_name(error))
                return [DatabaseAwayError(_name(error))] * len(group)
            if len(group) == 1:
                return [error]
            return [self._write([entry])[0] for entry in group]
        counters.COMMIT_SECONDS.observe(time.perf_counter() - began)
        counters.COMMIT_ENTRIES.observe(len(group))
        self._away.succeeded()
        self._database.has_answered()
        return results

    def _in_one_commit(self, group: "Sequence[Entry[Any]]") -> list[Any]:
        with self._connected(alone=_is_one_statement(group)).begin() as transaction:
            connection = transaction.connection
            steps = [entry.work for entry in group if isinstance(entry.work, StepWrite)]
            written = write_steps(connection, steps)
            results: list[Any] = []
            for entry in group:
                work = entry.work
                if isinstance(work, StepWrite):
                    results.append(id(work) in written)
                else:
                    results.append(work(connection))
        return results

    def _connected(self, *, alone: bool) -> Connection:
        """The connection for a transaction, or for one statement that is a transaction by itself.

        On PostgreSQL the latter saves BEGIN and COMMIT, two of three round trips.
        """
        name = "AUTOCOMMIT" if alone and not self._database.is_sqlite else "transactions"
        if name not in self._connections:
            connection = self._database.engine.connect()
            if name == "AUTOCOMMIT":
                connection = connection.execution_options(isolation_level=name)
            self._connections[name] = connection
        return self._connections[name]

    def _disconnect(self) -> None:
        connections, self._connections = self._connections, {}
        for connection in connections.values():
            try:
                connection.invalidate()
                connection.close()
            except Exception as error:
                log.warning("journal.disconnect", error=_name(error))


def _does_more(work: "StepWrite | Work[Any]") -> bool:
    """Whether it is more than a step that has moved a call on: something may be due after it."""
    return not isinstance(work, StepWrite) or bool(work.consequences)


def _is_one_statement(group: "Sequence[Entry[Any]]") -> bool:
    """Whether the group is nothing but plain steps of calls that have their row."""
    return all(
        isinstance(entry.work, StepWrite) and not _does_more(entry.work) and entry.work.seen is None
        for entry in group
    )


def _give_up(waiter: "asyncio.Future[Any]") -> None:
    if not waiter.done():
        waiter.set_exception(TooSlowError("not durable in time"))


def _answer(loop: asyncio.AbstractEventLoop, pairs: "list[tuple[Entry[Any], Any]]") -> None:
    """Wake all waiters of a loop with one call into it."""
    try:
        loop.call_soon_threadsafe(_settle, pairs)
    except RuntimeError:  # the loop was closed while the commit ran: nobody waits any more
        log.warning("journal.waiters_gone", entries=len(pairs))


def _settle(pairs: "list[tuple[Entry[Any], Any]]") -> None:
    for entry, result in pairs:
        if entry.waiter.done():
            continue
        if isinstance(result, BaseException):
            entry.waiter.set_exception(result)
        else:
            entry.waiter.set_result(result)


def _name(error: BaseException) -> str:
    """The error without parameters: they may hold personal data."""
    return type(error).__name__
