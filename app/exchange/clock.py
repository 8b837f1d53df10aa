"""Time as the exchange sees it: the machine's own, or a virtual one that a test drives."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Awaitable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """What the exchange needs of time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since some fixed point; never goes back."""

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""

    def working(self) -> AbstractContextManager[None]:
        """Hold virtual time still while real work, such as an HTTP request, is under way."""

    def expecting(self, what: str) -> AbstractContextManager[None]:
        """Name what is being waited for, for the report of a story that is stuck."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed point; never goes back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        await asyncio.sleep(seconds)

    def working(self) -> AbstractContextManager[None]:
        """Real time cannot be held: nothing to do."""
        return nullcontext()

    def expecting(self, what: str) -> AbstractContextManager[None]:
        """Nobody reports on real time: nothing to do."""
        return nullcontext()


class VirtualClock:
    """A clock that stands still until `advance_to_next` moves it to its next sleeper.

    `busy` counts the real work under way; `expectations` names what is being waited for.
    """

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._lock = Lock()
        self.busy = 0
        self.expectations: list[str] = []

    def now(self) -> datetime:
        """The present virtual instant, aware, in UTC."""
        return (self._start + timedelta(seconds=self._elapsed)).astimezone(UTC)

    def monotonic(self) -> float:
        """Virtual seconds since the start."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` of virtual time pass."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), wake))
        await wake

    def advance_to_next(self) -> bool:
        """Jump to the next sleeper and wake it; False when nobody sleeps."""
        while self._sleepers:
            when, _, wake = heapq.heappop(self._sleepers)
            if not wake.done():
                self._elapsed = when
                wake.set_result(None)
                return True
        return False

    @contextmanager
    def working(self) -> Iterator[None]:
        """Hold virtual time still while real work is under way; may be used from any thread."""
        with self._lock:
            self.busy += 1
        try:
            yield
        finally:
            with self._lock:
                self.busy -= 1

    @contextmanager
    def expecting(self, what: str) -> Iterator[None]:
        """Name what is being waited for."""
        self.expectations.append(what)
        try:
            yield
        finally:
            self.expectations.remove(what)


async def within(clock: Clock, seconds: float, awaitable: Awaitable[T]) -> T:
    """The result of `awaitable` if it comes within `seconds`; otherwise cancel it.

    Raises:
        TimeoutError: the seconds passed first.
    """
    work = asyncio.ensure_future(awaitable)
    alarm = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({work, alarm}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise TimeoutError
        return work.result()
    finally:
        work.cancel()
        alarm.cancel()
        await asyncio.gather(work, alarm, return_exceptions=True)


async def first_of(*works: Awaitable[object]) -> None:
    """Return as soon as one of `works` is done, cancelling the others; its error is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
