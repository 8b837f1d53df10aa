"""The group-commit journal: concurrent webhooks of one worker share a commit.

One thread owns one connection. While it commits, the next entries gather; each waiter is answered
only after its own entry is durable. An entry that fails is taken alone, so that a bad one never
takes its neighbours with it.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.calls.writes import StepWrite, write_steps
from app.database import Database

log = structlog.get_logger()

T = TypeVar("T")
Work = Callable[[Connection], T]  # SQL to be done inside the journal's transaction
LARGEST_GROUP = 64


class DatabaseAwayError(Exception):
    """The database cannot be reached, is locked, or did not answer in time."""


@dataclass(slots=True)
class _Entry(Generic[T]):
    """A step or a piece of work, and the one who waits for it."""

    work: "StepWrite | Work[T]"
    loop: asyncio.AbstractEventLoop
    waiter: "asyncio.Future[T]"


def is_away(error: BaseException) -> bool:
    """Whether an error means that the database is away, rather than that the work is wrong."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | PoolTimeoutError | OSError)


class Journal:
    """Writes steps and other small works durably, many per commit."""

    def __init__(self, database: Database, *, after_commit: Callable[[], None] = lambda: None):
        self._database = database
        self._after_commit = after_commit
        self._entries: queue.SimpleQueue[_Entry[Any] | None] = queue.SimpleQueue()
        self._connection: Connection | None = None
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

    async def do(self, work: "Work[T]", *, within: float) -> T:
        """Do a piece of work in a commit. Raises as `write_step`."""
        return await self._submit(work, within)

    async def _submit(self, work: "StepWrite | Work[T]", within: float) -> T:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[T] = loop.create_future()
        self._entries.put(_Entry(work, loop, waiter))
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
            self._after_commit()
        self._disconnect()

    def _next_group(self) -> "list[_Entry[Any]] | None":
        first = self._entries.get()
        if first is None:
            return None
        group = [first]
        while len(group) < LARGEST_GROUP:
            try:
                entry = self._entries.get_nowait()
            except queue.Empty:
                break
            if entry is None:
                self._entries.put(None)
                break
            group.append(entry)
        return group

    def _write(self, group: "Sequence[_Entry[Any]]") -> list[Any]:
        """The result of each entry: a value, or the exception its waiter is to get."""
        try:
            return self._in_one_commit(group)
        except Exception as error:
            if is_away(error):
                self._disconnect()
                log.error("journal.database_away", entries=len(group), error=_name(error))
                return [DatabaseAwayError(_name(error))] * len(group)
            if len(group) == 1:
                return [error]
            return [self._write([entry])[0] for entry in group]

    def _in_one_commit(self, group: "Sequence[_Entry[Any]]") -> list[Any]:
        connection = self._connected()
        with connection.begin():
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

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._database.engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is None:
            return
        connection, self._connection = self._connection, None
        try:
            connection.invalidate()
            connection.close()
        except Exception as error:
            log.warning("journal.disconnect", error=_name(error))


def _give_up(waiter: "asyncio.Future[Any]") -> None:
    if not waiter.done():
        waiter.set_exception(DatabaseAwayError("not durable in time"))


def _answer(loop: asyncio.AbstractEventLoop, pairs: "list[tuple[_Entry[Any], Any]]") -> None:
    """Wake all waiters of a loop with one call into it."""
    try:
        loop.call_soon_threadsafe(_settle, pairs)
    except RuntimeError:  # the loop was closed while the commit ran: nobody waits any more
        log.warning("journal.waiters_gone", entries=len(pairs))


def _settle(pairs: "list[tuple[_Entry[Any], Any]]") -> None:
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
