"""The step: the rules that hold everywhere, and any walk through the shipped flows."""

import inspect
import re

import pytest
from app.flows import engine
from app.flows.context import MediationFound, MediationLookup
from app.flows.directives import WAITING, Dial, Directive, HangUp, Say
from app.flows.effects import AnswerInvitation, NotUnderstood, OpenTicket
from app.flows.inputs import (
    DialEnded,
    Input,
    Pressed,
    Recorded,
    Resumed,
    Silent,
    Spoke,
    Started,
)
from app.flows.nodes import NODE_TYPES
from app.flows.schema import FlowFile
from app.flows.source import parse
from app.flows.state import State
from hypothesis import given
from hypothesis import strategies as st
from tests.flows.folders import context, shipped

LIBRARY = shipped()


def play(*inputs: Input, entry: str = "inbound", **world: object) -> engine.Step:
    """Play inputs from the beginning; returns the last step."""
    state = engine.begin(LIBRARY, entry)
    step = engine.step(LIBRARY, state, Started(), context(**world))
    for given_input in inputs:
        step = engine.step(LIBRARY, step.state, given_input, context(**world))
    return step


def texts(directives: tuple[Directive, ...]) -> str:
    """Everything that is spoken."""
    spoken = [u.text for d in directives if isinstance(d, Say) for u in d.utterances]
    spoken += [u.text for d in directives for u in getattr(d, "prompts", ())]
    return " ".join(spoken)


@pytest.mark.parametrize("words", ["喂", "喂，喂，你好！", "您好。有人吗？"])
def test_who_only_says_hello_has_not_chosen_yet(words: str) -> None:
    step = play(Spoke(words))
    assert texts(step.directives).startswith("我没有听到您的选择")
    assert (step.state.node, step.state.silences, step.state.wrongs) == ("main.menu", 1, 0)
    assert isinstance(play(Spoke(words), Spoke(words)).directives[-1], Dial)


def test_an_interruption_that_comes_too_late_is_no_wrong_key() -> None:
    step = play(Resumed("open"))
    assert texts(step.directives).startswith("查询政策")
    assert (step.state.node, step.state.silences, step.state.wrongs) == ("main.menu", 0, 0)


def test_hello_before_a_matter_is_no_silence() -> None:
    assert play(Spoke("喂，我要调解")).state.node.startswith("mediation.")


def test_silence_is_forgiven_once_and_then_a_person_is_rung() -> None:
    first = play(Silent())
    assert "没有听到您的选择" in texts(first.directives)
    assert first.state.silences == 1
    second = play(Silent(), Silent())
    assert isinstance(second.directives[-1], Dial)
    assert second.state.node == "person.ring"


@pytest.mark.parametrize(
    ("given_inputs", "rule"),
    [
        ((Pressed("1"),), ""),
        ((Spoke("政策"),), ""),
        ((Pressed("0"),), "person"),
        ((Spoke("着火"),), "emergency"),
        ((Pressed("*"),), "repeat"),
        ((Silent(),), "silence"),
        ((Silent(), Silent()), "silence"),
        ((Pressed("7"),), "wrong"),
        ((Pressed("7"), Spoke("医保"), Pressed("7")), "wrong"),
    ],
)
def test_a_step_names_the_rule_that_took_the_input(
    given_inputs: tuple[Input, ...], rule: str
) -> None:
    assert play(*given_inputs).rule == rule


def test_an_answer_makes_earlier_failures_forgotten() -> None:
    step = play(Silent(), Pressed("1"), Silent())
    assert (step.state.node, step.state.silences) == ("policy.ask", 1)


def test_words_in_every_form_choose_an_option() -> None:
    for words in ("我要查政策", "一", "按一", "请按1", "1"):
        assert play(Spoke(words)).state.node == "policy.ask", words
    assert play(Spoke("着火了快来人")).state.node == "emergency.start"


def test_words_not_understood_are_kept() -> None:
    step = play(Spoke("今天天气怎么样"))
    assert step.effects == (NotUnderstood("main.menu", "今天天气怎么样"),)


def test_a_lone_0_is_a_person_even_where_a_number_is_typed() -> None:
    assert play(Pressed("3"), Pressed("0")).state.node == "person.ring"
    assert play(Pressed("3"), Pressed("01234567")).state.node == "status.ask"


def test_while_the_database_is_away_no_number_is_spoken() -> None:
    step = play(Pressed("2"), Pressed("1"), Recorded("RE1", 7, "#"), degraded=True)
    assert [type(effect) for effect in step.effects] == [OpenTicket]
    assert "不会丢失" in texts(step.directives)
    assert "1 2 3 4 5 6 7 4" not in texts(step.directives)


@pytest.mark.parametrize("key", ["3", "4"])
def test_while_the_database_is_away_what_needs_it_leads_to_a_person(key: str) -> None:
    assert play(Pressed(key), degraded=True).state.node == "person.ring"


def invited(**found: object) -> State:
    """The state of an invited mediator who has consented."""
    variables = {"session": "s1", "leg": "l1", "role": "mediator", "department": "land"}
    variables["department"] = "agriculture"
    state = engine.begin(LIBRARY, "invitation", "zh-CN", variables)
    step = engine.step(LIBRARY, state, Started(), context())
    return engine.step(LIBRARY, step.state, Pressed("1"), context()).state


def test_an_answering_machine_is_no_party() -> None:
    variables = {"session": "s1", "leg": "l1", "role": "mediator", "department": "agriculture"}
    state = engine.begin(LIBRARY, "invitation", "zh-CN", variables)
    step = engine.step(LIBRARY, state, Started("machine_start"), context())
    assert step.effects == (AnswerInvitation("s1", "l1", "machine"),)
    assert step.directives == (HangUp(),)


def test_a_leg_goes_to_the_floor_where_it_belongs_and_waits_otherwise() -> None:
    state = invited()
    for looked in (Resumed("a key"), Silent()):
        there = {MediationLookup("s1"): MediationFound("open", "m-1")}
        joined = engine.step(LIBRARY, state, looked, context(there))
        assert type(joined.directives[-1]).__name__ == "JoinConference"
        closed = {MediationLookup("s1"): MediationFound("open", "")}
        held = engine.step(LIBRARY, state, looked, context(closed))
        assert type(held.directives[-1]).__name__ == "Gather"


def test_zero_means_nothing_to_the_invited() -> None:
    variables = {"session": "s1", "leg": "l1", "role": "mediator", "department": "agriculture"}
    state = engine.begin(LIBRARY, "invitation", "zh-CN", variables)
    step = engine.step(LIBRARY, state, Started(), context())
    step = engine.step(LIBRARY, step.state, Pressed("0"), context())
    assert step.state.node == "invitation.answer"


anything = st.one_of(
    st.builds(Pressed, st.text("0123456789*#", min_size=1, max_size=9)),
    st.builds(Spoke, st.text(max_size=12)),
    st.just(Silent()),
    st.builds(Recorded, st.sampled_from(["", "RE1"]), st.integers(0, 30),
              st.sampled_from(["", "#", "0", "9", "hangup"])),
    st.builds(DialEnded, st.sampled_from(["completed", "busy", "no-answer", "failed"]),
              st.booleans()),
    st.just(Resumed("open-x")),
)  # fmt: skip
shown = st.one_of(
    st.none(),
    st.builds(MediationFound, st.sampled_from(["inviting", "waiting", "open", "closed", "failed"]),
              st.just("m-1"),
              st.sampled_from(["", "refused", "no_answer", "machine", "mediator_unavailable"])),
)  # fmt: skip


@given(st.lists(st.tuples(anything, shown), max_size=14), st.booleans(),
       st.sampled_from(["inbound", "invitation", "party"]))  # fmt: skip
def test_any_walk_ends_each_step_waiting_or_hung_up(
    walk: list[tuple[Input, MediationFound | None]], degraded: bool, entry: str
) -> None:
    variables = {"session": "s", "leg": "l", "role": "department", "department": "agriculture"}
    state = engine.begin(LIBRARY, entry, "", {} if entry == "inbound" else variables)
    given_input: Input = Started()
    for following, mediation in [*walk, (Silent(), None)]:
        lookups = engine.lookups(LIBRARY, state, given_input)
        found = {lookup: mediation for lookup in lookups
                 if mediation is not None and isinstance(lookup, MediationLookup)}  # fmt: skip
        world = context(found, degraded=degraded)
        step = engine.step(LIBRARY, state, given_input, world)
        assert step == engine.step(LIBRARY, state, given_input, world)
        assert isinstance(step.directives[-1], (*WAITING, HangUp))
        assert not any(isinstance(d, (*WAITING, HangUp)) for d in step.directives[:-1])
        assert State.from_json(step.state.to_json()) == step.state
        state, given_input = step.state, following


@pytest.mark.parametrize("node", NODE_TYPES.values(), ids=NODE_TYPES)
def test_the_example_of_each_node_type_is_a_good_flow(node: type) -> None:
    example = re.search(r"```yaml\n(.*?)```", inspect.getdoc(node) or "", re.DOTALL)
    assert example, f"{node.__name__} has no example"
    body = "\n".join("  " + line for line in example.group(1).splitlines())
    flow = FlowFile("example", parse(f"nodes:\n{body}\n".encode(), "example.yaml"))
    assert flow.read() == []
    assert [type(found) for found in flow.nodes.values()] == [node]
