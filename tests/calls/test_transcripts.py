"""Transcripts and paths: from events back to what was heard, as tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from app.calls.transcripts.events import Event, told_in
from app.calls.transcripts.path import path
from app.calls.transcripts.sounds import Sound, asked_in, sounds_of
from app.calls.transcripts.transcript import HIDDEN, Line, shown_keys, transcript
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
from app.voice.twiml import Links, render

CHINESE = Language("zh-CN", "cmn-CN", "Polly.Zhiyu-Neural", "cmn-Hans-CN")
ENGLISH = Language("en-US", "en-US", "Polly.Joanna-Neural", "en-US")
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def zh(*texts: str) -> tuple[Utterance, ...]:
    return tuple(Utterance(text, CHINESE) for text in texts)


def en(*texts: str) -> tuple[Utterance, ...]:
    return tuple(Utterance(text, ENGLISH) for text in texts)


def answered(*directives: Directive) -> str:
    """The TwiML that the service itself would answer."""
    return render(directives, Links("CA1", "main.menu", 1))


@pytest.mark.parametrize(
    ("directives", "sounds"),
    [
        ((HangUp(),), [Sound("hangs_up")]),
        ((Say(zh("您好。", "请讲。")),), [Sound("said", "您好。\n请讲。", "cmn-CN")]),
        (
            (Say(zh("您好。")), Say(en("Hello."))),
            [Sound("said", "您好。", "cmn-CN"), Sound("said", "Hello.", "en-US")],
        ),
        ((Pause(3), HangUp()), [Sound("hangs_up")]),
        (
            (Gather(zh("请按键。"), CHINESE, digits=1, speech=True),),
            [Sound("said", "请按键。", "cmn-CN"), Sound("listens", digits=1, speech=True)],
        ),
        (
            (Gather(zh("编号？"), CHINESE, digits=8, finish="#"),),
            [Sound("said", "编号？", "cmn-CN"), Sound("listens", digits=8)],
        ),
        (
            (Gather(zh("编号？"), CHINESE, digits=None, finish="#"),),
            [Sound("said", "编号？", "cmn-CN"), Sound("listens", digits=None)],
        ),
        ((Say(zh("请留言。")), Record(60)), [Sound("said", "请留言。", "cmn-CN"), Sound("beep")]),
        (
            (Dial(("+867451000101", "+867451000102"), 20, 600, zh("来电"), CHINESE),),
            [Sound("rings", numbers=("+867451000101", "+867451000102"))],
        ),
        (
            (JoinConference("m-1", "caller", opens=False, closes=False, limit=60),),
            [Sound("joins", "m-1")],
        ),
        (
            (Say(zh("""<Hangup/> & "x" ]]>""")),),
            [Sound("said", """<Hangup/> & "x" ]]>""", "cmn-CN")],
        ),
    ],
)
def test_twiml_is_read_back(directives: tuple[Directive, ...], sounds: list[Sound]) -> None:
    assert list(sounds_of(answered(*directives))) == sounds


@pytest.mark.parametrize("answer", ["", "<Response>", "not xml", "<Response><Say>a</Say>"])
def test_what_cannot_be_read_is_silence(answer: str) -> None:
    assert sounds_of(answer) == ()


def test_a_played_file_and_foreign_verbs() -> None:
    answer = "<Response><Play> a.mp3 </Play><Foreign>x</Foreign><Reject/></Response>"
    assert sounds_of(answer) == (Sound("played", "a.mp3"), Sound("hangs_up"))


def test_a_long_text_is_read_back_whole() -> None:
    text = "这是一条很长的政策条文。" * 200
    (sound,) = sounds_of(answered(Say(zh(text))))
    assert sound.text.replace("\n", "") == text


@pytest.mark.parametrize(
    ("keys", "asked", "is_open", "shown"),
    [
        ("1", Sound("listens", digits=1), False, "1"),
        ("123456", Sound("listens", digits=6), False, HIDDEN),
        ("12", Sound("listens", digits=6), False, HIDDEN),
        ("1", Sound("listens", digits=6), False, HIDDEN),  # the beginning of a PIN
        ("0", Sound("listens", digits=6), False, "0"),  # a person, everywhere
        ("9", Sound("listens", digits=None), False, "9"),
        ("*", Sound("listens", digits=6), False, "*"),
        ("12345", Sound("listens", digits=None), False, HIDDEN),
        ("12345678", Sound("listens", digits=8), True, "12345678"),  # a ticket number
        ("12345678", None, False, HIDDEN),  # nobody knows what was asked
        ("5", None, False, "5"),
    ],
)
def test_what_may_be_a_pin_is_never_shown(
    keys: str, asked: Sound | None, is_open: bool, shown: str
) -> None:
    assert shown_keys(keys, asked, is_open=is_open) == shown


def step(
    after: int, node: str, answer: str = "", /, words: str | None = None, **told: Any
) -> Event:
    return Event(
        f"step:{after}", "step", START + timedelta(seconds=after), node, told, words, answer
    )


def status(seconds: int, name: str, length: int | None = None) -> Event:
    told = {"status": name, "seconds": length}
    return Event(f"status::{name}", "status", START + timedelta(seconds=seconds), "", told)


MENU = answered(Gather(zh("请按键。"), CHINESE, digits=1))
PIN = answered(Gather(zh("请输入密码。"), CHINESE, digits=6, finish="#"))
BYE = answered(Say(zh("再见。")), HangUp())


@pytest.mark.parametrize(
    ("events", "lines"),
    [
        (
            [step(0, "a", MENU, given="started"), status(0, "ringing"), status(9, "completed", 9)],
            [
                Line("network", "started"),
                Line("hotline", "said", "请按键。", "cmn-CN"),
                Line("network", "ended", "completed", seconds=9),
            ],
        ),
        (
            [step(0, "a", MENU, given="started", answered_by="machine_start")],
            [Line("network", "machine"), Line("hotline", "said", "请按键。", "cmn-CN")],
        ),
        (
            [step(0, "a", PIN, given="started"), step(5, "b", BYE, given="pressed", keys="135790")],
            [
                Line("network", "started"),
                Line("hotline", "said", "请输入密码。", "cmn-CN"),
                Line("caller", "pressed", HIDDEN),
                Line("hotline", "said", "再见。", "cmn-CN"),
                Line("network", "hangs_up"),
            ],
        ),
        (
            [step(1, "a", BYE, words="我要反映", given="spoke", confidence=0.9)],
            [
                Line("caller", "spoke", "我要反映"),
                Line("hotline", "said", "再见。", "cmn-CN"),
                Line("network", "hangs_up"),
            ],
        ),
        (
            [step(1, "a", given="recorded", recording="RE1", seconds=7, key="#",
                  effects=["OpenTicket", "OpenTicket", "Unknown"])],
            [Line("caller", "recorded", seconds=7, recording="RE1"), Line("network", "ticket")],
        ),
        (
            [step(1, "a", given="dialended", status="completed", bridged=True, seconds=40)],
            [Line("network", "talked", "completed", seconds=40)],
        ),
        (
            [step(1, "a", given="dialended", status="no-answer", bridged=False, seconds=0)],
            [Line("network", "not_answered", "no-answer", seconds=0)],
        ),
        ([Event("accepted:CA2", "accepted", START, "", {})], [Line("network", "accepted")]),
        ([Event("resume:open", "resume", START, "a", {"given": "resumed"}, None, MENU)], []),
        ([step(1, "a", "broken", given="silent")], [Line("caller", "silent")]),
        ([], []),
    ],
)  # fmt: skip
def test_a_transcript(events: list[Event], lines: list[Line]) -> None:
    turns = transcript(events, lambda _node: False)
    assert [line for turn in turns for line in turn.lines] == lines


def test_waiting_again_and_again_is_one_turn() -> None:
    waiting = answered(Gather(zh("还在等。"), CHINESE, timeout=5))
    events = [step(5 * n, "m", waiting, given="silent") for n in range(100)]
    events.append(step(900, "m", BYE, given="resumed", reason="open"))
    first, last = transcript(events, lambda _node: False)
    assert (first.times, first.until) == (100, START + timedelta(seconds=495))
    assert last.times == 1


def test_a_number_that_is_no_secret_is_shown() -> None:
    events = [
        step(0, "s", PIN, given="started"),
        step(3, "s", "", given="pressed", keys="12345678"),
    ]
    turns = transcript(events, lambda node: node == "s")
    assert turns[-1].lines == (Line("caller", "pressed", "12345678"),)


def test_the_question_is_found_in_an_answer() -> None:
    assert asked_in(MENU) == Sound("listens", digits=1)
    assert asked_in(BYE) is None


@pytest.mark.parametrize(
    ("detail", "told"), [("", {}), ("{", {}), ("[1]", {}), ('{"given":"x"}', {"given": "x"})]
)
def test_details_that_cannot_be_read_are_empty(detail: str, told: dict[str, str]) -> None:
    assert told_in(detail) == told


def stops(
    events: list[Event], node: str, ended: int | None = None
) -> list[tuple[str, int, int | None, int]]:
    ended_at = None if ended is None else START + timedelta(seconds=ended)

    def after(at: datetime | None) -> int | None:
        return None if at is None else int((at - START).total_seconds())

    found = path(events, node, ended_at)
    return [(one.node, after(one.since) or 0, after(one.until), one.turns) for one in found]


@pytest.mark.parametrize(
    ("events", "node", "ended", "expected"),
    [
        ([], "", None, []),
        ([step(0, "greeting")], "menu", None, [("greeting", 0, 0, 1), ("menu", 0, None, 0)]),
        (
            [step(0, "greeting"), step(9, "menu"), step(20, "policy"), step(50, "policy")],
            "policy",
            60,
            [("greeting", 0, 0, 1), ("menu", 0, 9, 1), ("policy", 9, 60, 2)],
        ),
        (
            [step(0, "menu"), step(5, "policy"), step(8, "menu")],
            "menu",
            None,
            [("menu", 0, 0, 1), ("policy", 0, 5, 1), ("menu", 5, None, 1)],
        ),
        ([step(0, "menu"), status(3, "completed")], "menu", 3, [("menu", 0, 3, 1)]),
        ([step(2, "menu")], "", None, [("menu", 2, None, 1)]),
    ],
)
def test_a_path(
    events: list[Event],
    node: str,
    ended: int | None,
    expected: list[tuple[str, int, int | None, int]],
) -> None:
    assert stops(events, node, ended) == expected
