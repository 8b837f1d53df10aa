"""`hotline flows test`, as it is used."""

import json
import shutil
from pathlib import Path

import pytest
from app.cli import app
from app.flows.rehearsal.documentation import EXAMPLE, json_schema
from app.flows.rehearsal.transcript import DEEDS, EFFECTS, EXPECTATIONS, FACTS
from tests.flows.folders import SHIPPED
from tests.flows.rehearsal.county_of_tests import LIBRARY, played
from typer.testing import CliRunner, Result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped flows."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "flows"))


def flows_test(*arguments: object) -> Result:
    """What the command says, and its exit status."""
    return CliRunner().invoke(app, ["flows", "test", *map(str, arguments)])


def test_the_shipped_transcripts(folder: Path) -> None:
    result = flows_test(folder, "--require", "100")
    assert result.exit_code == 0, result.output
    assert "✗" not in result.output
    assert result.output.splitlines()[-1].split() == [
        "all", "36/36", "41/41", "33/33", "33/33", "33/33", "33/67"
    ]  # fmt: skip


def test_a_changed_prompt_is_shown_side_by_side_and_the_status_is_one(folder: Path) -> None:
    prompts = folder / "prompts" / "zh-CN.yaml"
    prompts.write_text(prompts.read_text().replace("正在办理", "还在办"))
    result = flows_test(folder, "-k", "being worked on")
    assert result.exit_code == 1
    assert "✗ A ticket that is being worked on  zh-CN" in result.output
    assert "expected" in result.output
    assert "2 as written, 1 failed" in result.output


def test_what_is_not_covered_is_listed_and_can_be_required(folder: Path) -> None:
    result = flows_test(folder, "-k", "screening.yaml", "--uncovered", "--require", "90")
    assert result.exit_code == 1
    assert (
        f"{folder}/status.yaml:3:3: warning: No transcript comes to `status.ask`." in result.output
    )
    assert flows_test(folder, "-k", "screening.yaml").exit_code == 0


def test_other_formats(folder: Path) -> None:
    told = json.loads(flows_test(folder, "-k", "Danger at night", "--format", "json").output)
    assert [one["outcome"] for one in told["results"]] == ["passed"] * 3
    junit = flows_test(folder, "-k", "Danger at night", "--format", "junit").output
    assert junit.startswith("<?xml")
    assert 'tests="3" failures="0" skipped="0"' in junit


def test_mistakes_and_empty_folders_are_told_in_a_sentence(folder: Path) -> None:
    (folder / "tests" / "status.yaml").write_text("calls: {A: {steps: [{press: 1}]}}\n")
    result = flows_test(folder)
    assert result.exit_code == 1
    assert (
        "status.yaml:1:22: error: Unknown key `press`. (Did you mean `presses`?)" in result.output
    )
    shutil.rmtree(folder / "tests")
    assert "there are no transcripts" in flows_test(folder).output


def test_a_call_that_is_not_in_the_log_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("app.demo.DEFAULT_VAR", tmp_path)
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)
    result = flows_test(folder, "--record", tmp_path / "new.yaml", "--call", "CA1")
    assert result.exit_code == 1
    assert "There is no call CA1 in the log." in result.output


def test_the_example_of_the_reference_goes_as_written() -> None:
    report = played(EXAMPLE)
    assert [result.language for result in report.results] == list(LIBRARY.languages)
    assert [result.skipped for result in report.results if result.skipped] == []
    assert [str(result) for result in report.failures] == []


def test_the_schema_and_the_reference_know_every_key() -> None:
    schema = json_schema()["$defs"]
    assert set(schema["Step"]["properties"]) == {*DEEDS, *EXPECTATIONS}
    named = {name for names in FACTS for name in names.split(", ")}
    assert set(schema["call"]["properties"]) == {*named, "steps"}
    assert set(schema["EffectExpectation"]["properties"]) == set(EFFECTS)
