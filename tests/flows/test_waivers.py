"""Waivers: a comment with a reason, at the place, for a rule that may be waived."""

from app.flows.compiler import compile_folder
from app.flows.proof import prove
from app.flows.waivers import waivers_in
from tests.flows.folders import SHELF
from tests.flows.spoiling import Flows


def with_six_options(small: Flows, comment: str) -> None:
    small.offer_six()
    small.change("main.yaml", "      options:", comment)


def test_a_waiver_above_the_line_or_behind_it_waives_and_is_listed(small: Flows) -> None:
    with_six_options(small, "      # waive menu-length: six during floods\n      options:")
    report = small.report()
    assert report.findings == []
    assert [(item.finding.rule, item.reason) for item in report.waived] == [
        ("menu-length", "six during floods")
    ]
    assert compile_folder(small.folder, SHELF).nodes


def test_a_waiver_behind_its_line_waives(small: Flows) -> None:
    with_six_options(small, "      options:  # waive menu-length: six during floods")
    assert small.report().findings == []


def test_what_the_proof_finds_can_be_waived_too(small: Flows) -> None:
    small.change("person.yaml", "when: {hours: open}", "when: {variables: {never: set}}")
    small.change("person.yaml", "  message:", "  # waive unreachable: ready for spring\n  message:")
    assert small.report().findings == []
    assert prove(compile_folder(small.folder, SHELF), SHELF) == []


def test_a_waiver_without_a_reason_waives_nothing(small: Flows) -> None:
    with_six_options(small, "      # waive menu-length\n      options:")
    found = {finding.rule: finding.sentence for finding in small.report().findings}
    assert set(found) == {"menu-length", "waiver"}
    assert "gives no reason" in found["waiver"]


def test_a_rule_that_protects_callers_is_not_waived(small: Flows) -> None:
    small.change(
        "directory.yaml", '"+867451000303"', '"+88216123456"  # waive dialling: it is ours\n   '
    )
    found = {finding.rule: finding.sentence for finding in small.report().findings}
    assert set(found) == {"dialling", "waiver"}
    assert "may not be waived" in found["waiver"]


def test_a_misspelt_rule_and_a_waiver_of_nothing_are_found(small: Flows) -> None:
    small.add("main.yaml", "# waive menu-lenght: x\n# waive menu-length: once there were six\n")
    found = {(finding.rule, finding.severity) for finding in small.report().findings}
    assert found == {("waiver", "error"), ("unused-waiver", "warning")}


def test_a_missing_prompt_of_the_default_language_is_not_waived(small: Flows) -> None:
    small.change("prompts/zh-CN.yaml", "common.silence: 我", "common.silense: 我")
    path = small.folder / "prompts" / "zh-CN.yaml"
    path.write_text("# waive missing-prompt: nobody is ever silent\n" + path.read_text())
    assert [f.severity for f in small.found("missing-prompt")] == ["error"]


def test_several_waivers_may_stand_above_one_line() -> None:
    text = "a: 1\n# waive dead-air: x\n#  plain\n  # waive too-far: y\nb: 2  # waive hints : z\n"
    told = [(waiver.rule, waiver.reason, waiver.lines) for waiver in waivers_in(text, "f.yaml")]
    assert told == [("dead-air", "x", (2, 5)), ("too-far", "y", (4, 5)), ("hints", "z", (5,))]
