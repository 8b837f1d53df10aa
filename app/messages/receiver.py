"""Takes texts and reports from the network: through the journal, or into the spool without it."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from app.calls.breaker import DATABASE_SECONDS
from app.calls.journal import DatabaseAwayError, Journal
from app.calls.spool import Item, Spool
from app.calls.wiring import SpooledHandler
from app.clock import Clock
from app.messages import incoming
from app.messages.composing import Composer
from app.messages.facts import InboundText, TextHandler
from app.messages.progress import TextProgress, log_progress
from app.tickets.errors import NumberTakenError

log = structlog.get_logger()

TEXT, REPORT = "text", "text_report"
ATTEMPTS = 4  # a refused ticket number is taken anew; more often means that something is wrong


@dataclass(frozen=True, slots=True)
class TextReceiver:
    """The receiving end of one worker."""

    journal: Journal
    spool: Spool
    readers: Sequence[TextHandler]
    composer: Composer
    clock: Clock

    async def receive(self, text: InboundText) -> str:
        """What is answered to a text; empty for nothing.

        It is kept whatever happens: with the database away in the spool, otherwise for a job that
        reads it once more. Raises OSError when even the disk fails.
        """
        for _ in range(ATTEMPTS):
            try:
                return await self._journalled(text)
            except DatabaseAwayError:
                break
            except NumberTakenError:
                continue
            except Exception as error:
                log.exception("text.not_read", error=type(error).__name__)
                break
        await self._keep(text)
        return self.composer.compose("away", text.language)

    async def report(self, event: TextProgress) -> None:
        """Log how far a text has got. Raises OSError when even the spool fails."""
        at = self.clock.now()
        work = partial(log_progress, event=event, at=at)
        try:
            await self.journal.do(work, within=DATABASE_SECONDS)
        except DatabaseAwayError:
            await self._spool(REPORT, {"at": at.isoformat(), "event": asdict(event)})

    async def _journalled(self, text: InboundText) -> str:
        work = partial(incoming.receive, text=text, handlers=self.readers)
        return await self.journal.do(work, within=DATABASE_SECONDS)

    async def _keep(self, text: InboundText) -> None:
        work = partial(incoming.keep_for_later, text=text)
        try:
            await self.journal.do(work, within=DATABASE_SECONDS)
        except DatabaseAwayError:
            await self._spool(TEXT, {"text": asdict(text) | {"at": text.at.isoformat()}})

    async def _spool(self, kind: str, item: Item) -> None:
        keep = partial(self.spool.append, {"kind": kind, **item})
        await asyncio.to_thread(keep)


def replay_text(connection: Connection, item: Item) -> None:
    """Bring a spooled text into SQL; a job reads it and answers."""
    told = item["text"]
    at = datetime.fromisoformat(told["at"])
    incoming.keep_for_later(connection, InboundText(**told | {"at": at}))


def replay_report(connection: Connection, item: Item) -> None:
    """Bring a spooled report into SQL."""
    at = datetime.fromisoformat(item["at"])
    log_progress(connection, TextProgress(**item["event"]), at)


SPOOLED: dict[str, SpooledHandler] = {TEXT: replay_text, REPORT: replay_report}
