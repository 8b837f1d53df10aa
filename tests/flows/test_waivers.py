"""Waivers: a comment with a reason, at the place, for a rule that may be waived."""

from app.flows.compiler import compile_folder
from app.flows.proof import prove
from app.flows.waivers import waivers_in
from tests.flows.folders import SHELF
from tests.flows.spoiling import Flows

SIXTH = "        6: {go: farewell}\n        1: {go: policy"


def with_six_options(flows: Flows, comment: str) -> None:
    flows.change("main.yaml", "        1: {go: policy", SIXTH)
    flows.change("main.yaml", "      options:", comment)


def test_a_waiver_above_the_line_or_behind_it_waives_and_is_listed(flows: Flows) -> None:
    with_six_options(flows, "      # waive menu-length: six during floods\n      options:")
    report = flows.report()
    assert report.findings == []
    assert [(item.finding.rule, item.reason) for item in report.waived] == [
        ("menu-length", "six during floods")
    ]
    assert compile_folder(flows.folder, SHELF).nodes


def test_a_waiver_behind_its_line_waives(flows: Flows) -> None:
    with_six_options(flows, "      options:  # waive menu-length: six during floods")
    assert flows.report().findings == []


def test_what_the_proof_finds_can_be_waived_too(flows: Flows) -> None:
    flows.change("main.yaml", "when: {language: en-US}", "when: {variables: {never: set}}")
    flows.change(
        "main.yaml", "  to_chinese:", "  # waive unreachable: ready for spring\n  to_chinese:"
    )
    assert flows.report().findings == []
    assert prove(compile_folder(flows.folder, SHELF), SHELF) == []


def test_a_waiver_without_a_reason_waives_nothing(flows: Flows) -> None:
    with_six_options(flows, "      # waive menu-length\n      options:")
    found = {finding.rule: finding.sentence for finding in flows.report().findings}
    assert set(found) == {"menu-length", "waiver"}
    assert "gives no reason" in found["waiver"]


def test_a_rule_that_protects_callers_is_not_waived(flows: Flows) -> None:
    flows.change(
        "directory.yaml", '"+867451000303"', '"+88216123456"  # waive dialling: it is ours\n   '
    )
    found = {finding.rule: finding.sentence for finding in flows.report().findings}
    assert set(found) == {"dialling", "waiver"}
    assert "may not be waived" in found["waiver"]


def test_a_misspelt_rule_and_a_waiver_of_nothing_are_found(flows: Flows) -> None:
    flows.add("main.yaml", "# waive menu-lenght: x\n# waive menu-length: once there were six\n")
    found = {(finding.rule, finding.severity) for finding in flows.report().findings}
    assert found == {("waiver", "error"), ("unused-waiver", "warning")}


def test_a_missing_prompt_of_the_default_language_is_not_waived(flows: Flows) -> None:
    flows.change("prompts/zh-CN.yaml", "common.silence: 我", "common.silense: 我")
    path = flows.folder / "prompts" / "zh-CN.yaml"
    path.write_text("# waive missing-prompt: nobody is ever silent\n" + path.read_text())
    assert [f.severity for f in flows.found("missing-prompt")] == ["error"]


def test_several_waivers_may_stand_above_one_line() -> None:
    text = "a: 1\n# waive dead-air: x\n#  plain\n  # waive too-far: y\nb: 2  # waive hints : z\n"
    told = [(waiver.rule, waiver.reason, waiver.lines) for waiver in waivers_in(text, "f.yaml")]
    assert told == [("dead-air", "x", (2, 5)), ("too-far", "y", (4, 5)), ("hints", "z", (5,))]
