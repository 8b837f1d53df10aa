"""A tiny service that answers with canned TwiML over real HTTP, and an exchange that calls it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn
from app.exchange.audio import ToneSpeech
from app.exchange.clock import VirtualClock
from app.exchange.exchange import Exchange
from app.exchange.virtual_time import run_in_virtual_time
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HOTLINE = "+867451012345"
CALLER = "+8613800138000"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class CannedService:
    """Answers each path with its pages in turn; the last one is repeated.

    `headers` are those of the last request to each path.
    """

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self._pages: dict[str, list[str | Response]] = {}
        self.headers: dict[str, Headers] = {}

    def on(self, path: str, *pages: str | Response) -> None:
        """Set the pages of a path; strings are the inside of `<Response>`."""
        self._pages[path] = list(pages)

    async def answer(self, request: Request) -> Response:
        self.headers[request.url.path] = request.headers
        pages = self._pages.get(request.url.path)
        if pages is None:
            return Response(status_code=404)
        page = pages.pop(0) if len(pages) > 1 else pages[0]
        if isinstance(page, Response):
            return page
        return Response(f"<Response>{page}</Response>", media_type="text/xml")


class World:
    """One exchange, one canned service, and a way to play a story between them."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self.clock = VirtualClock(NOON)
        self.service = CannedService(sock.getsockname()[1])
        self.exchange = self.new_exchange()

    def new_exchange(self, **settings: Any) -> Exchange:
        """An exchange whose hotline is this service."""
        exchange = Exchange(
            self.clock,
            account_sid="AC" + "0" * 31 + "1",
            auth_token="12345",
            speech=ToneSpeech(),
            **settings,
        )
        exchange.add_number(
            HOTLINE,
            f"{self.service.base}/voice",
            status_callback=f"{self.service.base}/status",
        )
        return exchange

    def url(self, path: str) -> str:
        return self.service.base + path

    def play(self, story: Callable[[], Awaitable[Any]]) -> Any:
        """Run a story to its end, in virtual time, with the service listening."""
        return run_in_virtual_time(self.clock, self._play(story))

    async def _play(self, story: Callable[[], Awaitable[Any]]) -> Any:
        app = Starlette(
            routes=[Route("/{path:path}", self.service.answer, methods=["GET", "POST"])]
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[self._socket]))
        try:
            return await story()
        finally:
            await self.exchange.close()
            server.should_exit = True
            await serving


@pytest.fixture
def world() -> Iterator[World]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(100)
        world = World(sock)
        world.service.on("/status", Response(status_code=204))
        yield world
