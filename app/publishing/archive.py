"""Editions that are not in memory: loaded from SQL when a call that is pinned to one needs it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog

from app.clock import Clock
from app.database import Database
from app.flows.findings import FlowError
from app.flows.library import FlowLibrary
from app.publishing.editions import Edition, Gates
from app.publishing.live import LiveLibrary
from app.publishing.queries import files_of

log = structlog.get_logger()

UNKNOWN_FOR = timedelta(seconds=60)  # how long a version that is nowhere is not asked for again


class Archive:
    """Loads editions in threads, each once however many calls wait for it."""

    def __init__(
        self,
        live: LiveLibrary,
        database: Database,
        gates: Gates,
        clock: Clock,
        threads: ThreadPoolExecutor,
    ) -> None:
        self._live = live
        self._database = database
        self._gates = gates
        self._clock = clock
        self._threads = threads
        self._loading: dict[str, asyncio.Task[FlowLibrary | None]] = {}
        self._unknown: dict[str, datetime] = {}

    async def fetch(self, version: str, within: float) -> FlowLibrary | None:
        """A library by its version; None when it is nowhere or cannot be had `within` seconds.

        What comes too late for this step is in memory for the next.
        """
        now = self._clock.now()
        if self._unknown.get(version, now) > now:
            return None
        loading = self._loading.get(version)
        if loading is None:
            loading = asyncio.get_running_loop().create_task(self._load(version))
            self._loading[version] = loading
        try:
            return await asyncio.wait_for(asyncio.shield(loading), within)
        except TimeoutError:
            log.warning("flows.pinned_version_late", version=version)
            return None

    async def _load(self, version: str) -> FlowLibrary | None:
        try:
            loop = asyncio.get_running_loop()
            edition = await loop.run_in_executor(self._threads, self._read, version)
        except FlowError as error:
            log.error("flows.version_does_not_compile", version=version, why=str(error))
            edition = None
        except Exception as error:  # the database is away: perhaps it is there at the next step
            log.warning("flows.version_not_loaded", version=version, error=type(error).__name__)
            return None
        finally:
            self._loading.pop(version, None)
        if edition is None:
            self._unknown[version] = self._clock.now() + UNKNOWN_FOR
            return None
        self._live.keep(edition)
        return edition.library

    def _read(self, version: str) -> Edition | None:
        return load_edition(self._database, self._gates, version)


def load_edition(database: Database, gates: Gates, version: str) -> Edition | None:
    """An edition from SQL; None for a version that is not there.

    Raises FlowError for one that this software does not understand any more.
    """
    with database.reading() as connection:
        files = files_of(connection, version)
    return gates.compile(files, f"version {version}") if files else None
