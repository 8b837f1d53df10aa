"""Run a whole story of minutes or hours in milliseconds, against real sockets.

Whenever nothing is ready, no I/O has arrived, no thread is at work and no request is in flight, the
virtual clock jumps to its next sleeper. Timers of the loop itself (`call_later`, which uvicorn and
httpx2 use) keep real time.
"""

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from datetime import timedelta
from typing import Any, TypeVar, TypeVarTuple, Unpack

from anyio import CapacityLimiter, to_thread

from app.exchange.clock import VirtualClock

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

LONGEST_REAL_WAIT = 0.005
STUCK_AFTER_REAL_SECONDS = 5.0


class StuckError(Exception):
    """The story can never go on: nobody sleeps, nothing is in flight, and it is not finished."""


class _JumpingSelector(selectors.DefaultSelector):
    """Asks the operating system first, and moves the virtual clock when there is nothing to do."""

    def __init__(self, is_idle: Callable[[], bool], jump: Callable[[], bool]) -> None:
        super().__init__()
        self._is_idle = is_idle
        self._jump = jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self._is_idle() and self._jump():
            return []
        return super().select(min(timeout or LONGEST_REAL_WAIT, LONGEST_REAL_WAIT))


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop in which waiting on a `VirtualClock` takes no real time."""

    def __init__(self, clock: VirtualClock, longest: timedelta) -> None:
        self._clock = clock
        self._ends_at = clock.now() + longest
        self._threads_at_work = 0
        self._idle_since: float | None = None
        self.thread_limiter: CapacityLimiter | None = None
        self.on_stuck: Callable[[str], None] | None = None
        super().__init__(_JumpingSelector(self._is_idle, self._jump))

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """As always; virtual time stands still until the thread is done."""
        future = super().run_in_executor(executor, func, *args)
        self._threads_at_work += 1
        future.add_done_callback(self._thread_done)
        return future

    def _thread_done(self, _future: object) -> None:
        self._threads_at_work -= 1

    def _is_idle(self) -> bool:
        borrowed = self.thread_limiter.borrowed_tokens if self.thread_limiter else 0
        idle = not (self._clock.busy or self._threads_at_work or borrowed)
        if not idle:
            self._idle_since = None
        return idle

    def _jump(self) -> bool:
        if self._clock.advance_to_next():
            self._idle_since = None
            if self._clock.now() > self._ends_at:
                self._give_up("it has taken more virtual time than it may")
            return True
        self._idle_since = self._idle_since or time.monotonic()
        if time.monotonic() - self._idle_since > STUCK_AFTER_REAL_SECONDS:
            self._give_up("nobody sleeps and nothing is in flight")
        return False

    def _give_up(self, why: str) -> None:
        awaited = "; ".join(self._clock.expectations) or "nothing that has a name"
        if self.on_stuck is not None:
            self.on_stuck(f"The story is stuck: {why}. It waits for: {awaited}.")


def run_in_virtual_time(
    clock: VirtualClock,
    coroutine: Coroutine[Any, Any, T],
    *,
    longest: timedelta = timedelta(days=10),
    loop_type: type[VirtualTimeLoop] = VirtualTimeLoop,
) -> T:
    """Run `coroutine` to its end in a fresh loop where `clock` jumps instead of waiting.

    Raises:
        StuckError: it cannot go on, or took `longest` of virtual time; names what is waited for.
    """
    loop = loop_type(clock, longest)

    async def watched() -> T:
        story = asyncio.ensure_future(coroutine)
        reasons: list[str] = []

        def give_up(why: str) -> None:
            reasons.append(why)
            story.cancel()

        loop.thread_limiter = to_thread.current_default_thread_limiter()
        loop.on_stuck = give_up
        try:
            return await story
        except asyncio.CancelledError:
            if reasons:
                raise StuckError(reasons[0]) from None
            raise
        finally:
            loop.on_stuck = None

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(watched())
