"""What callers hear: no dead air, no long menus, nothing the provider would refuse."""

import pytest
from app.flows.directives import (
    Dial,
    Directive,
    Gather,
    JoinConference,
    Language,
    Pause,
    Record,
    Say,
    Utterance,
)
from app.flows.limits import broken_limits
from app.flows.proof.sounds import silence
from tests.flows.spoiling import Flows

MANDARIN = Language("zh-CN", "cmn-CN", "Polly.Zhiyu-Neural", "cmn-Hans-CN")
WORDS = (Utterance("您好。", MANDARIN),)
SAY = Say(WORDS)


@pytest.mark.parametrize(
    ("directives", "before", "longest", "last"),
    [
        ((SAY, Gather(WORDS, MANDARIN, timeout=6)), 0, 6, 6),
        ((Pause(5), Pause(4), SAY), 0, 9, 0),
        ((SAY, Pause(3), Gather((), MANDARIN, timeout=6)), 0, 9, 9),
        ((Gather((), MANDARIN, timeout=5),), 5, 10, 10),
        ((SAY, Record(limit=60, silence=5)), 7, 7, 5),
        ((Pause(2), Dial((), 20, 60, (), MANDARIN)), 3, 5, 0),
        ((JoinConference("m", "l", opens=True, closes=True, limit=60),), 4, 4, 0),
    ],
)
def test_silence_is_counted_until_the_next_word(
    directives: tuple[Directive, ...], before: int, longest: int, last: int
) -> None:
    assert silence(directives, before) == (longest, last)


NUMBERS = ("+867451000101",)


@pytest.mark.parametrize(
    ("directive", "rule", "sentence"),
    [
        (Dial(NUMBERS * 11, 20, 60, (), MANDARIN), "telephony-limit", "1 to 10 telephones"),
        (Dial((), 20, 60, (), MANDARIN), "telephony-limit", "not 0"),
        (Dial(NUMBERS, 601, 60, (), MANDARIN), "telephony-limit", "5 to 600 seconds"),
        (Dial(NUMBERS, 20, 14_401, (), MANDARIN), "telephony-limit", "14,400"),
        (Record(limit=1), "telephony-limit", "A recording takes"),
        (JoinConference("m", "l", True, True, 0), "telephony-limit", "A conference takes"),
        (Gather(WORDS, MANDARIN, timeout=0), "telephony-limit", "wait for a second"),
        (Gather(WORDS, MANDARIN, hints=("x" * 101,)), "hints", "100 letters"),
        (Gather(WORDS, MANDARIN, hints=("x",) * 501), "hints", "500 phrases"),
        (Gather(WORDS, MANDARIN, hints=("fire, help",)), "hints", "comma"),
        (Say((Utterance("字" * 20_001, MANDARIN),)), "telephony-limit", "60,003 bytes"),
        (Dial(NUMBERS * 10, 20, 60, (Utterance("字" * 700, MANDARIN),), MANDARIN),
         "telephony-limit", "63,000 bytes"),
    ],
)  # fmt: skip
def test_what_the_provider_would_refuse_is_found(
    directive: Directive, rule: str, sentence: str
) -> None:
    broken = dict(broken_limits((directive,)))
    assert sentence in broken[rule]


def test_a_menu_of_more_than_thirty_seconds_is_too_long(small: Flows) -> None:
    small.change("prompts/zh-CN.yaml", "main.menu: 查询政策", "main.menu: " + "想要查询政策，" * 20)
    (finding,) = small.found("menu-speech")
    assert "seconds in zh-CN" in finding.sentence


def test_a_long_title_makes_the_list_of_policies_too_long(flows: Flows) -> None:
    flows.change("prompts/en-US.yaml", "policy.option: \"{title}", 'policy.option: "' + "and then " * 12 + "{title}")  # fmt: skip
    assert {f.line for f in flows.found("menu-speech")} == {3}


def test_a_whole_article_is_no_menu(small: Flows) -> None:
    small.change("prompts/zh-CN.yaml", 'policy.source: "以上', 'policy.source: "' + "以上，" * 60)
    assert small.found("menu-speech") == []


def test_a_field_that_is_not_given_is_told_at_its_prompt(flows: Flows) -> None:
    line = flows.change(
        "prompts/en-US.yaml", "person.ringing: I am", "person.ringing: On {category}, I am"
    )
    (finding,) = flows.found("field-not-given")
    assert finding.file.endswith("prompts/en-US.yaml")
    assert finding.line == line
    assert "`{category}`" in finding.sentence


def test_a_step_that_fails_is_told_with_the_way_to_it(
    small: Flows, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.flows.nodes.voicemail import VoicemailNode

    def breaks(self: object, scene: object) -> None:
        raise ZeroDivisionError("the tone is broken")

    monkeypatch.setattr(VoicemailNode, "enter", breaks)
    finding = min(small.found("step-fails"))
    assert "ZeroDivisionError: the tone is broken" in finding.sentence
    assert "main.greeting → main.menu" in finding.hint
