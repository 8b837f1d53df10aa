"""Every finding names a rule of the registry, and every rule is there for a finding."""

import ast
from collections.abc import Iterator
from pathlib import Path

import app
import pytest
from app.flows.findings import FlowError
from app.flows.rules import GROUPS, Rule, explanation, rules
from app.flows.source import parse

CODE = Path(app.__file__).parent
# Where the rule stands among the arguments of what makes a finding.
POSITIONS = {
    "finding": 1, "key_finding": 1, "_refuse": 1, "_refusal": 2, "_unread": 1, "_doubt": 2,
    "at_node": 2, "at_prompt": 3, "Violation": 0, "_Refusal": 0,
}  # fmt: skip


def named_rules(tree: ast.AST) -> Iterator[str]:
    """The rules that a module's findings name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            yield from _texts(node.value.elts[:1])  # `broken_limits` yields rule and sentence
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "Finding":
            yield from (text for text in _texts(node.args) if text.replace("-", "").isalpha()
                        and text not in ("error", "warning"))  # fmt: skip
        elif name in POSITIONS and len(node.args) > POSITIONS[name]:
            yield from _texts([node.args[POSITIONS[name]]])


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    yield from (
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def used() -> set[str]:
    """All rules that the code names."""
    files = [*CODE.glob("flows/**/*.py"), *CODE.glob("policies/*.py")]
    return {
        rule
        for file in files
        if "situations" not in file.name
        for rule in named_rules(ast.parse(file.read_text()))
    }


def test_every_finding_names_a_known_rule_and_no_rule_is_idle() -> None:
    assert used() == set(rules())


def test_every_rule_can_be_explained() -> None:
    for name, rule in rules().items():
        told = explanation(rule)
        assert told.startswith(f"{name} ({rule.severity}")
        assert len(rule.why) > 40, name
        assert rule.title.endswith(".") or rule.title.endswith('"'), name
        assert rule.group in GROUPS


READING = [rule for rule in rules().values() if rule.group == "reading" and rule.wrong]


@pytest.mark.parametrize("rule", READING, ids=[rule.name for rule in READING])
def test_the_wrong_example_is_refused_by_its_rule_and_the_mended_one_is_read(rule: Rule) -> None:
    with pytest.raises(FlowError) as refusal:
        parse(rule.wrong.encode(), "example.yaml")
    assert [finding.rule for finding in refusal.value.findings] == [rule.name]
    parse(rule.mended.encode(), "example.yaml")


def test_what_protects_every_caller_cannot_be_waived() -> None:
    protecting = ("trapped", "no-exit", "step-fails", "endless", "dialling", "reserved-key",
                  "telephony-limit", "unknown-name", "too-large")  # fmt: skip
    assert not any(rules()[name].waivable for name in protecting)
