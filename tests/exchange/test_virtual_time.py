"""Virtual time jumps when, and only when, nothing real is going on."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from app.exchange import virtual_time
from app.exchange.clock import VirtualClock, first_of, within
from app.exchange.virtual_time import StuckError, run_in_virtual_time

START = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


def test_hours_pass_in_no_time_and_in_order(clock: VirtualClock) -> None:
    order: list[str] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        order.append(name)

    async def story() -> None:
        await asyncio.gather(sleeper("late", 7200), sleeper("soon", 3600), sleeper("now", 0))

    begin = time.monotonic()
    run_in_virtual_time(clock, story())
    assert order == ["now", "soon", "late"]
    assert clock.now() == START + timedelta(hours=2)
    assert time.monotonic() - begin < 1


def test_time_stands_still_while_a_thread_works(clock: VirtualClock) -> None:
    async def story() -> None:
        alarm = asyncio.ensure_future(clock.sleep(60))
        await asyncio.to_thread(time.sleep, 0.05)
        assert clock.now() == START
        await alarm

    run_in_virtual_time(clock, story())
    assert clock.now() == START + timedelta(seconds=60)


def test_time_stands_still_while_work_is_declared(clock: VirtualClock) -> None:
    async def story() -> None:
        alarm = asyncio.ensure_future(clock.sleep(60))
        with clock.working():
            await asyncio.sleep(0.05)
            assert not alarm.done()
        await alarm

    run_in_virtual_time(clock, story())


def test_a_canceled_sleeper_does_not_move_time(clock: VirtualClock) -> None:
    async def story() -> None:
        with pytest.raises(TimeoutError):
            await within(clock, 5, clock.sleep(500))
        await first_of(clock.sleep(1), clock.sleep(900))

    run_in_virtual_time(clock, story())
    assert clock.now() == START + timedelta(seconds=6)


def test_a_story_that_cannot_go_on_says_what_it_waits_for(
    clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual_time, "STUCK_AFTER_REAL_SECONDS", 0.05)

    async def story() -> None:
        with clock.expecting("the caller waits for spring"):
            await asyncio.Event().wait()

    with pytest.raises(StuckError, match="the caller waits for spring"):
        run_in_virtual_time(clock, story())


def test_a_story_may_not_take_for_ever(clock: VirtualClock) -> None:
    async def story() -> None:
        while True:
            await clock.sleep(3600)

    with pytest.raises(StuckError, match="more virtual time"):
        run_in_virtual_time(clock, story(), longest=timedelta(days=1))


def test_a_failure_is_the_story_s_own(clock: VirtualClock) -> None:
    async def story() -> None:
        await clock.sleep(1)
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        run_in_virtual_time(clock, story())
