"""TwiML: rendered from directives, judged by the last gate, whatever text comes."""

from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from app.flows.directives import (
    Dial,
    Directive,
    Gather,
    HangUp,
    JoinConference,
    Language,
    Pause,
    Record,
    Say,
    Utterance,
)
from app.flows.directory import Dialling
from app.voice.gate import RefusedDocumentError, judge
from app.voice.numbers_gate import judge_numbers
from app.voice.twiml import Links, document, render, sanitised, split_text
from hypothesis import given
from hypothesis import strategies as st

CHINESE = Language("zh-CN", "cmn-CN", "Polly.Zhiyu-Neural", "cmn-Hans-CN")
ENGLISH = Language("en-US", "en-US", "Polly.Joanna-Neural", "en-US")
LINKS = Links("CA1", "main.menu", 3, caller_id="+867451012345")


def spoken(text: str, language: Language = CHINESE) -> tuple[Utterance, ...]:
    return (Utterance(text, language),)


DIAL = Dial(("+867451000101", "+867451000102"), 20, 3600, spoken("来电"), CHINESE)
EVERY_DIRECTIVE: list[tuple[Directive, str, dict[str, str]]] = [
    (Say(spoken("您好")), "Say", {"language": "cmn-CN", "voice": "Polly.Zhiyu-Neural"}),
    (Pause(3), "Pause", {"length": "3"}),
    (
        Gather(spoken("请按键"), CHINESE, digits=1),
        "Gather",
        {"input": "dtmf", "numDigits": "1", "actionOnEmptyResult": "true", "finishOnKey": "",
         "action": "/voice/step?node=main.menu&step=3"},
    ),
    (
        Gather(spoken("请说"), CHINESE, digits=None, finish="#", speech=True, hints=("政策", "工单")),
        "Gather",
        {"input": "dtmf speech", "language": "cmn-Hans-CN", "hints": "政策,工单",
         "finishOnKey": "#"},
    ),
    (
        Record(limit=120),
        "Record",
        {"maxLength": "120", "playBeep": "true", "recordingStatusCallback": "/voice/recording?call=CA1"},
    ),
    (DIAL, "Dial", {"timeout": "20", "timeLimit": "3600", "sequential": "true"}),
    (
        JoinConference("m-1", "mediator", opens=True, closes=True, limit=7200),
        "Dial",
        {"timeLimit": "7200"},
    ),
    (HangUp(), "Hangup", {}),
]  # fmt: skip


@pytest.mark.parametrize(("directive", "tag", "attributes"), EVERY_DIRECTIVE)
def test_each_directive_becomes_its_verb(
    directive: Directive, tag: str, attributes: dict[str, str]
) -> None:
    root = ET.fromstring(judge(render([directive], LINKS)).encode())
    element = root[0]
    assert element.tag == tag
    assert {name: element.get(name) for name in attributes} == attributes


def test_keys_are_heard_from_the_first_word_of_the_greeting() -> None:
    pause = Pause(1)
    greeting, question = Say(spoken("您好。")), Gather(spoken("请按键。"), CHINESE)
    tree = ET.fromstring(render([pause, greeting, Say(spoken("通知。")), question], LINKS))
    assert [child.tag for child in tree] == ["Pause", "Gather"]
    assert [said.text for said in tree[1]] == ["您好。", "通知。", "请按键。"]


def test_ringing_together_is_not_sequential() -> None:
    together = Dial(DIAL.numbers, 30, 3600, spoken("急"), CHINESE, together=True, record=True)
    dial = ET.fromstring(judge(render([together], LINKS)).encode())[0]
    assert dial.get("sequential") is None
    assert dial.get("record") == "record-from-answer-dual"
    assert [number.text for number in dial] == list(DIAL.numbers)
    assert all("/voice/whisper?" in (number.get("url") or "") for number in dial)


def test_the_mediator_opens_and_closes_the_floor_and_others_do_not() -> None:
    def conference(opens: bool) -> dict[str, str]:
        join = JoinConference("m-1", "x", opens=opens, closes=opens, limit=60)
        return dict(ET.fromstring(judge(render([join], LINKS)).encode())[0][0].attrib)

    assert conference(True)["startConferenceOnEnter"] == "true"
    assert conference(True)["endConferenceOnExit"] == "true"
    assert conference(False)["startConferenceOnEnter"] == "false"
    assert conference(False)["endConferenceOnExit"] == "false"


@given(st.text(min_size=1, max_size=400))
def test_any_text_is_spoken_and_none_becomes_markup(text: str) -> None:
    clean = sanitised(text)
    root = ET.fromstring(judge(render([Say(spoken(text)), HangUp()], LINKS)).encode())
    heard = "".join(say.text or "" for say in root.iter("Say"))
    assert heard.replace("\r\n", "\n").replace("\r", "\n") == (
        clean.replace("\r\n", "\n").replace("\r", "\n") if clean.strip() else ""
    )
    assert [child.tag for child in root if child.tag != "Say"] == ["Hangup"]


@pytest.mark.parametrize(
    "hostile",
    ["<Hangup/>", "]]>", "&amp;", '"><Dial>900</Dial>', "\x00\x07\x0b", "\ufffe\uffff", "\ud800",
     "</Say></Response>", "\u202egnp", "<!-- -->", "<?xml?>"],
)  # fmt: skip
def test_hostile_text_stays_text_in_every_slot(hostile: str) -> None:
    directives: list[Directive] = [
        Say(spoken(f"您好{hostile}")),
        Gather(spoken(f"请按{hostile}"), CHINESE, speech=True, hints=(f"词{hostile}",)),
    ]
    links = Links(hostile, hostile, 3, hostile.encode("utf-8", "replace").hex())
    root = ET.fromstring(judge(render(directives, links)).encode())
    assert [child.tag for child in root.iter()] == ["Response", "Gather", "Say", "Say"]


@given(st.text(max_size=6_000))
def test_a_long_text_is_cut_without_losing_a_character(text: str) -> None:
    clean = sanitised(text)
    parts = list(split_text(clean))
    assert "".join(parts) == clean
    assert all(len(quote(part)) <= 4_500 for part in parts)


def test_a_long_clause_is_cut_at_the_ends_of_sentences() -> None:
    clause = "这是一句完整的话，说的是政策。" * 80
    parts = list(split_text(clause))
    assert len(parts) > 1
    assert all(part.endswith("。") for part in parts)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("<Response><Say>x</Say></Response>", "no language"),
        ('<Response><Say language="cmn-Hans-CN" voice="man">x</Say></Response>', "does not know"),
        ('<Response><Say language="en-US" voice="Boss.X">x</Say></Response>', "unknown voice"),
        ("<Response><Boom/></Response>", "unknown element"),
        ("<Dial/>", "not Response"),
        ("<Response><Hangup><Pause/></Hangup></Response>", "may not stand"),
        ('<Response><Pause lenght="3"/></Response>', "no attribute"),
        ('<Response><Gather language="zh-CN"/></Response>', "does not know"),
        ("<Response>words</Response>", "text in"),
        ("<Response><Play> </Play></Response>", "empty"),
        ("<Response>", "not well-formed"),
        ("", "not well-formed"),
        ("<Response>" + "<Pause/>" * 9_000 + "</Response>", "bytes"),
        ('<Response><Say language="en-US" voice="man">' + "你" * 501 + "</Say></Response>", "long"),
    ],
)
def test_the_gate_refuses_what_a_network_would_refuse(document: str, reason: str) -> None:
    with pytest.raises(RefusedDocumentError, match=reason):
        judge(document)


@pytest.mark.parametrize(
    "dial",
    [
        '<Dial callerId="+867451012345"><Number>+8613800138000</Number></Dial>',
        '<Dial timeLimit="60"><Number>+8613800138000</Number></Dial>',
        '<Dial timeLimit="60" callerId=""><Number>+8613800138000</Number></Dial>',
        "<Dial><Conference>room</Conference></Dial>",
    ],
)
def test_no_dial_without_a_limit_or_a_caller_id_of_ours(dial: str) -> None:
    with pytest.raises(RefusedDocumentError):
        judge(document(dial))


@pytest.mark.parametrize("number", ["+8616812345", "+88216123456", "+8695588", "+19005551212", "1"])
def test_the_last_gate_knows_numbers_too(number: str) -> None:
    """Whoever made the document, also when the database is away."""
    dial = (
        f'<Dial timeLimit="60" callerId="+867451012345"><Number url="/x">{number}</Number></Dial>'
    )
    with pytest.raises(RefusedDocumentError):
        judge_numbers(judge(document(dial)), Dialling())
