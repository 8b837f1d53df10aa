"""The search: spoken words find their article, small talk finds none."""

import statistics
import time
from pathlib import Path

import pytest
from app.policies.search import SpokenSearch, sound_terms
from app.policies.shelf import load_shelf
from hypothesis import given
from hypothesis import strategies as st

SHELF = load_shelf(Path(__file__).resolve().parents[2] / "ivr_flows" / "policies")

QUESTIONS = """
移民补贴一年多少钱 support-amount
后扶资金发多少年 support-amount
六百块钱什么时候发 support-amount
我屋里移民款一年有好多 support-amount
我有没有份享受扶持 support-who
哪些人能领后期扶持 support-who
我嫁出去了还算不算移民 support-who
我是老移民零六年以前搬的 support-moved-before-2006
新移民从哪天算 support-moved-after-2006
我老公二零一零年搬过来的那时候说有二十年现在怎么算 support-moved-after-2006
到了二零二六年还发不发 support-after-2026
二十年满了以后怎么办 support-after-2026
期满了还有没有 support-after-2026
钱没到账 support-paid-how
移民钱打到哪里 support-paid-how
是发给个人还是做项目 support-paid-how
占地补偿怎么算 land-compensation
田被淹了赔多少钱 land-compensation
征地的补偿标准 land-compensation
搬了家房子没建好 resettlement-first
搬了以后日子难过不如以前 living-standard
安置规划没问过我们 plan-hears-migrants
村里的钱被挪用了 public-accounts
干部吃了移民的钱 public-accounts
干部贪污我要举报 public-accounts
信访好久有答复 petition-deadlines
上访六十天还没消息 petition-deadlines
对答复不服想复查 petition-review
调解要钱不 mediation-free
调解协议反悔了怎么办 mediation-agreement
要不要去法院司法确认 mediation-agreement
邻居占了我的地 land-dispute-ways
地界有纠纷想打官司 land-dispute-ways
那个我跟你讲哦我家隔壁那个人他把我的田埂挖了占了我半分地我跟他讲不通你们管不管 land-dispute-ways
申请仲裁有没有时效 land-arbitration-limit
土地流转有什么规矩 land-transfer
我的田想租给别人种 land-transfer
村里逼我流转不让我租 land-transfer-force
晚上打热线有人吗 hotline-promise
你们半夜有人接电话不 hotline-promise
反映问题怕报复能保密吗 confidentiality
我的身份证号会不会泄露隐私 personal-information
我的电话号码会不会被别人知道 personal-information
几家供应商一个老板围标 related-suppliers
火警打什么电话 emergency-numbers
山洪来了怎么办 flood-landslide
水库泄洪涨水了 flood-landslide
"""

# What a recogniser writes for dialect speech: other characters, nearly the same sounds.
MISHEARD = """
后期服侍有多少钱 support-amount
后七扶池 support-amount
后期湖持款好多钱一年 support-amount
移明补贴 support-amount
曾地补偿 land-compensation
征得的补长标准 land-compensation
安置补住费 land-compensation
安自房没起好 resettlement-first
账木公开 public-accounts
信仿多久 petition-deadlines
符查 petition-review
条解要钱吗 mediation-free
重裁时效 land-arbitration-limit
土地牛转 land-transfer
暴密 confidentiality
个人信希 personal-information
供印商围标 related-suppliers
宏水来了 flood-landslide
泥时流 flood-landslide
"""

ENGLISH = """
how much support money do I get = support-amount
am I entitled to support = support-who
what happens after the twenty years = support-after-2026
is mediation free = mediation-free
they force me to lease my land = land-transfer-force
can I rent out my field = land-transfer
when does my petition get an answer = petition-deadlines
somebody stole the village funds = public-accounts
can I stay anonymous = confidentiality
the river is flooding = flood-landslide
"""

SMALL_TALK = [
    "", "啊", "嗯", "喂喂喂", "你好", "喂听得到吗", "谢谢", "好的再见", "不知道", "什么", "哈哈哈",
    "今天天气怎么样", "我要吃饭", "唱首歌", "你是机器人吗", "明天星期几", "帮我订个外卖",
    "我要找我老婆", "手机没话费了", "苹果多少钱一斤", "电视看不了", "火车票怎么买", "打麻将",
    "小孩上学", "孩子户口", "停电了", "路灯坏了", "我家的猫丢了", "今年的房价",
]  # fmt: skip


def table(text: str, separator: str = " ") -> list[tuple[str, str]]:
    return [
        (words.strip(), key.strip())
        for words, _, key in (line.rpartition(separator) for line in text.strip().splitlines())
    ]


@pytest.mark.parametrize(("words", "key"), table(QUESTIONS) + table(MISHEARD))
def test_spoken_questions_find_their_article(words: str, key: str) -> None:
    assert key in SHELF.search(words, "zh-CN")


@pytest.mark.parametrize(("words", "key"), table(ENGLISH, "="))
def test_english_questions_find_their_article(words: str, key: str) -> None:
    assert key in SHELF.search(words, "en-US")


def test_nine_of_ten_questions_find_their_article_first() -> None:
    questions = table(QUESTIONS) + table(MISHEARD)
    first = sum(SHELF.search(words, "zh-CN")[:1] == [key] for words, key in questions)
    assert first >= 0.9 * len(questions)


@pytest.mark.parametrize("words", SMALL_TALK)
def test_small_talk_finds_nothing(words: str) -> None:
    assert SHELF.search(words, "zh-CN") == []


@pytest.mark.parametrize("words", ["hello", "order a pizza", "thank you very much", "banana"])
def test_english_small_talk_finds_nothing(words: str) -> None:
    assert SHELF.search(words, "en-US") == []


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("扶持", "湖持"),  # h for f
        ("发放", "花慌"),
        ("洪水", "风水"),
        ("年限", "连线"),  # l for n
        ("征收", "增搜"),  # z for zh, en for eng, s for sh
        ("信访", "幸饭"),  # in for ing, an for ang
    ],
)
def test_sounds_that_hunan_merges_are_equal(said: str, written: str) -> None:
    assert sound_terms(said) == sound_terms(written)


def test_sounds_that_hunan_keeps_apart_differ() -> None:
    assert sound_terms("移民") != sound_terms("移动")


def test_at_most_as_many_are_offered_as_asked_for() -> None:
    assert len(SHELF.search("移民后期扶持资金", "zh-CN", 2)) <= 2
    assert len(SHELF.search("移民后期扶持资金", "zh-CN", 1)) == 1


def test_an_empty_shelf_finds_nothing() -> None:
    assert SpokenSearch({}).find("补贴", 3) == []


@given(st.text(max_size=60), st.sampled_from(["zh-CN", "en-US", "xx"]))
def test_no_words_break_the_search(words: str, language: str) -> None:
    assert set(SHELF.search(words, language)) <= set(SHELF.keys())


def test_a_search_over_a_thousand_articles_takes_less_than_two_milliseconds() -> None:
    questions = [words for words, _ in table(QUESTIONS)]
    search = SpokenSearch(
        {f"{number}": (questions[number % len(questions)], str(number)) for number in range(1_000)}
    )
    seconds = []
    for words in questions:
        begin = time.perf_counter()
        search.find(words, 3)
        seconds.append(time.perf_counter() - begin)
    assert statistics.median(seconds) < 0.002
