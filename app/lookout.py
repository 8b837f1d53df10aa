"""Looks whether anything was changed that callers hear, and lets those who keep it catch up.

Whatever changes what callers hear (menus, prompts, notices) is audited, and audit entries are
numbered in the order of their commits: one number tells whether there is anything to read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import structlog

from app.clock import Clock, sleep_unless_woken
from app.database import Database
from app.people.audit.queries import newest_number

log = structlog.get_logger()

T = TypeVar("T")

LOOK_SECONDS = 1.8  # with the reading, what was changed is heard within two


@dataclass(slots=True)
class Following:
    """Something in the memory of this worker that follows the database.

    `catch_up` reads what is in force and raises when it cannot; `is_behind` says, from a thread,
    whether it has to although nothing was changed. `seen` is the number it has caught up with.
    """

    name: str
    catch_up: Callable[[], Awaitable[None]]
    is_behind: Callable[[], bool] = lambda: False
    seen: int | None = None
    has_failed: bool = False
    task: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether it is catching up at this moment."""
        return self.task is not None and not self.task.done()


class Lookout:
    """One for all followers of a worker. Each catches up by itself: none waits for another."""

    def __init__(self, database: Database, clock: Clock, followers: Sequence[Following]) -> None:
        self._database = database
        self._clock = clock
        self._followers = followers
        self._awake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_away = False

    async def run(self) -> None:
        """Look until cancelled; then let those who are catching up give back what they hold."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                self._awake.clear()
                await self._look()
                await sleep_unless_woken(self._clock, LOOK_SECONDS, self._awake)
        finally:
            tasks = [one.task for one in self._followers if one.task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self) -> None:
        """Look at once: something was changed here. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._awake.set)

    async def _look(self) -> None:
        """Look once, and let catch up who has to."""
        try:
            number, late = await in_thread(self._late)
        except Exception as error:
            if not self._is_away:
                log.warning("lookout.database_away", error=type(error).__name__)
            self._is_away = True
            return
        self._is_away = False
        for follower in late:
            follower.task = asyncio.create_task(_catch_up(follower, number))

    def _late(self) -> tuple[int, list[Following]]:
        with self._database.reading() as connection:
            number = newest_number(connection)
        free = [one for one in self._followers if not one.is_busy]
        return number, [one for one in free if one.seen != number or one.is_behind()]


async def in_thread(work: Callable[[], T]) -> T:
    """The result of `work` in a thread; cancelled, it first lets it give its connection back."""
    future = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        with suppress(Exception):
            await future
        raise


async def _catch_up(follower: Following, number: int) -> None:
    """Let a follower read what is in force; one that cannot keeps what it has and tries again."""
    try:
        await follower.catch_up()
    except Exception as error:
        if not follower.has_failed:
            log.warning("lookout.not_followed", what=follower.name, error=type(error).__name__)
        follower.has_failed = True
    else:
        follower.seen, follower.has_failed = number, False
