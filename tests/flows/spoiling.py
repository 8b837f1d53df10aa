"""A copy of the shipped flows to be spoilt, and what the whole check says of it."""

import re
import shutil
from pathlib import Path

from app.flows.compiler import check_folder
from app.flows.findings import Finding
from app.flows.whole_check import Report, check_whole
from tests.flows.folders import SHELF, SHIPPED

# Prompts that small flows do not speak.
UNSPOKEN = re.compile(
    r"^(?:(?:visit|callback|screening|test_call)\.\w+"
    r"|status\.(?:ask|found|outcome|not_found|unavailable|satisfied)): .*\n",
    re.MULTILINE,
)


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

    def become_small(self) -> None:
        """Leave one language, the inbound entry, policies, appeals and a person: quick to check."""
        for name in ("escalation", "return_visit", "call_back", "test_call", "screening"):
            (self.folder / f"{name}.yaml").unlink()
        for name in ("status.yaml", "prompts/en-US.yaml", "texts/en-US.yaml"):
            (self.folder / name).unlink()
        for entry in (
            "escalation",
            "return_visit",
            "call_back",
            "banned",
            "challenge",
            "test_call",
        ):
            self._without_line("directory.yaml", f"  {entry}: ")
        self._without_line("directory.yaml", "  en-US: {say")
        for line in (
            "        3: {go: status",
            "        4: {go: mediation",
            "        5: {go: other",
        ):
            self._without_line("main.yaml", line)
        text = re.sub(r", en-US: \[[^\]]*\]", "", (self.folder / "main.yaml").read_text())
        start, end = text.index("  other_language:"), text.index("  farewell:")
        (self.folder / "main.yaml").write_text(text[:start] + text[end:])
        (self.folder / "mediation.yaml").unlink()
        prompts = self.folder / "prompts" / "zh-CN.yaml"
        prompts.write_text(UNSPOKEN.sub("", prompts.read_text()))

    def offer_six(self) -> None:
        """Give the menu of small flows six options, one too many."""
        more = "".join(f"        {key}: {{go: farewell}}\n" for key in range(3, 7))
        self.change("main.yaml", "        1: {go: policy", f"{more}        1: {{go: policy")

    def _without_line(self, file: str, beginning: str) -> None:
        path = self.folder / file
        lines = path.read_text().splitlines(keepends=True)
        left = [line for line in lines if not line.startswith(beginning)]
        assert len(left) == len(lines) - 1, (file, beginning)
        path.write_text("".join(left))

    def report(self) -> Report:
        """The whole check."""
        return check_whole(self.folder, SHELF)

    def quickly_found(self, rule: str) -> list[Finding]:
        """What the quick part of the check finds against one rule."""
        return [finding for finding in check_folder(self.folder, SHELF) if finding.rule == rule]

    def found(self, rule: str) -> list[Finding]:
        """What the whole check finds against one rule."""
        return [finding for finding in self.report().findings if finding.rule == rule]
