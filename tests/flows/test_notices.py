"""Temporary notices as callers hear them, and the ready-made ones of the files."""

import shutil
from pathlib import Path

import pytest
from app.flows.compiler import check_folder
from app.flows.context import Notice
from app.flows.directives import Gather
from app.flows.inputs import Pressed, Silent
from tests.flows.folders import SHELF, SHIPPED
from tests.flows.test_languages import LIBRARY, play, spoken

FLOOD = Notice("1", {"zh-CN": "今天有洪水预警。", "en-US": "Flood warning."}, urgent=True)
POWER = Notice("2", {"zh-CN": "今天停电。"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped flows, to be spoilt."""
    copy = tmp_path / "flows"
    shutil.copytree(SHIPPED, copy)
    return copy


def test_an_urgent_notice_comes_before_everything_and_others_behind_the_greeting() -> None:
    first = play(notices=[FLOOD, POWER])
    assert spoken(first.directives) == [("zh-CN", "今天有洪水预警。")]
    second = play(Silent(), notices=[FLOOD, POWER])
    assert [text[:4] for _, text in spoken(second.directives)] == ["您好，这", "今天停电"]
    third = play(Silent(), Silent(), notices=[FLOOD, POWER])
    assert third.state.node == "main.menu"
    assert isinstance(third.directives[-1], Gather)


def test_nothing_is_said_and_nothing_waits_when_nothing_is_on() -> None:
    step = play()
    assert step.state.node == "main.menu"
    assert "notices_heard" not in step.state.variables


def test_the_emergency_key_and_a_person_are_reached_from_within_a_notice() -> None:
    assert play(Pressed("9"), notices=[FLOOD]).state.node == "emergency.start"
    assert play(Pressed("0"), notices=[FLOOD]).state.node == "person.ring"
    again = play(Pressed("*"), notices=[FLOOD])
    assert spoken(again.directives) == [("zh-CN", "今天有洪水预警。")]
    assert play(Pressed("1"), notices=[FLOOD]).state.node == "main.menu"


def test_a_notice_is_heard_once_per_call_and_again_in_another_language() -> None:
    same = play(Silent(), Pressed("5"), Pressed("1"), notices=[FLOOD])
    assert same.state.node == "main.menu"
    other = play(Silent(), Pressed("5"), Pressed("2"), notices=[FLOOD])
    assert spoken(other.directives) == [("en-US", "Flood warning.")]


def test_without_a_translation_the_default_language_is_heard_in_its_own_voice() -> None:
    step = play(Silent(), language="yue-HK", notices=[FLOOD, POWER])
    assert ("zh-CN", "今天停电。") in spoken(step.directives)


MISTAKES = [
    ("urgent: true", "urgent: perhaps", "urgent"),
    ("    hours: 24", "    hours: 900", "hours"),
    ("names: {zh-CN: 道路封闭, ", "names: {", "`names` of `road_closed` is missing in zh-CN"),
    ("yue-HK: 道路封閉}", "yue: 道路封閉}", "There is no language `yue`."),
    ("zh-CN: 通知：今天库区有道路封闭。", "zh-CN: " + "路" * 120, "seconds to speak"),
    ("  road_closed:\n", "  road_closed:\n    colour: red\n", "Unknown key `colour`"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), MISTAKES)
def test_a_mistake_in_a_ready_made_notice_has_a_place(
    folder: Path, old: str, new: str, sentence: str
) -> None:
    path = folder / "notices.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    found = [f for f in check_folder(folder, SHELF) if f.severity == "error"]
    assert any(sentence in f.sentence and f.line > 1 for f in found), found


def test_ready_made_notices_may_be_left_out(folder: Path) -> None:
    (folder / "notices.yaml").unlink()
    assert not [f for f in check_folder(folder, SHELF) if f.severity == "error"]
    assert set(LIBRARY.notices) == {"flood_warning", "road_closed", "power_cut", "office_closed"}
