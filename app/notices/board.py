"""The notices that are on, in memory: what callers hear is never looked up during a call.

Each worker reads the table every 1.8 s, beside the calls. While the database is away the
last known notices are spoken on, each until its end.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import structlog

from app.clock import Clock
from app.database import Database
from app.flows.context import Notice
from app.notices.queries import Standing, standing

log = structlog.get_logger()

LOOK_SECONDS = 1.8


class NoticeBoard:
    """What is on, as of a moment ago. One per worker."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Sequence[Standing] = ()

    def on(self, at: datetime) -> Sequence[Standing]:
        """The notices that are on at an instant, urgent ones first."""
        return [notice for notice in self._known if notice.ends_at > at]

    def spoken(self, at: datetime) -> Sequence[Notice]:
        """The same, as a flow speaks them."""
        return [Notice(str(one.id), one.words, one.urgent) for one in self.on(at)]

    def refresh(self, at: datetime) -> None:
        """Read the table. Raises what the database raises when it is away."""
        with self._database.reading() as connection:
            self._known = standing(connection, at)

    async def follow(self, clock: Clock) -> None:
        """Read the table again and again, until cancelled."""
        was_away = False
        while True:
            try:
                await self._look(clock.now())
                was_away = False
            except Exception as error:
                if not was_away:
                    log.warning("notices.unreadable", error=type(error).__name__)
                was_away = True
            await clock.sleep(LOOK_SECONDS)

    async def _look(self, at: datetime) -> None:
        """Read in a thread; when cancelled, let it give its connection back first."""
        look = asyncio.get_running_loop().run_in_executor(None, self.refresh, at)
        try:
            await asyncio.shield(look)
        except asyncio.CancelledError:
            with suppress(Exception):
                await look
            raise
