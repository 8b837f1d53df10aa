"""How an examination is told: a line for each check, or JSON."""

import json
from collections.abc import Sequence

from app.doctor.examination import Finding, is_served
from app.doctor.verdict import State

_MARKS = {State.ok: "✓", State.warning: "!", State.failure: "✗", State.not_applicable: "–"}
_INDENT = " " * 4


def lines(findings: Sequence[Finding]) -> list[str]:
    """A line for each check, the remedy below it, and how it all stands."""
    width = max((len(finding.name) for finding in findings), default=0)
    told = []
    for finding in findings:
        verdict = finding.verdict
        told.append(f"{_MARKS[verdict.state]} {finding.name:<{width}}  {verdict.said}")
        if verdict.remedy:
            told.append(f"{_INDENT}{verdict.state}: {verdict.remedy}")
    return [*told, "", summary(findings)]


def summary(findings: Sequence[Finding]) -> str:
    """How it all stands, in one sentence."""
    count = {state: sum(finding.verdict.state is state for finding in findings) for state in State}
    failed, warned = count[State.failure], count[State.warning]
    if failed:
        return f"{failed} of {len(findings)} checks failed, {warned} warn."
    if warned:
        return f"Callers are served; {warned} of {len(findings)} checks warn."
    return "All is well."


def as_json(findings: Sequence[Finding]) -> str:
    """The same for programs: `served` is what the exit code says."""
    return json.dumps(
        {
            "served": is_served(findings),
            "checks": [
                {
                    "name": finding.name,
                    "state": finding.verdict.state.value,
                    "said": finding.verdict.said,
                    "remedy": finding.verdict.remedy,
                    "seconds": round(finding.seconds, 3),
                }
                for finding in findings
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
