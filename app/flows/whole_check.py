"""The whole check of a folder: what its files say, and what a call can come to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.flows.calendar import Holidays
from app.flows.compiler import NO_HOLIDAYS, Parsing, examine_folder
from app.flows.context import Articles
from app.flows.findings import Finding
from app.flows.proof.verdict import proof_findings
from app.flows.source import parse
from app.flows.waivers import Waived, divided, judge_waivers

# With one of these a call cannot be walked: what it leads to does not exist, or nothing does.
_NOT_WALKABLE = frozenset(("unknown-name", "unknown-prompt", "missing-prompt", "endless"))


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, in the order of the files, and what the files waive."""

    findings: list[Finding]
    waived: list[Waived]

    def count(self, severity: str) -> int:
        """How many findings are of a severity."""
        return sum(finding.severity == severity for finding in self.findings)


def check_whole(
    folder: Path,
    articles: Articles,
    holidays: Holidays = NO_HOLIDAYS,
    parsing: Parsing = parse,
) -> Report:
    """Check a folder and prove its flows. Never raises: whatever is wrong is a finding."""
    library, findings = examine_folder(folder, articles, holidays, parsing)
    if library is None:
        return Report(findings, [])
    broken = (finding.rule for finding in findings if finding.severity == "error")
    if _NOT_WALKABLE.isdisjoint(broken):
        findings += proof_findings(library, articles)
    waivers = library.origins.waivers
    stand, waived, used = divided(sorted(_once(findings)), waivers)
    return Report(sorted([*stand, *judge_waivers(waivers, used)]), waived)


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """One finding for each place and rule: what the files show needs no proof."""
    told: set[tuple[str, int, int, str]] = set()
    for finding in findings:
        mark = (finding.file, finding.line, finding.column, finding.rule)
        if finding.rule != "unreachable" or mark not in told:
            yield finding
        told.add(mark)
