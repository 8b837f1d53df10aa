"""The node that asks somebody to take a ticket, as a table of inputs."""

from datetime import timedelta
from typing import Any

import pytest
from app.flows import engine
from app.flows.context import EscalationFound, EscalationLookup
from app.flows.directives import Gather, HangUp, Say
from app.flows.effects import PassTicket, TakeTicket
from app.flows.inputs import Pressed, Silent, Spoke, Started
from tests.flows.folders import MONDAY_MORNING, context, shipped

LIBRARY = shipped()
LOOKUP = EscalationLookup("leg1")
TOLD = EscalationFound(
    "12345674", "land", "龙潭镇", "水渠断了三天。", MONDAY_MORNING - timedelta(minutes=3), True
)


def begin(language: str = "zh-CN") -> Any:
    return engine.begin(LIBRARY, "escalation", language, {"leg": "leg1"})


def step(state: Any, given: Any, found: EscalationFound | None = TOLD) -> engine.Step:
    answers = {} if found is None else {LOOKUP: found}
    return engine.step(LIBRARY, state, given, context(answers))


def spoken(taken: engine.Step) -> str:
    texts = []
    for directive in taken.directives:
        if isinstance(directive, Say):
            texts += [utterance.text for utterance in directive.utterances]
        if isinstance(directive, Gather):
            texts += [utterance.text for utterance in directive.prompts]
    return " ".join(texts)


def test_the_ticket_is_looked_up_at_every_step() -> None:
    for given in (Started(), Pressed("1"), Silent()):
        assert engine.lookups(LIBRARY, begin(), given) == (LOOKUP,)


def test_what_is_read() -> None:
    taken = step(begin(), Started("human"))
    text = spoken(taken)
    for part in (
        "1 2 3 4 5 6 7 4",
        "土地和林地纠纷",
        "龙潭镇",
        "已经超过 3 分钟",
        "水渠断了三天",
        "请按 1",
    ):
        assert part in text
    assert isinstance(taken.directives[-1], Gather)
    assert taken.effects == ()


def test_english_with_the_words_in_their_own_language() -> None:
    taken = step(begin("en-US"), Started("human"))
    assert "To take it yourself, press 1" in spoken(taken)
    gather = taken.directives[-1]
    assert isinstance(gather, Gather)
    assert {utterance.language.tag for utterance in gather.prompts} == {"zh-CN", "en-US"}


def test_a_sealed_ticket_has_no_words_and_a_future_deadline_is_left() -> None:
    sealed = EscalationFound(
        "12345674", "land", "", "", MONDAY_MORNING + timedelta(minutes=9), True
    )
    text = spoken(step(begin(), Started(), sealed))
    assert "还剩 9 分钟" in text
    assert "地点" not in text


@pytest.mark.parametrize("answered_by", ["machine_start", "fax"])
def test_a_machine_takes_nothing(answered_by: str) -> None:
    taken = step(begin(), Started(answered_by))
    assert taken.directives == (HangUp(),)
    assert taken.effects == (PassTicket("leg1", "machine"),)


@pytest.mark.parametrize(
    ("given", "effects", "words"),
    [
        (Pressed("1"), (TakeTicket("leg1"),), "已经记在您的名下"),
        (Pressed("3"), (PassTicket("leg1", "passed"),), "转给下一位"),
        (Pressed("2"), (), "由您接手办理"),
        (Pressed("7"), (), "由您接手办理"),
        (Spoke("喂？"), (), "由您接手办理"),
        (Silent(), (), "由您接手办理"),
    ],
)
def test_keys(given: Any, effects: Any, words: str) -> None:
    asked = step(begin(), Started("human"))
    taken = step(asked.state, given)
    assert tuple(effect for effect in taken.effects if not hasattr(effect, "node")) == effects
    assert words in spoken(taken)


def test_silence_twice_asks_the_next() -> None:
    asked = step(begin(), Started("human"))
    again = step(asked.state, Silent())
    taken = step(again.state, Silent())
    assert taken.effects == (PassTicket("leg1", "silent"),)
    assert isinstance(taken.directives[-1], HangUp)


@pytest.mark.parametrize(
    "found",
    [None, EscalationFound("12345674", "land", "", "", MONDAY_MORNING, is_free=False)],
)
def test_too_late(found: EscalationFound | None) -> None:
    asked = step(begin(), Started("human"))
    for state, given in ((begin(), Started("human")), (asked.state, Pressed("1"))):
        taken = step(state, given, found)
        assert taken.effects == ()
        assert "已经有人接手" in spoken(taken)
