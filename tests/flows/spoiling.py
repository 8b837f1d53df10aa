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
    r"^(?:(?:visit|callback|screening|test_call|studio|language|hearing|vote|moderate)\.[\w.]+"
    r"|main\.(?:other_language|more)"
    r"|status\.(?:ask|found|outcome|not_found|unavailable|satisfied)): .*\n",
    re.MULTILINE,
)
# What small flows do without: files, entries, and lines of the menu by how they begin.
FILES = (
    "escalation", "return_visit", "call_back", "test_call", "screening", "status", "mediation",
    "studio", "notices", "hearing", "prompts/en-US", "prompts/yue-HK", "texts/en-US", "texts/yue-HK",
    "pronunciation/en-US",
)  # fmt: skip
ENTRIES = (
    "escalation",
    "return_visit",
    "call_back",
    "banned",
    "challenge",
    "test_call",
    "hearing",
)
MENU_LINES = (
    "      elsewhere: ", "      staff: ", "        3: {go: status", "        4: {go: mediation",
    "        5: {go: more",
)  # fmt: skip


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
        for name in FILES:
            (self.folder / f"{name}.yaml").unlink()
        for entry in ENTRIES:
            self._without_line("directory.yaml", f"  {entry}: ")
        for language in ("en-US", "yue-HK"):
            self._without_line("directory.yaml", f"  {language}: {{say")
        for line in MENU_LINES:
            self._without_line("main.yaml", line)
        self.change("directory.yaml", "inbound: main.warnings", "inbound: main.greeting")
        self.change("main.yaml", "next: news", "next: menu")
        for node, behind in (("# What staff", "greeting"), ("news", "menu"), ("more", "farewell")):
            self._without_part("main.yaml", f"  {node}", f"  {behind}:")
        main = self.folder / "main.yaml"
        main.write_text(re.sub(r", (?:en-US|yue-HK): \[[^\]]*\]", "", main.read_text()))
        prompts = self.folder / "prompts" / "zh-CN.yaml"
        prompts.write_text(UNSPOKEN.sub("", prompts.read_text()))

    def offer(self, key: int, node: str) -> None:
        """Give the main menu one more option."""
        first = "        1: {go: policy"
        self.change("main.yaml", first, f"        {key}: {{go: {node}}}\n{first}")

    def offer_six(self) -> None:
        """Give the menu of small flows six options, one too many."""
        for key in range(6, 2, -1):
            self.offer(key, "farewell")

    def _without_line(self, file: str, beginning: str) -> None:
        path = self.folder / file
        lines = path.read_text().splitlines(keepends=True)
        left = [line for line in lines if not line.startswith(beginning)]
        assert len(left) == len(lines) - 1, (file, beginning)
        path.write_text("".join(left))

    def _without_part(self, file: str, beginning: str, end: str) -> None:
        path = self.folder / file
        text = path.read_text()
        start = text.index(f"\n{beginning}")
        path.write_text(text[:start] + text[text.index(f"\n{end}", start) :])

    def report(self) -> Report:
        """The whole check."""
        return check_whole(self.folder, SHELF)

    def quickly_found(self, rule: str) -> list[Finding]:
        """What the quick part of the check finds against one rule."""
        return [finding for finding in check_folder(self.folder, SHELF) if finding.rule == rule]

    def found(self, rule: str) -> list[Finding]:
        """What the whole check finds against one rule."""
        return [finding for finding in self.report().findings if finding.rule == rule]
