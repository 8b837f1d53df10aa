"""The deadline of an answer: it ends what takes too long, and nobody else's cancellation."""

import asyncio

import pytest
from app.voice.deadline import Deadline

pytestmark = pytest.mark.anyio


async def test_what_is_done_in_time_is_done() -> None:
    with Deadline(60):
        await asyncio.sleep(0)


async def test_what_takes_too_long_is_ended_and_the_task_goes_on() -> None:
    with pytest.raises(TimeoutError), Deadline(0):
        await asyncio.Event().wait()
    await asyncio.sleep(0)  # would be cancelled if the deadline had left anything behind


async def test_an_error_in_time_is_that_error() -> None:
    with pytest.raises(ValueError, match="no such key"), Deadline(60):
        raise ValueError("no such key")


async def test_whoever_ends_the_task_ends_it() -> None:
    async def answer() -> None:
        with Deadline(60):
            await asyncio.Event().wait()

    task = asyncio.ensure_future(answer())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_both_at_once_is_the_end_of_the_task() -> None:
    async def answer() -> None:
        with Deadline(0):
            await asyncio.Event().wait()

    task = asyncio.ensure_future(answer())
    while not task.cancelling():
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
