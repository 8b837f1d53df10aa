"""`hotline flows check` and `hotline flows explain`, as somebody at a terminal or a CI uses them."""

import json
from pathlib import Path

import pytest
from app.cli import app
from app.flows.report_formats import as_github, as_sarif
from app.flows.rules import rules
from tests.flows.folders import SHIPPED
from tests.flows.spoiling import Flows
from typer.testing import CliRunner

run = CliRunner()


@pytest.fixture
def spoilt(small: Flows) -> Flows:
    """A menu of six options (an error), and a prompt nobody hears (a warning)."""
    small.offer_six()
    small.add("prompts/zh-CN.yaml", "\nmain.unused: 没有人听到。\n")
    return small


def check(folder: Path, *options: str) -> tuple[int, str]:
    result = run.invoke(app, ["flows", "check", str(folder), *options])
    return result.exit_code, result.output


def test_the_shipped_flows_pass_even_strictly() -> None:
    assert check(SHIPPED, "--strict") == (0, f"{SHIPPED} is in order.\n")


def test_each_finding_has_its_place_its_hint_and_its_rule(spoilt: Flows) -> None:
    code, output = check(spoilt.folder)
    assert code == 1
    assert "main.yaml:10:7: error: Menu `menu` has 6 options. (Nobody keeps" in output
    assert "[menu-length]" in output
    assert "warning: Prompt `main.unused` is spoken nowhere. [unused-prompt]" in output


def test_warnings_fail_only_strictly(small: Flows) -> None:
    small.add("prompts/zh-CN.yaml", "\nmain.unused: 没有人听到。\n")
    assert check(small.folder)[0] == 0
    assert check(small.folder, "--strict")[0] == 1


def test_a_folder_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    code, output = check(tmp_path / "none")
    assert code == 2
    assert "there is no folder" in output


def test_a_broken_policy_is_a_finding(small: Flows) -> None:
    small.add("policies/support.yaml", "\nsupport-amount: {}\n")
    code, output = check(small.folder)
    assert code == 1
    assert "[duplicate-key]" in output


def test_json_can_be_read_by_a_machine(spoilt: Flows) -> None:
    code, output = check(spoilt.folder, "--format", "json")
    told = json.loads(output[: output.rindex("}") + 1])
    assert (code, told["errors"], told["warnings"]) == (1, 1, 1)
    assert {finding["rule"] for finding in told["findings"]} == {"menu-length", "unused-prompt"}
    assert told["findings"][0]["line"] > 1


def test_github_shows_each_finding_at_its_line(spoilt: Flows) -> None:
    lines = as_github(spoilt.report()).splitlines()
    assert lines[0].startswith("::error file=")
    assert "line=10,col=7,title=menu-length::Menu `menu` has 6 options." in lines[0]
    assert lines[1].startswith("::warning file=")


def test_sarif_names_every_rule_and_points_to_it(small: Flows) -> None:
    small.offer_six()
    small.change("main.yaml", "      options:", "      options:  # waive menu-length: floods")
    small.add("prompts/zh-CN.yaml", "\nmain.unused: 没有人听到。\n")
    told = json.loads(as_sarif(small.report(), waived=True))
    (whole,) = told["runs"]
    described = whole["tool"]["driver"]["rules"]
    assert told["version"] == "2.1.0"
    assert [rule["id"] for rule in described] == list(rules())
    shown, suppressed = whole["results"]
    assert described[shown["ruleIndex"]]["id"] == shown["ruleId"] == "unused-prompt"
    assert shown["level"] == "warning"
    assert suppressed["suppressions"] == [{"kind": "inSource", "justification": "floods"}]
    place = shown["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("prompts/zh-CN.yaml")
    assert place["region"]["startLine"] > 80


def test_what_is_waived_is_listed_when_asked_for(small: Flows) -> None:
    small.offer_six()
    small.change("main.yaml", "      options:", "      options:  # waive menu-length: floods")
    assert "[menu-length]" not in check(small.folder)[1]
    assert "[menu-length] waived: floods" in check(small.folder, "--waived")[1]


def test_a_rule_is_explained_and_a_misspelt_one_is_guessed() -> None:
    told = run.invoke(app, ["flows", "explain", "dead-air"])
    assert told.exit_code == 0
    assert "8 seconds of nothing" in told.output
    guessed = run.invoke(app, ["flows", "explain", "dead-aire"])
    assert guessed.exit_code == 1
    assert "Did you mean `dead-air`?" in str(guessed.exception) + guessed.output


def test_all_rules_are_listed() -> None:
    listed = run.invoke(app, ["flows", "explain"]).output
    assert all(f"  {name} " in listed for name in rules())
