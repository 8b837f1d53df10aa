"""The articles: whole in both languages, true to their sources, and at one with the menu."""

import re
from pathlib import Path

import pytest
from app.flows.compiler import compile_folder
from app.flows.findings import FlowError
from app.policies.articles import Article, load_articles
from app.policies.shelf import PolicyShelf

FLOWS = Path(__file__).resolve().parents[2] / "ivr_flows"
ARTICLES = load_articles(FLOWS / "policies")

# Every figure that the sources give; nothing else may be told as a fact.
DOCUMENTS = {17, 18, 53, 471, 679, 33358}
YEARS = {2006, 2017, 2018, 2020, 2022, 2026}
DAYS_OF_DATES = {1, 6, 7, 30}
AMOUNTS_AND_TERMS = {2, 7, 15, 20, 24, 30, 60, 95, 600}
TELEPHONES = {110, 119, 120}
KEYS = {0, 2, 4, 9}
FIGURES = DOCUMENTS | YEARS | DAYS_OF_DATES | AMOUNTS_AND_TERMS | TELEPHONES | KEYS

CHINESE_FIGURE = re.compile(
    "百分之([〇一二三四五六七八九十百]+)"
    "|([〇一二三四五六七八九十百]+)(?:年|月|日|元|天|个?小时|分钟|秒|号|条)"
)
DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")}


def chinese_number(text: str) -> int:
    """`六百` is 600, `二十四` is 24, and a year is read digit by digit."""
    if not set(text) & {"十", "百"}:
        return int("".join(str(DIGITS[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        else:
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
    return total + digit


def figures(article: Article) -> set[int]:
    told: set[int] = set()
    for text in (*article.short.values(), *article.full.values(), *article.source.values()):
        told |= {int(figure) for figure in re.findall(r"\d+", text)}
        told |= {chinese_number(a or b) for a, b in CHINESE_FIGURE.findall(text)}
    return told


@pytest.mark.parametrize(
    ("text", "number"),
    [("六百", 600), ("二十", 20), ("十五", 15), ("九十五", 95), ("二〇二六", 2026), ("七", 7)],
)
def test_chinese_numbers_are_read(text: str, number: int) -> None:
    assert chinese_number(text) == number


def test_there_are_enough_articles() -> None:
    assert len(ARTICLES) >= 22


@pytest.mark.parametrize("key", list(ARTICLES))
def test_an_article_is_whole_in_both_languages(key: str) -> None:
    article = ARTICLES[key]
    for part in (article.title, article.short, article.full, article.source, article.words):
        assert set(part) == {"zh-CN", "en-US"}
    for language in article.title:
        assert article.words[language]
        assert len(article.full[language]) > 0.9 * len(article.short[language])


@pytest.mark.parametrize("key", list(ARTICLES))
def test_every_figure_stands_in_the_sources(key: str) -> None:
    assert figures(ARTICLES[key]) <= FIGURES


@pytest.mark.parametrize("key", list(ARTICLES))
def test_an_article_can_be_spoken(key: str) -> None:
    """Nothing that a voice cannot say: no brackets, lists, tabs or line breaks."""
    article = ARTICLES[key]
    for text in (*article.short.values(), *article.full.values()):
        assert not re.search(r"[()（）\[\]【】/*#%\n\t]", text)
        assert text.endswith(("。", "."))


def test_the_figures_of_support_are_told_in_both_languages() -> None:
    article = ARTICLES["support-amount"]
    assert "六百元" in article.short["zh-CN"]
    assert "二十年" in article.short["zh-CN"]
    assert "600 yuan" in article.short["en-US"]
    assert "20 years" in article.short["en-US"]


def test_the_subject_of_an_article_is_a_category_of_the_directory() -> None:
    library = compile_folder(FLOWS, PolicyShelf(ARTICLES))
    assert {article.category for article in ARTICLES.values()} <= set(library.directory.categories)


def test_the_keys_that_articles_name_are_those_of_the_main_menu() -> None:
    library = compile_folder(FLOWS, PolicyShelf(ARTICLES))
    options = library.nodes["main.menu"].options
    assert options["2"].go.startswith("appeal.")
    assert options["4"].go.startswith("mediation.")
    named = {
        key
        for article in ARTICLES.values()
        for key in re.findall(r"按 (\d)", article.short["zh-CN"] + article.full["zh-CN"])
    }
    assert named == {"0", "2", "4", "9"}


def test_a_mistake_in_an_article_is_found_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "one:\n  category: land\n  titel: {zh-CN: x}\n  title: {zh-CN: x}\n"
        "  short: {zh-CN: ' '}\n  full: {zh-CN: x}\n  source: {en-US: x}\n  reviewed: yesterday\n"
    )
    with pytest.raises(FlowError) as refusal:
        load_articles(tmp_path)
    found = [str(finding) for finding in refusal.value.findings]
    assert any(
        ":3:3: error: Unknown key `titel`. (Did you mean `title`?)" in line for line in found
    )
    assert any(":5:" in line and "short" in line for line in found)
    assert any(":8:" in line and "reviewed" in line for line in found)


BODY = "{category: land, title: {zh-CN: x, en-US: x}, short: {zh-CN: x, en-US: x}, full: {zh-CN: x}"


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "There are no policy articles."),
        ({"a.yaml": "- one\n"}, "a.yaml:1:1: error: A policy file is a mapping"),
        ({"a.yaml": "one: [\n"}, "a.yaml:"),
        (
            {"a.yaml": f"one: {BODY}, source: {{zh-CN: x, en-US: x}}, reviewed: 2026-11-23}}\n"},
            "`full` of `one` is missing in en-US.",
        ),
        (
            dict.fromkeys(
                ("a.yaml", "b.yaml"),
                "one: {category: land, title: {en-US: x}, short: {en-US: x}, "
                "full: {en-US: x}, source: {en-US: x}, reviewed: 2026-11-23}\n",
            ),
            "b.yaml:1:1: error: Article `one` exists already.",
        ),
    ],
)
def test_a_folder_that_cannot_be_used_says_why(
    tmp_path: Path, files: dict[str, str], sentence: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(FlowError) as refusal:
        load_articles(tmp_path)
    assert sentence in str(refusal.value)


def test_an_article_without_a_translation_is_read_in_another_language(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "one: {category: land, title: {en-US: a title}, short: {en-US: x}, full: {en-US: x}, "
        "source: {en-US: x}, reviewed: 2026-11-23}\n"
    )
    shelf = PolicyShelf(load_articles(tmp_path))
    assert shelf.read("one", "zh-CN").title == "a title"
    assert shelf.search("补贴", "zh-CN") == []
    with pytest.raises(KeyError):
        shelf.read("two", "zh-CN")
