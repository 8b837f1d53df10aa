"""Before the menus: the number to be pressed, and banned callers."""

import pytest
from app.flows import engine
from app.flows.directives import Dial, Gather, HangUp
from app.flows.effects import AnswerChallenge, RefuseCaller
from app.flows.inputs import Input, Pressed, Silent, Spoke, Started
from tests.flows.folders import context, shipped

LIBRARY = shipped()
RIGHT = Pressed("2")  # the fresh id of the tests' context ends with 1


def begin(entry: str, *inputs: Input) -> list[engine.Step]:
    state = engine.begin(LIBRARY, entry)
    steps = [engine.step(LIBRARY, state, Started(), context())]
    for given in inputs:
        steps.append(engine.step(LIBRARY, steps[-1].state, given, context()))
    return steps


def heard(step: engine.Step) -> str:
    gather = step.directives[-1]
    assert isinstance(gather, Gather)
    return " ".join(prompt.text for prompt in gather.prompts)


def test_the_number_is_spoken_in_both_languages_with_the_emergency_key() -> None:
    spoken = heard(begin("challenge")[0])
    for words in ("请按数字 2", "press the number 2", "紧急情况请按 9", "In an emergency, press 9"):
        assert words in spoken


@pytest.mark.parametrize("given", [RIGHT, Spoke("二")])
def test_the_right_number_leads_to_the_menus(given: Input) -> None:
    last = begin("challenge", given)[-1]
    assert last.state.node == "main.menu"
    assert last.effects == (AnswerChallenge(passed=True),)


def test_a_wrong_number_is_forgiven_once() -> None:
    steps = begin("challenge", Pressed("5"), RIGHT)
    assert "不是这个数字" in heard(steps[1])
    assert steps[-1].state.node == "main.menu"


def test_a_second_wrong_number_leads_to_the_voicemail() -> None:
    last = begin("challenge", Pressed("5"), Pressed("7"))[-1]
    assert last.state.node == "person.message"
    assert last.effects == (AnswerChallenge(passed=False),)


def test_silence_and_0_lead_to_a_person_and_9_to_the_emergency_desk() -> None:
    assert begin("challenge", Silent(), Silent())[-1].state.node == "person.ring"
    assert begin("challenge", Pressed("0"))[-1].state.node == "person.ring"
    assert begin("challenge", Pressed("5"), Pressed("0"))[-1].state.node == "person.ring"
    assert begin("challenge", Pressed("9"))[-1].state.node == "emergency.start"


def test_a_banned_caller_is_told_so_and_can_reach_the_emergency_desk() -> None:
    first = begin("banned")[0]
    assert "暂时不能使用热线" in heard(first)
    assert "请按 9" in heard(first)
    assert "press 9" in heard(first)
    assert first.effects == (RefuseCaller(),)
    for alarm in (Pressed("9"), Spoke("着火了")):
        last = begin("banned", alarm)[-1]
        assert isinstance(last.directives[-1], Dial)
        assert last.state.node == "emergency.start"


@pytest.mark.parametrize(
    "given", [Pressed("0"), Pressed("1"), Pressed("*"), Silent(), Spoke("人工"), Spoke("零")]
)
def test_a_banned_caller_can_reach_nothing_else(given: Input) -> None:
    last = begin("banned", given)[-1]
    assert isinstance(last.directives[-1], HangUp)
    assert last.state.node == "screening.banned"
    assert last.effects == ()
