"""Every text of every page is there in both languages, and every icon is vendored."""

import re
from pathlib import Path

import pytest
from app.flows.directory import Entries
from app.flows.rehearsal.transcript import EFFECTS
from app.flows.rules import rules
from app.web.vendor import icon_names
from app.web.words import APP, LANGUAGES, all_words

TEMPLATES = sorted(APP.glob("*/templates/**/*.html"))
_WORD = re.compile(r"""\bt\(\s*["']([a-z_0-9.]+)["']""")
_ACT = re.compile(r"""(?:\bact=|(?:record|_form)\([^"]*?)"([a-z_]+\.[a-z_]+)\"""")
_ICON = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 5


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(APP)))
def test_a_template_says_only_what_there_is(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    words = all_words()
    missing = {key for key in _WORD.findall(source) if not words.has(key) and key[-1] != "."}
    assert missing == set()
    assert set(_ICON.findall(source)) <= set(icon_names())


def test_nothing_is_left_untranslated() -> None:
    words = all_words()
    for key, pair in words.texts.items():
        for language in LANGUAGES:
            column = "zh" if language == "zh-CN" else "en"
            assert str(pair[column]).strip(), (key, language)
        assert set(re.findall(r"\{(\w*)\}", pair["zh"])) == set(
            re.findall(r"\{(\w*)\}", pair["en"])
        ), key


def test_every_rule_of_the_check_has_its_words() -> None:
    titles = {f"rules.{name}": rule.title for name, rule in rules().items()}
    texts = all_words().texts
    assert {key: pair["en"] for key, pair in texts.items() if key in titles} == titles


@pytest.mark.parametrize("page", ["versions", "flow_graph"])
def test_every_entry_of_the_directory_has_its_words(page: str) -> None:
    words = all_words()
    keys = [f"{page}.entry.{name}" for name in Entries.model_fields]
    assert [key for key in keys if not words.has(key)] == []


def test_every_effect_of_a_step_has_its_words() -> None:
    texts = all_words().texts
    assert {key for key in texts if key.startswith("effects.")} == {
        f"effects.{name}" for name in EFFECTS
    }


def test_icons_are_listed_once_and_in_order() -> None:
    assert icon_names() == sorted(set(icon_names()))


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 tickets"), (1, "1 ticket"), ("1", "1 ticket"), (11, "11 tickets")]
)
def test_one_is_not_said_as_many(count: object, said: str) -> None:
    assert all_words().say("tickets.list.count", "en-US", count=count) == said


def test_what_depends_on_a_number_stands_in_both_forms() -> None:
    """The field that decides is one that is filled in, and no text says `ticket(s)`."""
    for key, pair in all_words().texts.items():
        for text in pair.values():
            deciding = set(re.findall(r"\{(\w+):[^{}|]*\|[^{}|]*\}", text))
            assert deciding <= set(re.findall(r"\{(\w+)\}", text)), key
            assert not re.search(r"\}[^.]*\w\((?:s|es)\)", text), key


@pytest.mark.parametrize(
    ("subject", "acts"),
    [
        ("talk", "listen whisper join"),
        ("dispute", "opened settled failed withdrawn"),
        ("flows", "released proposed declined withdrawn"),
        ("ticket", "sealed unsealed caller_shown"),
        ("recording", "listened original_opened note_added note_deleted"),
        ("recording", "redacted redaction_undone held hold_lifted"),
    ],
)
def test_acts_that_are_put_together_have_their_words(subject: str, acts: str) -> None:
    words = all_words()
    assert [act for act in acts.split() if not words.has(f"people.act.{subject}.{act}")] == []


def test_every_act_written_in_the_code_has_its_words() -> None:
    sources = (path.read_text(encoding="utf-8") for path in APP.glob("*/**/*.py"))
    audited = (text for text in sources if "people.audit" in text or "put_on_record" in text)
    acts = {act for text in audited for act in _ACT.findall(text)}
    assert {"ban.made", "hearing.planned", "hearing.changed", "dispute.agreement_printed"} <= acts
    assert {act for act in acts if not all_words().has(f"people.act.{act}")} == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(APP)))
def test_a_template_leaves_signs_of_either_script_to_the_words(path: Path) -> None:
    """`shell.colon`, `shell.between` and `shell.aside`; court forms are in Chinese alone."""
    if path.name != "agreement_sheet.html":
        source = re.sub(r'(?s)\{#.*?#\}|placeholder="[^"]*"', "", path.read_text(encoding="utf-8"))
        assert re.findall(r".*[，、：；（）].*", source) == []
