"""Words of alarm: a cry goes straight through, a sentence that only mentions one is asked about."""

import pytest
from app.flows import engine
from app.flows.alarm import is_doubtful
from app.flows.effects import ReportIncident
from app.flows.inputs import Input, Pressed, Silent, Spoke, Started
from tests.flows.folders import context, shipped

LIBRARY = shipped()
LONG = "我们家住在大坝下面今天早上后山塌方了请你们派人来看看"


def play(*inputs: Input, language: str = "zh-CN") -> engine.Step:
    """Play inputs from the main menu; returns the last step."""
    step = engine.step(LIBRARY, engine.begin(LIBRARY, "inbound", language), Started(), context())
    for given in inputs:
        step = engine.step(LIBRARY, step.state, given, context())
    return step


def reported(step: engine.Step) -> bool:
    return any(isinstance(effect, ReportIncident) for effect in step.effects)


@pytest.mark.parametrize(
    ("words", "language", "doubtful"),
    [
        ("着火了", "zh-CN", False),
        ("救命啊快来人塌方了", "zh-CN", False),
        (LONG, "zh-CN", True),
        ("塌方的补偿标准", "zh-CN", True),
        ("there is a fire in our house, please come quickly", "en-US", False),
        (
            "two years ago a flood took my neighbour's fence and nobody has come since",
            "en-US",
            True,
        ),
        ("fire insurance", "en-US", True),
        ("火燭呀", "yue-HK", False),
        ("火燭賠償點計", "yue-HK", True),
    ],
)
def test_what_is_doubtful(words: str, language: str, doubtful: bool) -> None:
    assert is_doubtful(words, LIBRARY.locale(language)) is doubtful


def test_a_cry_reports_at_once() -> None:
    step = play(Spoke("着火了"))
    assert (step.state.node, step.rule) == ("emergency.start", "emergency")
    assert reported(step)


@pytest.mark.parametrize("answer", [Pressed("9"), Spoke("塌方了"), Silent()])
def test_in_doubt_the_key_a_word_of_alarm_and_silence_all_mean_danger(answer: Input) -> None:
    asked = play(Spoke(LONG))
    assert (asked.state.node, asked.rule) == ("main.menu", "alarm")
    assert not reported(asked)
    assert reported(play(Spoke(LONG), answer))


@pytest.mark.parametrize("answer", [Pressed("1"), Pressed("7"), Spoke("不是")])
def test_else_the_caller_goes_on_with_what_they_had_said(answer: Input) -> None:
    said = "塌方的补贴政策有哪些"
    step = play(Spoke(said), answer)
    assert step.state.node == "policy.ask"
    assert step.state.phase == play(Spoke("补贴政策有哪些")).state.phase
    assert "alarm_words" not in step.state.variables


def test_0_leads_to_a_person_and_the_repeat_key_asks_again() -> None:
    assert play(Spoke(LONG), Pressed("0")).state.node == "person.ring"
    again = play(Spoke(LONG), Pressed("*"))
    assert again.state == play(Spoke(LONG)).state


def test_failures_before_and_after_the_question_are_counted_as_ever() -> None:
    step = play(Silent(), Spoke(LONG), Pressed("1"))
    assert step.state.node == "main.menu"
