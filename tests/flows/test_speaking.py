"""How long a text takes, which languages and voices there are, which telephones may be rung."""

import pytest
from app.exchange.twiml import languages as exchange
from app.flows import voices
from app.flows.compiler import compile_folder
from app.flows.dialling import judge_numbers, telephones
from app.flows.findings import Finding
from app.flows.speech_length import spoken_seconds
from tests.flows.folders import SHELF, shipped
from tests.flows.spoiling import Flows


@pytest.mark.parametrize(
    ("text", "language", "least", "most"),
    [
        ("查询政策，请按 1。", "zh-CN", 2.0, 4.0),
        ("For policies, press 1.", "en-US", 2.0, 3.0),
        ("1 2 3 4 5 6 7 8", "zh-CN", 3.0, 4.0),
        ("中文服务请按 5。", "en-US", 2.0, 3.0),
        ("Để gặp cán bộ, xin bấm phím không.", "vi-VN", 3.0, 5.0),
        ("担当者とお話しになる方は、ゼロを押してください。", "ja-JP", 2.0, 5.0),
        ("", "zh-CN", 0.0, 0.0),
        ("。。。", "zh-CN", 1.0, 2.0),
    ],
)
def test_a_text_takes_about_as_long_as_a_voice_does(
    text: str, language: str, least: float, most: float
) -> None:
    assert least <= spoken_seconds(text, language) <= most


def test_a_slower_voice_takes_longer() -> None:
    assert spoken_seconds("查询政策", "zh-CN", 0.8) == pytest.approx(
        spoken_seconds("查询政策", "zh-CN") / 0.8
    )


def test_service_and_exchange_know_the_same_languages() -> None:
    assert voices.SAY_LANGUAGES == exchange.SAY_LANGUAGES
    assert voices.GATHER_LANGUAGES == exchange.GATHER_LANGUAGES
    assert set(voices.TO_SAY.values()) | set(voices.SAFE_VOICES) <= voices.SAY_LANGUAGES
    assert set(voices.TO_GATHER.values()) <= voices.GATHER_LANGUAGES


def test_each_safe_voice_is_a_voice_and_every_polly_voice_has_the_form_of_one() -> None:
    assert all(voices.speaks(voice, say) for say, voice in voices.SAFE_VOICES.items())
    foreign = ("Zhiyu", "Zhiyu-Neural", "Hiujin-Neural")
    for name in exchange.POLLY_VOICES - set(foreign):
        assert voices.speaks(f"Polly.{name}", "en-US"), name
    assert not any(voices.speaks(f"Polly.{name}", "en-US") for name in foreign)


@pytest.mark.parametrize(
    ("say", "voice", "gather", "rule", "hint"),
    [
        ("cmn-Hans-CN", "Polly.Zhiyu-Neural", "cmn-Hans-CN", "say-language", "`cmn-CN`"),
        ("en", "Polly.Joanna", "cmn-Hans-CN", "say-language", "en-AU"),
        ("xx-XX", "Polly.Joanna", "cmn-Hans-CN", "say-language", ""),
        ("cmn-CN", "Polly.Zhiyu-Neural", "zh-CN", "gather-language", "`cmn-Hans-CN`"),
        ("cmn-CN", "Polly.Zhiyu-Neural", "cmn-CN", "gather-language", "`cmn-Hans-CN`"),
        ("cmn-CN", "Polly.Joanna-Neural", "cmn-Hans-CN", "voice", "`Polly.Zhiyu-Neural`"),
        ("cmn-CN", "alice", "cmn-Hans-CN", "voice", "`Polly.Zhiyu-Neural`"),
        ("vi-VN", "Google.vi-VN-Wavenet-E", "vi-VN", "voice", "Google.vi-VN-Wavenet-A"),
        ("ja-JP", "Google.ko-KR-Wavenet-A", "ja-JP", "voice", ""),
    ],
)
def test_languages_and_voices_that_twilio_does_not_have_are_errors(
    flows: Flows, say: str, voice: str, gather: str, rule: str, hint: str
) -> None:
    old = "{say: cmn-CN, voice: Polly.Zhiyu-Neural, gather: cmn-Hans-CN}"
    line = flows.change("directory.yaml", old, f"{{say: {say}, voice: {voice}, gather: {gather}}}")
    (finding,) = flows.quickly_found(rule)
    assert (finding.severity, finding.line) == ("error", line)
    assert hint in finding.hint


def judged(flows: Flows) -> list[Finding]:
    """What is found against the telephones of a folder."""
    library = compile_folder(flows.folder, SHELF)
    return list(judge_numbers(library.directory, library.origins.directory))


NUMBERS = [
    ('"+88216123456"', "a satellite telephone", "dialling"),
    ('"+14155550100"', "allowed are +86", "dialling"),
    ('"+8612345"', "has a length", "dialling"),
    ('"+8610000000000"', "lies in no range", "dialling-doubtful"),
]


@pytest.mark.parametrize(("number", "sentence", "rule"), NUMBERS)
def test_a_telephone_that_must_not_be_rung_is_found_at_its_place(
    flows: Flows, number: str, sentence: str, rule: str
) -> None:
    line = flows.change("directory.yaml", '"+867451000303"', number)
    (finding,) = (found for found in judged(flows) if found.rule == rule)
    assert sentence in finding.sentence
    assert finding.line == line


@pytest.mark.parametrize(
    ("prefix", "number", "sentence"),
    [
        ("+882", "+88216123456", "satellite"),
        ("+1", "+19005551234", "costs extra"),
    ],
)
def test_what_costs_extra_is_not_rung_though_its_country_is_allowed(
    flows: Flows, prefix: str, number: str, sentence: str
) -> None:
    flows.change("directory.yaml", '["+86"]', f'["+86", "{prefix}"]')
    flows.change("directory.yaml", '"+867451000401"', f'"{number}"')
    (finding,) = judged(flows)
    assert sentence in finding.sentence


def test_another_country_may_be_allowed(flows: Flows) -> None:
    flows.change("directory.yaml", '["+86"]', '["+86", "+852"]')
    flows.change("directory.yaml", '"+867451000303"', '"+85221234567"')
    assert judged(flows) == []


def test_every_number_of_the_directory_is_looked_at() -> None:
    directory = shipped().directory
    numbers = [number for _, number in telephones(directory)]
    assert len(numbers) == 4 + 2 + sum(len(d.numbers) for d in directory.departments.values())
