"""The library in force: reloaded when files change, and never replaced by a bad one.

Every version that was ever in force stays until the process ends, because calls keep to the version
they began with (law L6).
"""

from collections.abc import Callable
from pathlib import Path

from app.flows.calendar import Holidays
from app.flows.compiler import NO_HOLIDAYS, compile_folder
from app.flows.context import Articles
from app.flows.findings import Finding, FlowError
from app.flows.library import FlowLibrary, flow_files

Fingerprint = tuple[tuple[str, int, int], ...]


class LiveLibrary:
    """Keeps the last good library of a folder. Not thread-safe: call from the event loop."""

    def __init__(self, folder: Path, articles: Articles, holidays: Holidays = NO_HOLIDAYS) -> None:
        """Compile the folder. Raises FlowError when it is bad: there is no last good one yet."""
        self._folder = folder
        self._articles = articles
        self._holidays = holidays
        self._fingerprint = fingerprint(folder)
        self._current = compile_folder(folder, articles, holidays)
        self._versions = {self._current.version: self._current}
        self.findings: list[Finding] = []

    @property
    def current(self) -> FlowLibrary:
        """The library that new calls begin with."""
        return self._current

    def version(self, version: str) -> FlowLibrary | None:
        """A library by its version, when this process has had it."""
        return self._versions.get(version)

    def refresh(self, report: Callable[[list[Finding]], None] = lambda _findings: None) -> bool:
        """Take changed files into force when they are good; returns whether that happened.

        When they are bad the last good library stays, `findings` says why, and `report` is told.
        """
        seen = fingerprint(self._folder)
        if seen == self._fingerprint:
            return False
        self._fingerprint = seen
        try:
            fresh = compile_folder(self._folder, self._articles, self._holidays)
        except FlowError as error:
            self.findings = error.findings
            report(error.findings)
            return False
        self.findings = []
        self._versions[fresh.version] = fresh
        changed = fresh.version != self._current.version
        self._current = fresh
        return changed


def fingerprint(folder: Path) -> Fingerprint:
    """What tells that files have changed: names, sizes and times of modification."""
    marks = []
    for name, path in flow_files(folder).items():
        try:
            status = path.stat()
        except OSError:
            continue  # deleted while we looked: the next look will tell
        marks.append((name, status.st_size, status.st_mtime_ns))
    return tuple(marks)
