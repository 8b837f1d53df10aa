"""What `hotline flows check` finds: the exact place, a sentence and a hint."""

import shutil
from pathlib import Path

import pytest
from app.flows.compiler import check_folder, compile_folder
from app.flows.schema import json_schema
from app.flows.whole_check import check_whole
from tests.flows.folders import SHELF, SHIPPED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped flows, to be spoilt."""
    copy = tmp_path / "flows"
    shutil.copytree(SHIPPED, copy)
    return copy


def change(folder: Path, file: str, old: str, new: str) -> int:
    """Replace a text in a file; returns the line it stands in."""
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def test_the_shipped_flows_are_in_order() -> None:
    assert check_folder(SHIPPED, SHELF) == []


MISTAKES = [
    ("main.yaml", "go: appeal.leave", "go: apeal.leave", "no node `apeal.leave`", "appeal.leave"),
    ("main.yaml", "prompt: main.menu", "prompt: main.menue", "no prompt `main.menue`", "main.menu"),
    ("main.yaml", "menu:\n      prompt", "menue:\n      prompt", "Unknown node type `menue`", ""),
    ("main.yaml", "next: menu}", "nxt: menu}", "Unknown key `nxt`", "`next`"),
    ("main.yaml", "        3: {go: status", "        0: {go: status", "leads to a person", ""),
    ("main.yaml", "        3: {go: status", "        12: {go: status", "is not a key", ""),
    ("policy.yaml", "support-amount", "support-amont", "no policy `support-amont`", "support-amount"),
    ("appeal.yaml", "housing", "housin", "no category `housin`", "housing"),
    ("mediation.yaml", "agriculture", "agricultur", "no department `agricultur`", "agriculture"),
    ("mediation.yaml", "role: convene", "role: convenes", "`role`", ""),
    ("person.yaml", "ring_seconds: 15", "ring_seconds: 90", "ring_seconds", ""),
    ("person.yaml", "duty: officers", "duty: officers\n      department: water", "one of", ""),
    ("directory.yaml", "default_language: zh-CN", "default_language: zh", "no language `zh`", ""),
    ("directory.yaml", '"+867451000303"', '"0745 1000303"', "numbers", ""),
    ("directory.yaml", '"+867451000303"', '"110"', "with its country", ""),
    ("directory.yaml", 'opens: "08:30", closes: "17', 'opens: "8h30", closes: "17', "write a time as", ""),
    ("directory.yaml", "department: civil_affairs", "department: civil_affair", "no department", "civil_affairs"),
    ("directory.yaml", "respond_minutes: 5", "respond_minute: 5", "Unknown key", "respond_minutes"),
    ("directory.yaml", "priority: urgent", "colour: red", "Unknown key", "Known here: names, department"),
    ("directory.yaml", "person: person.ring", "person: person.rang", "no node `person.rang`", ""),
    ("prompts/zh-CN.yaml", "{key}。\"", "{kee}。\"", "unknown field `kee`", ""),
    ("prompts/zh-CN.yaml", "common.goodbye: 感谢", "common.goodby: 感谢", "common.goodbye", ""),
    ("prompts/zh-CN.yaml", "{key}。\"", "｛key｝。\"", "full-width `｛`", ""),
    ("policies/support.yaml", "category: support", "category: suport", "no category `suport`", "support"),
    ("main.yaml", "    hours: {next", "    hour: {next", "Unknown node type `hour`", "`hours`"),
    ("main.yaml", "go: policy.ask", "go: policy", "no node `main.policy`", "such as `policy.ask`"),
    ("main.yaml", "en-US: [policy,", "en: [policy,", "no language `en`", "Known here: zh-CN, en-US"),
    ("main.yaml", "[政策, 补贴, 补助]", "[政策、补贴, 补助]", "`政策、补贴` is one phrase", "[one, two]"),
    ("main.yaml", "notices: {next: menu", "notices: {next：menu", "Unknown key `next：menu`", "a space between"),
    ("main.yaml", "5: {go: more, words", "5: more #", "write keys with their values", ""),
    ("directory.yaml", "inbound: main.warnings", "inbound: main.warning", "no node", "main.warnings"),
    ("directory.yaml", '["+867451000306"]', '"+867451000306"', "write a list", ""),
    ("directory.yaml", "respond_minutes: 5", "respond_minutes: 5分钟", "without a unit", ""),
    ("directory.yaml", "[mon,", "[周一,", "write one of 'mon', 'tue'", ""),
    ("calendar.yaml", "years: {}", "years: {2027: {holidays: [2026-02-05]}}", "`years`: 2026-02-05", ""),
    ("pronunciation/zh-CN.yaml", "chong2 jian4", "chóng jiàn", "such as chong2 jian4", ""),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "sentence", "hint"), MISTAKES)
def test_a_mistake_is_found_where_it_stands(
    folder: Path, file: str, old: str, new: str, sentence: str, hint: str
) -> None:
    line = change(folder, file, old, new)
    errors = [f for f in check_folder(folder, SHELF) if f.severity == "error"]
    name = Path(file).name
    matching = [f for f in errors if sentence in f.sentence and f.file.endswith(name)]
    assert matching, errors
    assert hint in matching[0].hint
    if "common.goodby" not in new:
        assert abs(matching[0].line - line) <= 1


def test_a_node_nobody_reaches_and_a_circle_without_a_question_are_found(folder: Path) -> None:
    with (folder / "main.yaml").open("a") as file:
        file.write("\n  lonely:\n    end: {prompt: common.goodbye}\n")
    (finding,) = check_whole(folder, SHELF).findings
    assert str(finding).endswith("(Lead somewhere to it, or remove it.) [unreachable]")
    with (folder / "main.yaml").open("a") as file:
        file.write("  round:\n    go: {to: round}\n")
    found = {(f.rule, f.sentence.split("`")[1]) for f in check_folder(folder, SHELF)}
    assert found == {("endless", "round")}


def test_a_circle_is_told_without_all_that_it_cuts_off(folder: Path) -> None:
    change(folder, "main.yaml", "main.greeting, next: news", "main.greeting, next: greeting")
    (finding,) = check_folder(folder, SHELF)
    assert (finding.rule, finding.sentence.split("`")[1]) == ("endless", "greeting")


def test_an_unknown_default_language_is_told_without_all_that_falls_back_to_it(
    folder: Path,
) -> None:
    change(folder, "directory.yaml", "default_language: zh-CN", "default_language: zh")
    findings = [f for f in check_folder(folder, SHELF) if not f.file.endswith("notices.yaml")]
    assert [f.sentence for f in findings] == ["There is no language `zh`."]


def test_six_options_are_too_many(folder: Path) -> None:
    change(folder, "main.yaml", "        1: {go", "        6: {go: farewell}\n        1: {go")
    assert "menu-length" in {f.rule for f in check_folder(folder, SHELF)}


def test_a_missing_translation_is_a_warning(folder: Path) -> None:
    change(folder, "prompts/en-US.yaml", "common.silence:", "common.silense:")
    findings = check_folder(folder, SHELF)
    assert {f.severity for f in findings} == {"warning"}
    assert {f.rule for f in findings} == {"missing-prompt", "unused-prompt"}


def test_a_link_is_not_followed(folder: Path) -> None:
    (folder / "main.yaml").unlink()
    (folder / "main.yaml").symlink_to(SHIPPED / "main.yaml")
    (finding,) = check_folder(folder, SHELF)
    assert (finding.rule, finding.file) == ("link", str(folder / "main.yaml"))


def test_the_schema_names_every_node_type() -> None:
    schema = json_schema()
    kinds = {next(iter(c["properties"])) for c in
             schema["properties"]["nodes"]["additionalProperties"]["oneOf"]}  # fmt: skip
    assert kinds == set(
        "say menu ask policy ticket ticket_status mediation connect emergency voicemail "
        "branch set go end return_visit call_back challenge refuse escalation language hours "
        "notices studio incident appointment hearing hearing_notice hearing_door vote moderate "
        "mediation_controls".split()
    )


TEXT_MISTAKES = [
    ("{number}。工作人员{respond}内响应", "{nummer}。工作人员{respond}内响应", "field", "unknown field `nummer`"),
    ("ticket.added: 您补充的内容", "ticket.added: "+"您补充的内容" * 60, "text-length", "takes 6 messages"),
    ("stop.done: 好的", "stop.done: 好的{code}", "field", "is not given `code`"),
    ("stop.done: 好的", "stop.dont: 好的", "missing-text", "`stop.done` is missing"),
    ("stop.done: 好的", "stop.dont: 好的", "unused-text", "`stop.dont` is sent nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "rule", "sentence"), TEXT_MISTAKES)
def test_a_mistake_in_a_text_message_is_found(
    folder: Path, old: str, new: str, rule: str, sentence: str
) -> None:
    change(folder, "texts/zh-CN.yaml", old, new)
    found = [f for f in check_folder(folder, SHELF) if f.rule == rule]
    assert any(sentence in f.sentence and f.file.endswith("texts/zh-CN.yaml") for f in found), found


def test_a_text_without_translation_is_sent_in_the_default_language(folder: Path) -> None:
    (folder / "texts/en-US.yaml").unlink()
    findings = check_folder(folder, SHELF)
    assert {(f.severity, f.rule) for f in findings} == {("warning", "missing-text")}
    library = compile_folder(folder, SHELF)
    assert library.texts.text("signature", "en-US", {}) == ("【移民热线】", "zh-CN")
