"""Waivers: comments in a file that say why a rule does not hold at one place.

`# waive RULE: reason` stands behind what it waives, or on a line of its own above it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.flows.findings import Finding

_WAIVER = re.compile(r"(?:^|(?<=\s))#[ \t]*waive\b[ \t]*([^\s:：#]*)[ \t]*[:：]?[ \t]*(.*)$")


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver in a file: its own place, and the `lines` whose findings it waives."""

    file: str
    line: int
    column: int
    rule: str
    reason: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that a file waives, and why."""

    finding: Finding
    reason: str


def waivers_in(text: str, file: str) -> tuple[Waiver, ...]:
    """All waivers of a file; a cheap look tells that most files have none."""
    if "waive" not in text:
        return ()
    found: list[Waiver] = []
    lines = text.splitlines()
    below = len(lines) + 1  # the next line that is no comment: several may stand above one line
    for number, line in zip(range(len(lines), 0, -1), reversed(lines), strict=True):
        match = _WAIVER.search(line)
        is_comment = line.lstrip().startswith("#")
        if match is not None:
            rule, reason = match.groups()
            covered = (number, below) if is_comment else (number,)
            place = (file, number, match.start() + 1)
            found.append(Waiver(*place, rule, reason.strip(), covered))
        if not is_comment:
            below = number
    return tuple(reversed(found))


def divided(
    findings: Iterable[Finding], waivers: Sequence[Waiver]
) -> tuple[list[Finding], list[Waived], set[Waiver]]:
    """The findings that stand, those that are waived, and the waivers that waived something."""
    if not waivers:
        return list(findings), [], set()
    by_place = {
        (waiver.file, line, waiver.rule): waiver
        for waiver in waivers
        if not _fault(waiver)
        for line in waiver.lines
    }
    standing: list[Finding] = []
    waived: list[Waived] = []
    used: set[Waiver] = set()
    for finding in findings:
        waiver = by_place.get((finding.file, finding.line, finding.rule))
        if waiver is None or _is_worse(finding):
            standing.append(finding)
        else:
            waived.append(Waived(finding, waiver.reason))
            used.add(waiver)
    return standing, waived, used


def standing(findings: Iterable[Finding], waivers: Sequence[Waiver]) -> list[Finding]:
    """The findings that no waiver waives."""
    return divided(findings, waivers)[0]


def judge_waivers(waivers: Iterable[Waiver], used: set[Waiver]) -> Iterator[Finding]:
    """What is wrong with the waivers themselves, when all findings are known."""
    for waiver in waivers:
        place = (waiver.file, waiver.line, waiver.column)
        fault = _fault(waiver)
        if fault:
            yield Finding(*place, "error", "waiver", fault, "Write `# waive RULE: reason`.")
        elif waiver not in used:
            yield Finding(
                *place,
                "warning",
                "unused-waiver",
                f"Nothing here breaks the rule `{waiver.rule}` any more.",
                "Remove the waiver.",
            )


def _fault(waiver: Waiver) -> str:
    from app.flows.rules import rules

    rule = rules().get(waiver.rule)
    if rule is None:
        return f"There is no rule `{waiver.rule[:60]}` to waive."
    if not rule.waivable:
        return f"The rule `{rule.name}` may not be waived."
    return "" if waiver.reason else f"The waiver of `{rule.name}` gives no reason."


def _is_worse(finding: Finding) -> bool:
    """Whether a finding is worse than its rule usually is: what every call needs is missing."""
    from app.flows.rules import rules

    return finding.severity == "error" and rules()[finding.rule].severity == "warning"
