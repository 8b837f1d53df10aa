"""How prompts are spoken and played: marks within a Say, pronunciation, rate, files."""

from xml.etree import ElementTree as ET

import pytest
from app.calls.transcripts.sounds import Sound, sounds_of
from app.flows.directives import Gather, Language, Say, Utterance
from app.flows.pronunciation import Pronunciation, Saying
from app.voice.gate import RefusedDocumentError, judge
from app.voice.twiml import Links, render
from hypothesis import given, settings
from hypothesis import strategies as st

LINKS = Links("CA1", "main.menu", 3)
FILE = "ab" * 32
DICTIONARY = Pronunciation(
    (
        ("重建", Saying(pinyin="chong2 jian4", alias="虫建")),
        ("酉水", Saying(alias="有水")),
        ("NGO", Saying(ipa="ɛn dʒiː oʊ")),
        ("<b>", Saying(alias="\"&'<")),
    )
)
HOSTILE = "</Say><Hangup/>&lt;\"'<!-- --><![CDATA[x]]>\x00\ud800-->"


def language(voice: str, rate: str = "", dictionary: Pronunciation = DICTIONARY) -> Language:
    return Language("zh-CN", "cmn-CN", voice, "cmn-Hans-CN", rate, dictionary)


ZHIYU = language("Polly.Zhiyu-Neural")
SPOKEN = [
    ("Polly.Zhiyu-Neural", "", "重建酉水",
     '<phoneme alphabet="x-amazon-pinyin" ph="chong2 jian4">重建</phoneme><sub alias="有水">酉水</sub>'),
    ("Polly.Zhiyu-Neural", "90%", "您好", '<prosody rate="90%">您好</prosody>'),
    ("Google.cmn-CN-Wavenet-A", "90%", "重建",
     '<prosody rate="90%"><sub alias="虫建">重建</sub></prosody>'),
    ("Google.cmn-CN-Chirp3-HD-Kore", "90%", "重建酉水", "虫建有水"),
    ("Polly.Joanna-Generative", "90%", "重建", "虫建"),
    ("man", "90%", "重建 NGO", "虫建 NGO"),
    ("Polly.Joanna-Neural", "", "An NGO, NGOs",
     'An <phoneme alphabet="ipa" ph="ɛn dʒiː oʊ">NGO</phoneme>, NGOs'),
    ("Polly.Joanna-Neural", "", "NGO重建",
     '<phoneme alphabet="ipa" ph="ɛn dʒiː oʊ">NGO</phoneme><sub alias="虫建">重建</sub>'),
]  # fmt: skip


@pytest.mark.parametrize(("voice", "rate", "text", "inner"), SPOKEN)
def test_a_voice_is_given_the_marks_it_surely_knows_and_else_other_words(
    voice: str, rate: str, text: str, inner: str
) -> None:
    document = judge(render([Say((Utterance(text, language(voice, rate)),))], LINKS))
    assert document.split('">', 1)[1].removesuffix("</Say></Response>") == inner


def test_a_prompt_has_a_rate_of_its_own_and_words_of_its_own() -> None:
    slow = Utterance("请按 #", language("Polly.Zhiyu-Neural", "95%"), "x", "请按井号", "80%")
    assert '<prosody rate="80%">请按井号</prosody>' in judge(render([Say((slow,))], LINKS))


@pytest.mark.parametrize("voice", ["Polly.Zhiyu-Neural", "Google.cmn-CN-Wavenet-A", "man"])
@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=60), said=st.text(alphabet=HOSTILE + "重建", max_size=20))
def test_no_text_and_no_pronunciation_becomes_markup(voice: str, text: str, said: str) -> None:
    alias = Saying.model_construct(alias=said or "x", pinyin=None, ipa=None)
    hostile = Pronunciation((("重建", alias), ("<b>", Saying(alias=HOSTILE[:20]))))
    spoken = Utterance(f"{text}重建{HOSTILE}<b>", language(voice, "90%", hostile))
    verbs = list(ET.fromstring(judge(render([Say((spoken,))], LINKS))))
    assert {verb.tag for verb in verbs} == {"Say"}


def test_a_long_text_full_of_marks_is_cut_to_what_a_say_may_hold() -> None:
    document = judge(render([Say((Utterance("重建酉水，" * 300, ZHIYU),))], LINKS))
    says = list(ET.fromstring(document))
    assert len(says) > 3
    assert "".join("".join(say.itertext()) for say in says) == "重建酉水，" * 300


def test_a_file_is_played_with_its_words_beside_it() -> None:
    words = f"您好 --> <Hangup/> & -- {HOSTILE}"
    played = Utterance(words, ZHIYU, "main.greeting", audio=FILE)
    document = judge(render([Gather((played,), ZHIYU)], LINKS))
    gather = ET.fromstring(document)[0]
    assert [verb.tag for verb in gather] == ["Play"]
    assert gather[0].text == f"/voice/audio/{FILE}.wav"
    heard = sounds_of(document)
    assert [sound.kind for sound in heard] == ["played", "listens"]
    assert heard[0].text.startswith("您好 ‐‐> <Hangup/> & ‐‐")
    assert heard[0].language == "cmn-CN"


def test_a_marked_sentence_is_read_back_as_it_was_written() -> None:
    document = render(
        [Say((Utterance("去重建酉水的路。", language("Polly.Zhiyu", "90%")),))], LINKS
    )
    assert sounds_of(document) == (Sound("said", "去重建酉水的路。", "cmn-CN"),)


SAY = '<Response><Say language="cmn-CN" voice="{voice}">{inner}</Say></Response>'
REFUSED = [
    ("man", '<sub alias="a">b</sub>', "may not understand sub"),
    (
        "Google.cmn-CN-Chirp3-HD-Kore",
        '<prosody rate="90%">a</prosody>',
        "may not understand prosody",
    ),
    ("Polly.Joanna", '<phoneme alphabet="x-amazon-pinyin" ph="a1">a</phoneme>', "phoneme"),
    ("Polly.Zhiyu", "<prosody>a</prosody>", "prosody is not whole"),
    ("Polly.Zhiyu", '<sub alias="">a</sub>', "sub is not whole"),
    ("Polly.Zhiyu", '<prosody rate="x-fast">a</prosody>', "no rate"),
    ("Polly.Zhiyu", '<sub alias="a"> </sub>', "sub is empty"),
    ("Polly.Zhiyu", '<sub alias="a"><prosody rate="90%">a</prosody></sub>', "may not stand in sub"),
    ("Polly.Zhiyu", '<break time="1s"/>a', "unknown element break"),
    ("Polly.Zhiyu", '<sub alias="a" loop="2">b</sub>', "no attribute loop"),
    ("Google.cmn-CN-Wavenet-A", '<sub alias="a">b</sub>' * 250, "too long"),
]


@pytest.mark.parametrize(("voice", "inner", "reason"), REFUSED)
def test_the_gate_refuses_marks_that_may_fail(voice: str, inner: str, reason: str) -> None:
    with pytest.raises(RefusedDocumentError, match=reason):
        judge(SAY.format(voice=voice, inner=inner))


@pytest.mark.parametrize(
    "url",
    ["https://example.org/a.wav", "/voice/audio/../x.wav", f"/voice/audio/{FILE}.wav?x=1", "a.mp3"],
)
def test_the_gate_lets_nothing_be_played_but_our_own_files(url: str) -> None:
    with pytest.raises(RefusedDocumentError, match="Play"):
        judge(f"<Response><Play>{url}</Play></Response>")
