"""A process notices what was changed elsewhere, reads nothing that was not, and waits for nobody."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from app.database import Database
from app.exchange.clock import VirtualClock
from app.exchange.virtual_time import run_in_virtual_time
from app.lookout import LOOK_SECONDS, Following, Lookout
from app.people.audit.service import record

Story = Callable[[VirtualClock, Lookout], Coroutine[Any, Any, None]]
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


class Reader:
    """Follows the database, and counts how often it has read."""

    def __init__(self, at_each: Callable[[], Awaitable[None]] | None = None) -> None:
        self.readings = 0
        self.is_behind = False
        self._at_each = at_each
        self.following = Following("reader", self._read, lambda: self.is_behind)

    async def _read(self) -> None:
        self.readings += 1
        if self._at_each is not None:
            await self._at_each()


def change(database: Database) -> None:
    with database.writing() as connection:
        record(connection, actor="staff:1", act="x", target="y:1", detail={}, at=NOON)


def watched(database: Database, readers: list[Reader], story: Story) -> None:
    """Play a story while a lookout runs."""
    clock = VirtualClock(NOON)
    lookout = Lookout(database, clock, [reader.following for reader in readers])

    async def run() -> None:
        running = asyncio.create_task(lookout.run())
        await story(clock, lookout)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    run_in_virtual_time(clock, run())


def test_what_is_read_at_the_start_is_read_again_only_after_a_change(database: Database) -> None:
    reader = Reader()

    async def story(clock: VirtualClock, lookout: Lookout) -> None:
        await clock.sleep(100)
        assert reader.readings == 1
        change(database)
        await clock.sleep(LOOK_SECONDS + 0.1)
        assert reader.readings == 2
        await clock.sleep(100)
        assert reader.readings == 2

    watched(database, [reader], story)


def test_who_is_behind_looks_though_nothing_was_changed(database: Database) -> None:
    late, other = Reader(), Reader()

    async def story(clock: VirtualClock, lookout: Lookout) -> None:
        await clock.sleep(1)
        late.is_behind = True
        await clock.sleep(LOOK_SECONDS)
        assert (late.readings, other.readings) == (2, 1)

    watched(database, [late, other], story)


def test_who_takes_long_holds_up_nobody(database: Database) -> None:
    at_ease = asyncio.Event()

    async def wait() -> None:
        await at_ease.wait()

    slow, quick = Reader(wait), Reader()

    async def story(clock: VirtualClock, lookout: Lookout) -> None:
        await clock.sleep(1)
        change(database)
        await clock.sleep(LOOK_SECONDS)
        assert (slow.readings, quick.readings) == (1, 2)
        at_ease.set()
        await clock.sleep(LOOK_SECONDS)
        assert slow.readings == 2  # it had begun before the change

    watched(database, [slow, quick], story)


def test_who_cannot_read_tries_again_and_one_line_says_so(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail() -> None:
        raise OSError("away")

    reader = Reader(fail)

    async def story(clock: VirtualClock, lookout: Lookout) -> None:
        await clock.sleep(4 * LOOK_SECONDS + 0.1)

    watched(database, [reader], story)
    assert reader.readings == 5
    assert capsys.readouterr().out.count("lookout.not_followed") == 1


def test_with_the_database_away_nothing_is_read_until_it_is_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader()

    def away() -> None:
        raise OSError("away")

    async def story(clock: VirtualClock, lookout: Lookout) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(database, "reading", away)
            await clock.sleep(10)
            assert reader.readings == 0
        await clock.sleep(LOOK_SECONDS + 0.1)
        assert reader.readings == 1

    watched(database, [reader], story)


def test_whoever_changes_something_here_need_not_wait(database: Database) -> None:
    reader = Reader()

    async def story(clock: VirtualClock, lookout: Lookout) -> None:
        await clock.sleep(1)
        change(database)
        lookout.wake()
        await clock.sleep(0.1)
        assert reader.readings == 2

    watched(database, [reader], story)
