"""Languages as files: what one line and one file add, what falls back, and how callers choose."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from app.flows import engine
from app.flows.compiler import check_folder, compile_folder
from app.flows.directives import Directive, Gather, Say
from app.flows.effects import ChooseLanguage
from app.flows.inputs import Input, Pressed, Silent, Spoke, Started
from app.flows.library import FlowLibrary
from app.flows.locale import Dates, Locale
from app.flows.words import spoken_key
from tests.flows.folders import SHELF, SHIPPED, context, shipped

LIBRARY = shipped()
VIETNAMESE = "  vi-VN: {say: vi-VN, voice: Google.vi-VN-Wavenet-A, gather: vi-VN}\n"
FILE = """
language:
  name: Tiếng Việt
  words: [tiếng việt, 越南语]
  keys: {1: [một], 2: [hai]}
  before_key: ["bấm phím ", "bấm "]
  emergency: [cứu tôi]
  dates:
    today: hôm nay
    date: "ngày {day} tháng {month}"
main.greeting: Xin chào, đây là đường dây nóng.
main.other_language: Tiếng Việt, bấm phím 5.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped flows with a fourth language: one line, and one file."""
    copy = tmp_path / "flows"
    shutil.copytree(SHIPPED, copy)
    directory = copy / "directory.yaml"
    text = directory.read_text()
    directory.write_text(text.replace("\nentries:", f"{VIETNAMESE}\nentries:", 1))
    (copy / "prompts/vi-VN.yaml").write_text(FILE)
    return copy


def spoken(directives: tuple[Directive, ...]) -> list[tuple[str, str]]:
    """Everything that is spoken, with its language."""
    said = [u for d in directives if isinstance(d, Say) for u in d.utterances]
    said += [u for d in directives if isinstance(d, Gather) for u in d.prompts]
    return [(utterance.language.tag, utterance.text) for utterance in said]


def play(
    *inputs: Input, library: FlowLibrary = LIBRARY, language: str = "", **world: Any
) -> engine.Step:
    """Play an inbound call from its beginning; returns the last step."""
    state = engine.begin(library, "inbound", language)
    step = engine.step(library, state, Started(), context(**world))
    for given in inputs:
        step = engine.step(library, step.state, given, context(**world))
    return step


def test_a_language_is_one_file_and_one_line(folder: Path) -> None:
    findings = check_folder(folder, SHELF)
    assert {finding.severity for finding in findings} == {"warning"}
    library = compile_folder(folder, SHELF)
    menu = play(library=library)
    assert ("vi-VN", "Tiếng Việt, bấm phím 5.") in spoken(menu.directives)
    chosen = play(Pressed("5"), Pressed("4"), library=library)
    assert chosen.state.language == "vi-VN"
    said = spoken(chosen.directives)
    assert said[0] == ("vi-VN", "Xin chào, đây là đường dây nóng.")
    assert said[1][0] == "zh-CN"  # the menu has no translation yet


FALLS_BACK = [
    ("common.goodbye", lambda library: library.prompts.text("common.goodbye", "vi-VN", {})[1]),
    ("a text message", lambda library: library.texts.text("help", "vi-VN", {"phone": "1"})[1]),
    ("an article", lambda library: library and SHELF.read("support-amount", "vi-VN").language),
]


@pytest.mark.parametrize(("what", "language"), FALLS_BACK)
def test_what_a_new_language_lacks_falls_back(folder: Path, what: str, language: Any) -> None:
    assert language(compile_folder(folder, SHELF)) == "zh-CN", what


def test_names_of_a_new_language_fall_back(folder: Path) -> None:
    directory = compile_folder(folder, SHELF).directory
    assert directory.department_name("water", "vi-VN") == "水利局"
    assert directory.category_name("land", "vi-VN") == "土地和林地纠纷"
    assert directory.language_name("vi-VN") == "Tiếng Việt"
    sentences = [finding.sentence for finding in check_folder(folder, SHELF)]
    assert "`water` has no name in vi-VN." in sentences
    assert sum("texts/vi-VN.yaml" in str(one) for one in check_folder(folder, SHELF)) == 1


def test_a_language_without_its_file_is_only_a_warning(folder: Path) -> None:
    (folder / "prompts/vi-VN.yaml").unlink()
    found = [f for f in check_folder(folder, SHELF) if f.rule == "language-file"]
    assert [f.sentence for f in found] == ["There is no prompts/vi-VN.yaml."]
    assert found[0].line > 1
    library = compile_folder(folder, SHELF)
    offers = spoken(play(Pressed("5"), library=library).directives)
    assert ("vi-VN", "vi-VN: 4") in offers
    assert spoken_key("4", library.locale("vi-VN")) == "4"


def test_a_file_without_its_line_is_only_a_warning(folder: Path) -> None:
    (folder / "prompts/vi-VN.yaml").rename(folder / "prompts/vi-VI.yaml")
    found = [str(f) for f in check_folder(folder, SHELF) if f.rule == "language-file"]
    assert len(found) == 2
    assert "Did you mean `vi-VN`?" in found[1]


MISTAKES = [
    ("name: Tiếng Việt", "nam: Tiếng Việt", "Unknown key `nam`", "`name`"),
    ("keys: {1: [một], ", "keys: {11: [một], ", "`keys.11`", ""),
    ("keys: {1: [một], ", "keys: {1: một, ", "`keys.1`", ""),
    ("{day} tháng", "{dai} tháng", "unknown field `{dai}`", ""),
    ("today: hôm nay", "months: [một]", "`dates.months`", ""),
    ("name: Tiếng Việt", "script: cyrillic", "`script`", ""),
    (
        "language:\n  name: Tiếng Việt\n",
        "language: vi\nother:\n",
        "`language` is a mapping",
        "name",
    ),
]


@pytest.mark.parametrize(("old", "new", "sentence", "hint"), MISTAKES)
def test_a_mistake_in_a_language_has_a_place(
    folder: Path, old: str, new: str, sentence: str, hint: str
) -> None:
    assert old in FILE
    (folder / "prompts/vi-VN.yaml").write_text(FILE.replace(old, new, 1))
    found = [f for f in check_folder(folder, SHELF) if f.severity == "error"]
    assert any(sentence in f.sentence and hint in f.hint and f.line > 1 for f in found), found


def test_more_languages_than_keys_are_refused(folder: Path) -> None:
    directory = folder / "directory.yaml"
    more = "".join(VIETNAMESE.replace("vi-VN:", f"x{number}:", 1) for number in range(5))
    text = directory.read_text()
    directory.write_text(text.replace(VIETNAMESE, VIETNAMESE + more, 1))
    assert any("There are 9 languages." in f.sentence for f in check_folder(folder, SHELF))


def test_each_language_is_offered_by_its_own_name_in_its_own_voice() -> None:
    offered = spoken(play(Pressed("5")).directives)
    assert offered[1:] == [
        ("zh-CN", "普通话，请按 1。"),
        ("en-US", "For English, press 2."),
        ("yue-HK", "廣東話，請撳 3。"),
    ]
    assert spoken(play(Pressed("5"), language="yue-HK").directives)[1:] == offered[1:]


@pytest.mark.parametrize(
    ("given", "language"),
    [
        (Pressed("1"), "zh-CN"),
        (Pressed("2"), "en-US"),
        (Pressed("3"), "yue-HK"),
        (Spoke("English please"), "en-US"),
        (Spoke("我要广东话"), "yue-HK"),
        (Spoke("按三"), "yue-HK"),
    ],
)
def test_a_language_is_chosen_by_key_or_word(given: Input, language: str) -> None:
    chosen = play(Pressed("5"), given)
    assert chosen.state.language == language
    assert ChooseLanguage(language) in chosen.effects
    assert spoken(chosen.directives)[0][0] == language


def test_no_other_key_chooses_a_language() -> None:
    step = play(Pressed("5"), Pressed("6"))
    assert (step.state.node, step.state.wrongs) == ("main.more", 1)
    assert play(Pressed("5"), Pressed("7")).state.node == "hearing.door"
    assert play(Pressed("5"), Pressed("8")).state.node == "main.hours"
    assert play(Pressed("5"), Spoke("几点上班")).state.node == "main.hours"
    assert play(Pressed("5"), Pressed("9")).state.node == "emergency.start"
    assert play(Pressed("5"), Silent(), Silent()).state.node == "person.ring"


def test_cantonese_is_understood_in_cantonese() -> None:
    for words, node in (
        ("我想查下補貼", "policy.ask"), ("撳二", "appeal.leave"), ("兩", "appeal.leave"),
        ("水浸呀快啲嚟", "emergency.start"),
    ):  # fmt: skip
        assert play(Spoke(words), language="yue-HK").state.node == node, words


def test_a_policy_is_read_in_the_voice_it_is_written_for() -> None:
    said = spoken(play(Pressed("1"), Pressed("1"), language="yue-HK").directives)
    assert ("yue-HK", "政策說明係用普通話寫嘅，以下用普通話讀俾您聽。") in said
    assert any(tag == "zh-CN" and "六百元" in text for tag, text in said)
    mandarin = spoken(play(Pressed("1"), Pressed("1")).directives)
    assert not any("只有别的语言" in text for _, text in mandarin)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", ("十月一日星期四", "上午8点30分", "下午5点")),
        ("en-US", ("Thursday, October the first", "8:30 AM", "5 PM")),
        ("yue-HK", ("十月一號星期四", "上晝8點30分", "下晝5點")),
    ],
)
def test_dates_and_times_as_people_say_them(language: str, said: tuple[str, str, str]) -> None:
    dates = LIBRARY.locale(language).dates
    at = [datetime(2026, 10, 1, hour, minute, tzinfo=UTC) for hour, minute in ((8, 30), (17, 0))]
    assert (dates.say_date(date(2026, 10, 1)), *map(dates.say_time, at)) == said


def test_dates_without_a_file_are_numbers() -> None:
    dates, day = Dates(), date(2026, 10, 1)
    assert dates.say_date(day) == "1. 10."
    assert dates.say_day(day, day) == "1. 10."
    assert dates.say_time(datetime(2026, 10, 1, 17, 0, tzinfo=UTC)) == "17:00"


def test_without_words_only_digits_are_keys() -> None:
    assert [spoken_key(said, Locale()) for said in ("3", " 3。", "三", "three", "")] == [
        "3", "3", "", "", ""
    ]  # fmt: skip
