"""The rules of `hotline flows check`: every finding names one of these.

What a rule is and why callers need it stands in the YAML files beside this one, a group in each;
`hotline flows explain RULE` prints it and `docs/flows.md` lists them all.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from app.flows.findings import Severity
from app.flows.source import load_file

GROUPS = {
    "reading": "How a file is read",
    "writing": "What may be written",
    "naming": "Names and texts that must exist",
    "speaking": "What is spoken, and who is rung",
    "walking": "What a call can come to",
    "rehearsing": "Transcripts",
    "waiving": "Waivers",
}


class Rule(BaseModel):
    """One rule: how bad it is to break it, whether a file may waive it, and why it exists."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    group: str
    severity: Severity
    waivable: bool = False
    title: str
    why: str
    wrong: str = ""
    mended: str = ""
    source: str = ""


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by name, group after group."""
    found: dict[str, Rule] = {}
    for group in GROUPS:
        file = f"{group}.yaml"
        entries = load_file(Path(__file__).with_name(file), file).value
        for name, fields in entries.items():
            found[name] = Rule.model_validate({"name": name, "group": group} | fields)
    return found


def explanation(rule: Rule) -> str:
    """A rule as the terminal shows it. The rule's name is the first word."""
    waived = "may be waived with a reason" if rule.waivable else "may not be waived"
    parts = [f"{rule.name} ({rule.severity}, {waived})\n{rule.title}", rule.why.strip()]
    if rule.wrong:
        parts.append(f"Wrong:\n{_indented(rule.wrong)}")
    if rule.mended:
        parts.append(f"Mended:\n{_indented(rule.mended)}")
    if rule.source:
        parts.append(f"Source: {rule.source}")
    if rule.waivable:
        parts.append(f"To waive it, write on its line or above it:\n    # waive {rule.name}: why")
    return "\n\n".join(parts)


def _indented(example: str) -> str:
    return "\n".join(f"    {line}" for line in example.rstrip().splitlines())
