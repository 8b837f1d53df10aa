"""The knowledge base: whole in both languages, true to its sources, found by spoken words."""

import re
import time
from pathlib import Path

import pytest
from app.flows.findings import FlowError
from app.policies.articles import load_articles
from app.policies.shelf import load_shelf
from hypothesis import given
from hypothesis import strategies as st

FOLDER = Path(__file__).resolve().parents[2] / "ivr_flows" / "policies"
ARTICLES = load_articles(FOLDER)
SHELF = load_shelf(FOLDER)

# Every figure that the sources give; nothing else may be told as a fact.
FIGURES = {
    "600", "20", "2006", "17", "30", "1", "2026", "2017", "471", "679", "15", "60", "2022", "2018",
    "18", "24", "95", "53", "2020", "33358", "110", "119", "120", "9", "0", "2", "4",
}  # fmt: skip


def test_there_are_enough_articles_in_both_languages() -> None:
    assert len(ARTICLES) >= 20
    for key, article in ARTICLES.items():
        for part in (article.title, article.short, article.full, article.source):
            assert set(part) == {"zh-CN", "en-US"}, key
            assert all(text.strip() for text in part.values()), key
        assert article.words["zh-CN"], key
        assert len(article.full["zh-CN"]) > len(article.short["zh-CN"]) * 0.9, key


@pytest.mark.parametrize("key", list(ARTICLES))
def test_every_figure_stands_in_the_sources(key: str) -> None:
    article = ARTICLES[key]
    for text in (*article.short.values(), *article.full.values(), *article.source.values()):
        assert set(re.findall(r"\d+", text)) <= FIGURES, key


QUESTIONS = [
    ("移民补贴一年多少钱", "support-amount"),
    ("后扶资金发多少年", "support-amount"),
    ("六百块钱什么时候发", "support-amount"),
    ("后期服侍有多少钱", "support-amount"),
    ("我有没有份享受扶持", "support-who"),
    ("哪些人能领后期扶持", "support-who"),
    ("我是老移民零六年以前搬的", "support-moved-before-2006"),
    ("新移民从哪天算", "support-moved-after-2006"),
    ("到了二零二六年还发不发", "support-after-2026"),
    ("二十年满了以后怎么办", "support-after-2026"),
    ("期满了还有没有", "support-after-2026"),
    ("钱没到账", "support-paid-how"),
    ("是发给个人还是做项目", "support-paid-how"),
    ("占地补偿怎么算", "land-compensation"),
    ("田被淹了赔多少钱", "land-compensation"),
    ("征地的补偿标准", "land-compensation"),
    ("搬了家房子没建好", "resettlement-first"),
    ("搬了以后日子难过不如以前", "living-standard"),
    ("安置规划没问过我们", "plan-hears-migrants"),
    ("村里的钱被挪用了", "public-accounts"),
    ("干部贪污我要举报", "public-accounts"),
    ("信访好久有答复", "petition-deadlines"),
    ("上访六十天还没消息", "petition-deadlines"),
    ("对答复不服想复查", "petition-review"),
    ("调解要钱不", "mediation-free"),
    ("调解协议反悔了怎么办", "mediation-agreement"),
    ("要不要去法院司法确认", "mediation-agreement"),
    ("邻居占了我的地", "land-dispute-ways"),
    ("地界有纠纷想打官司", "land-dispute-ways"),
    ("申请仲裁有没有时效", "land-arbitration-limit"),
    ("土地流转有什么规矩", "land-transfer"),
    ("我想把地租出去", "land-transfer"),
    ("村里逼我流转不让我租", "land-transfer-force"),
    ("晚上打热线有人吗", "hotline-promise"),
    ("反映问题怕报复能保密吗", "confidentiality"),
    ("我的身份证号会不会泄露隐私", "personal-information"),
    ("几家供应商一个老板围标", "related-suppliers"),
    ("火警打什么电话", "emergency-numbers"),
    ("山洪来了怎么办", "flood-landslide"),
    ("水库泄洪涨水了", "flood-landslide"),
]


@pytest.mark.parametrize(("words", "key"), QUESTIONS)
def test_spoken_questions_find_their_article(words: str, key: str) -> None:
    assert key in SHELF.search(words, "zh-CN"), words


def test_most_questions_find_their_article_first() -> None:
    first = sum(SHELF.search(words, "zh-CN")[:1] == [key] for words, key in QUESTIONS)
    assert first >= 0.85 * len(QUESTIONS)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("how much support money do I get", "support-amount"),
        ("is mediation free", "mediation-free"),
        ("they force me to lease my land", "land-transfer-force"),
        ("when does my petition get an answer", "petition-deadlines"),
        ("can I stay anonymous", "confidentiality"),
    ],
)
def test_english_questions_find_their_article(words: str, key: str) -> None:
    assert key in SHELF.search(words, "en-US")


@pytest.mark.parametrize("words", ["今天天气怎么样", "哈哈哈", "我要吃饭", "", "喂喂喂", "嗯"])
def test_what_is_no_question_finds_nothing(words: str) -> None:
    assert SHELF.search(words, "zh-CN") == []


@given(st.text(max_size=60), st.sampled_from(["zh-CN", "en-US", "xx"]))
def test_no_words_break_the_search(words: str, language: str) -> None:
    assert set(SHELF.search(words, language)) <= set(SHELF.keys())


def test_a_search_takes_less_than_two_milliseconds() -> None:
    begin = time.perf_counter()
    for words, _ in QUESTIONS:
        SHELF.search(words, "zh-CN")
    assert (time.perf_counter() - begin) / len(QUESTIONS) < 0.002


def test_a_mistake_in_an_article_is_found_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "one:\n  category: land\n  titel: {zh-CN: x}\n  title: {zh-CN: x}\n"
        "  short: {zh-CN: x}\n  full: {zh-CN: x}\n  source: {en-US: x}\n  reviewed: yesterday\n"
    )
    with pytest.raises(FlowError) as refusal:
        load_articles(tmp_path)
    found = [str(finding) for finding in refusal.value.findings]
    assert any(
        ":3:3: error: Unknown key `titel`. (Did you mean `title`?)" in line for line in found
    )
    assert any(":8:" in line and "reviewed" in line for line in found)


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match="no policy articles"):
        load_articles(tmp_path)
