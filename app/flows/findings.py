"""What is wrong in a file, told to the person who can mend it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing found in a file: where, how bad, what, and what to do. Lines count from 1."""

    file: str
    line: int
    column: int
    severity: Severity
    rule: str
    sentence: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.severity}: {self.sentence}{hint} [{self.rule}]"


class FlowError(Exception):
    """Files that cannot be used; `findings` says why and where."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings
