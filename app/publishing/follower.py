"""Follows the folder and the releases: what is put in force anywhere is in force here in seconds.

All reading and compiling is done in a thread; the event loop only takes the finished edition.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import structlog

from app.calls.queries import versions_in_use
from app.clock import Clock
from app.database import Database
from app.flows.files import content_version
from app.flows.findings import Finding, FlowError
from app.metrics import counters
from app.publishing.archive import load_edition
from app.publishing.editions import Edition, Gates
from app.publishing.folder import FlowFolder
from app.publishing.live import MOST_IN_MEMORY, LiveLibrary
from app.publishing.queries import in_force
from app.publishing.service import take_folder

log = structlog.get_logger()

LOOK_AGAIN_SECONDS = 0.5  # while a change has still to come to rest


@dataclass(slots=True)
class _Seen:
    """What a look has found, for the event loop to take over."""

    in_force: Edition | None = None
    kept: list[Edition] = field(default_factory=list)
    findings: Sequence[Finding] | None = None


class Follower:
    """Keeps the live library of one worker at what the database says is in force."""

    def __init__(
        self,
        live: LiveLibrary,
        folder: FlowFolder,
        database: Database,
        gates: Gates,
        clock: Clock,
        threads: ThreadPoolExecutor,
    ) -> None:
        self._live = live
        self._folder = folder
        self._database = database
        self._gates = gates
        self._clock = clock
        self._threads = threads
        self._has_preloaded = False
        self._unplayable: set[str] = set()  # versions that this software does not understand

    def is_behind(self) -> bool:
        """Whether the folder has changed since it was dealt with. Waits for the disk."""
        return not self._folder.is_settled()

    async def catch_up(self) -> None:
        """Look until the folder has come to rest. Raises what the database raises."""
        await self.look()
        while self._folder.is_moving:
            await self._clock.sleep(LOOK_AGAIN_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Look once, in a thread, and take over what was found.

        Raises when the database is away, or somebody was quicker: the last good version serves,
        the next look will tell.
        """
        loop = asyncio.get_running_loop()
        seen = await loop.run_in_executor(self._threads, self._look)
        for edition in seen.kept:
            self._live.keep(edition)
        if seen.findings is not None:
            self._live.findings = seen.findings
        if seen.in_force is not None:
            self._live.put_in_force(seen.in_force)
            log.info("flows.in_force", version=seen.in_force.version)

    def _look(self) -> _Seen:
        seen = _Seen()
        wanted, used = self._ask()
        fresh = self._look_at_folder()
        if fresh is not None:
            seen.findings, edition = fresh
            seen.kept += [edition] if edition else []
            wanted, _ = self._ask()
        if wanted and wanted not in {self._live.current.version, *self._unplayable}:
            seen.in_force = self._ready(wanted, seen.kept)
        for version in used:
            edition = self._ready(version, seen.kept)
            seen.kept += [edition] if edition else []
        return seen

    def _ask(self) -> tuple[str, Sequence[str]]:
        """The version in force and, the first time, those that calls under way are pinned to."""
        with self._database.reading() as connection:
            used: Sequence[str] = ()
            if not self._has_preloaded:
                used = versions_in_use(connection, MOST_IN_MEMORY // 2)
            wanted = in_force(connection)
        self._has_preloaded = True
        return wanted, [version for version in used if self._live.version(version) is None]

    def _look_at_folder(self) -> tuple[Sequence[Finding], Edition | None] | None:
        """Take a changed folder, when it is good; what is wrong with it, and the edition."""
        reading = self._folder.changed()
        if reading is None:
            return None
        edition, errors = None, reading.findings
        if not errors and content_version(reading.files) != self._live.current.version:
            examined = self._gates.examine(reading.files, str(self._folder.path))
            edition, errors = examined.edition, examined.errors
        if errors:
            counters.FLOW_RELOADS.labels("refused").inc()
            for finding in errors:
                log.error("flows.refused", finding=str(finding), in_force="the last good version")
            self._folder.settle()
            return errors, None
        with self._database.writing() as connection:
            taken = take_folder(connection, reading.files, self._clock.now())
        self._folder.settle()
        if taken:
            counters.FLOW_RELOADS.labels("accepted").inc()
            log.info("flows.folder_taken", version=content_version(reading.files))
        return (), edition

    def _ready(self, version: str, at_hand: Sequence[Edition]) -> Edition | None:
        """An edition by its version: just compiled, or from SQL; None when it cannot be played."""
        for edition in at_hand:
            if edition.version == version:
                return edition
        try:
            return load_edition(self._database, self._gates, version)
        except FlowError as error:
            log.error("flows.version_does_not_compile", version=version, why=str(error))
            self._unplayable.add(version)
            return None
