"""What is new, told to open pages: one look a second for all listeners of a process.

Workers share nothing but the database, so each looks for itself. A page is told only *that*
something of a topic is new; it fetches what its visitor may see.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

import structlog
from sqlalchemy import Executable

from app.clock import Clock
from app.database import Database
from app.metrics import counters

log = structlog.get_logger()

LOOK_SECONDS = 1.0
HEARTBEAT_SECONDS = 20.0
BEAT = "beat"

Marks = dict[str, object]


class LiveHub:
    """Looks while anybody listens, and tells which topics have moved."""

    def __init__(self, database: Database, clock: Clock, topics: Mapping[str, Executable]) -> None:
        """`topics` gives for each topic a query of one value that changes when it does."""
        self._database = database
        self._clock = clock
        self._topics = topics
        self._listeners: set[asyncio.Queue[str]] = set()
        self._looker: asyncio.Task[None] | None = None

    async def listen(self) -> AsyncIterator[str]:
        """The topics that move, as they do, and a beat every 20 s, however much moves."""
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=64)
        self._listeners.add(queue)
        counters.LIVE_STREAMS.inc()
        if self._looker is None or self._looker.done():
            self._looker = asyncio.create_task(self._look(), name="live")
        loop = asyncio.get_running_loop()
        beat_at = loop.time() + HEARTBEAT_SECONDS
        try:
            while True:
                try:
                    yield await asyncio.wait_for(queue.get(), max(0.0, beat_at - loop.time()))
                except TimeoutError:
                    beat_at = loop.time() + HEARTBEAT_SECONDS
                    yield BEAT
        finally:
            self._listeners.discard(queue)
            counters.LIVE_STREAMS.dec()

    async def close(self) -> None:
        """Stop looking."""
        if self._looker is not None:
            self._looker.cancel()
            with suppress(asyncio.CancelledError):
                await self._looker

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        before: Marks | None = None
        while self._listeners:
            try:
                marks = await loop.run_in_executor(None, self._marks)
            except Exception as error:  # the database is away: pages keep what they show
                log.warning("live.look_failed", error=type(error).__name__)
                marks = before or {}
            for topic in marks:
                if before is not None and marks[topic] != before.get(topic):
                    self._tell(topic)
            before = marks
            await self._clock.sleep(LOOK_SECONDS)

    def _marks(self) -> Marks:
        with self._database.reading() as connection:
            return {
                topic: connection.execute(query).scalar() for topic, query in self._topics.items()
            }

    def _tell(self, topic: str) -> None:
        for queue in self._listeners:
            with suppress(asyncio.QueueFull):  # a page that does not read is told soon enough
                queue.put_nowait(topic)
