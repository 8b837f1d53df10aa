"""The whole service without sockets and threads: every schedule is played the same way again.

What the service does in threads is done by the loop, and webhooks come to its endpoints
directly. Nothing else differs: signatures, steps, commits and jobs are the real ones.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import TypeVar, TypeVarTuple, Unpack

import httpx2
from starlette.types import Message

from app.calls.journal import Entry, Journal
from app.calls.lanes import Work
from app.calls.writes import StepWrite
from app.exchange.clock import VirtualClock
from app.exchange.virtual_time import VirtualTimeLoop
from app.voice.asgi import Endpoint

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class InlineLoop(VirtualTimeLoop):
    """A loop in virtual time that does the work of threads itself, in its next turn."""

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """What becomes of the work; not begun before this returns: who asks may hold its locks."""
        future: asyncio.Future[T] = self.create_future()

        def work() -> None:
            if future.cancelled():
                return
            try:
                future.set_result(func(*args))
            except Exception as error:
                future.set_exception(error)

        self.call_soon(work)
        return future


class RewindingClock(VirtualClock):
    """A clock that can be set back to its beginning, when nobody sleeps any more."""

    def rewind(self) -> None:
        """Begin again."""
        self._elapsed = 0.0
        self._sleepers.clear()


class InlineJournal(Journal):
    """A journal without a thread: each entry is a commit of its own."""

    def start(self) -> None:
        """Nothing runs beside the loop."""

    def close(self) -> None:
        """Give the connection back."""
        self._disconnect()

    async def _submit(self, work: StepWrite | Work[T], within: float) -> T:
        loop = asyncio.get_running_loop()
        [result] = self._write([Entry(work, loop, loop.create_future())])
        self._after_commit()
        if isinstance(result, BaseException):
            raise result
        written: T = result
        return written

    async def _submit_urgently(self, work: StepWrite | Work[T], within: float) -> T:
        return await self._submit(work, within)


class ToEndpoints(httpx2.AsyncBaseTransport):
    """Takes the exchange's requests to the endpoints of a service in this process."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = endpoints

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request and its answer."""
        endpoint = self._endpoints.get(request.url.path)
        if endpoint is None:
            return httpx2.Response(404, request=request)
        body = request.content
        scope = {
            "type": "http",
            "method": request.method,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await endpoint(scope, receive, send)
        start, *rest = sent
        content = b"".join(part.get("body", b"") for part in rest)
        return httpx2.Response(
            start["status"],
            headers=start["headers"],
            content=content,
            request=request,
        )
