"""A report of `hotline flows check` for people and for machines."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.flows.findings import Finding
from app.flows.rules import Rule, explanation, rules
from app.flows.waivers import Waived
from app.flows.whole_check import Report

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(report: Report, *, waived: bool = False) -> str:
    """`file:line:column: severity: sentence (hint) [rule]`, a line each."""
    lines = [str(finding) for finding in report.findings]
    if waived:
        lines += [f"{item.finding} waived: {item.reason}" for item in report.waived]
    return "\n".join(lines)


def as_json(report: Report, *, waived: bool = False) -> str:
    """One object with `findings`, `errors`, `warnings` and, when asked for, `waived`."""
    whole: dict[str, Any] = {
        "errors": report.count("error"),
        "warnings": report.count("warning"),
        "findings": [_plain(finding) for finding in report.findings],
    }
    if waived:
        whole["waived"] = [_plain(item.finding) | {"reason": item.reason} for item in report.waived]
    return json.dumps(whole, ensure_ascii=False, indent=2)


def as_github(report: Report, *, waived: bool = False) -> str:
    """Workflow commands of GitHub Actions: each finding is shown at its line of the change."""
    lines = [_command(finding.severity, finding) for finding in report.findings]
    if waived:
        lines += [_command("notice", item.finding, item.reason) for item in report.waived]
    return "\n".join(lines)


def as_sarif(report: Report, *, waived: bool = False) -> str:
    """SARIF 2.1.0 with the rules' explanations; waived findings are suppressed results."""
    known = list(rules().values())
    places = {rule.name: index for index, rule in enumerate(known)}
    results = [_result(finding, places) for finding in report.findings]
    if waived:
        results += [_suppressed(item, places) for item in report.waived]
    driver = {"name": "hotline flows check", "rules": [_described(rule) for rule in known]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    whole = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, ensure_ascii=False, indent=2)


FORMATS: Mapping[str, Callable[..., str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}


def _plain(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in Finding.__slots__}


def _message(finding: Finding) -> str:
    return f"{finding.sentence} {finding.hint}".rstrip()


def _command(level: str, finding: Finding, reason: str = "") -> str:
    parts = {
        "file": finding.file,
        "line": str(finding.line),
        "col": str(finding.column),
        "title": finding.rule,
    }
    properties = ",".join(f"{name}={_escaped_property(value)}" for name, value in parts.items())
    message = _message(finding) + (f" (waived: {reason})" if reason else "")
    return f"::{level} {properties}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why.strip()},
        "help": {"text": explanation(rule)},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Finding, places: Mapping[str, int]) -> dict[str, Any]:
    region = {"startLine": finding.line, "startColumn": finding.column}
    location = {"artifactLocation": {"uri": finding.file}, "region": region}
    return {
        "ruleId": finding.rule,
        "ruleIndex": places[finding.rule],
        "level": finding.severity,
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": location}],
    }


def _suppressed(item: Waived, places: Mapping[str, int]) -> dict[str, Any]:
    suppression = {"kind": "inSource", "justification": item.reason}
    return _result(item.finding, places) | {"suppressions": [suppression]}
