"""A copy of the shipped flows to be spoilt, and what the whole check says of it."""

import shutil
from pathlib import Path

from app.flows.findings import Finding
from app.flows.whole_check import Report, check_whole
from tests.flows.folders import SHELF, SHIPPED


class Flows:
    """A folder of flows that a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(SHIPPED, folder)

    def change(self, file: str, old: str, new: str) -> int:
        """Replace a text in a file; returns the line it stands in."""
        path = self.folder / file
        text = path.read_text()
        assert old in text, (file, old)
        path.write_text(text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    def add(self, file: str, text: str) -> None:
        """Put lines at the end of a file, which may be new."""
        path = self.folder / file
        path.write_text((path.read_text() if path.exists() else "") + text)

    def report(self) -> Report:
        """The whole check."""
        return check_whole(self.folder, SHELF)

    def found(self, rule: str) -> list[Finding]:
        """What the whole check finds against one rule."""
        return [finding for finding in self.report().findings if finding.rule == rule]
