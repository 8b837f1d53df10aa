"""The walk leaves nothing out: whatever a real caller comes to was visited."""

from typing import Any

import pytest
from app.flows import engine
from app.flows.context import (
    Callee,
    Lookup,
    MediationFound,
    MediationLookup,
    NumberedPromptLookup,
    OwnIncidentLookup,
    PersonFound,
    PersonLookup,
    StudioDoor,
    StudioDoorLookup,
    TakeFound,
    TakeLookup,
    TicketFound,
    TicketLookup,
)
from app.flows.directives import Dial, Directive, Gather, JoinConference, Record
from app.flows.inputs import DialEnded, Input, Pressed, Recorded, Silent, Spoke, Started
from app.flows.proof import exploration
from app.flows.proof.exploration import MOST_VISITS, Walk, explore
from app.flows.proof.situations import answers
from app.flows.state import State
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flows.folders import MONDAY_MORNING, SHELF, context, shipped

LIBRARY = shipped()
WALK = explore(LIBRARY, SHELF)
VISITED = {(p.node, p.phase, p.language, p.silences, p.wrongs) for p in WALK.ways}
COUNTED = {(p.node, p.phase, dict(p.kept).get("studio_tries", "")) for p in WALK.ways}
TICKET = TicketFound("12345674", "resolved", "land", MONDAY_MORNING, MONDAY_MORNING, "办好了")

keys = st.sampled_from("0123456789*#").map(Pressed)
numbers = st.sampled_from(["12345674", "12345678", "1"]).map(Pressed)
words = st.sampled_from(["后期扶持资金多少钱", "政策", "今天天气", "一", "调解", "着火了"]).map(
    Spoke
)
recordings = st.builds(Recorded, st.sampled_from(["", "RE1"]), st.sampled_from([0, 30]),
                       st.sampled_from(["", "0", "9", "#", "hangup"]))  # fmt: skip
ends = st.builds(DialEnded, st.just("busy"), st.booleans())


def fitting(waiting: Directive, choice: int, inputs: dict[str, Input]) -> Input:
    """An input that can come while this directive waits."""
    match waiting:
        case Gather(digits=1):
            return [inputs["key"], inputs["words"] if waiting.speech else inputs["key"],
                    Silent()][choice % 3]  # fmt: skip
        case Gather():
            return [inputs["number"], Silent()][choice % 2]
        case Record():
            return inputs["recording"]
        case Dial() | JoinConference():
            return inputs["end"]
    raise AssertionError(waiting)


turns = st.tuples(
    st.integers(0, 5),
    st.fixed_dictionaries(
        {"key": keys, "number": numbers, "words": words, "recording": recordings, "end": ends}
    ),
    st.fixed_dictionaries(
        {
            TicketLookup: st.just(TICKET),
            MediationLookup: st.sampled_from(
                [None, MediationFound("waiting", "m-1"), MediationFound("failed", "m-1")]
            ),
            OwnIncidentLookup: st.sampled_from([None, True]),
            StudioDoorLookup: st.sampled_from([StudioDoor("open"), StudioDoor("wrong")]),
            NumberedPromptLookup: st.sampled_from([None, "common.goodbye"]),
            PersonLookup: st.sampled_from(
                [
                    PersonFound((Callee("+867451000101"),), may_call_back=True),
                    PersonFound(position=3, may_call_back=True, waited=20),
                    PersonFound(nobody=True, may_call_back=True),
                    None,
                ]
            ),
            TakeLookup: st.sampled_from([TakeFound("awaited"), TakeFound("ready", audio="0" * 64)]),
        }
    ),
    st.booleans(),
)


def learned(lookup: Lookup, known: dict[type, Any], choice: int) -> Any:
    """What is looked up, as given; where nothing is, one of the things that the walk tries."""
    if type(lookup) in known:
        return known[type(lookup)]
    brought = [answer for answer, _ in answers(lookup, MONDAY_MORNING, "land")]
    return brought[choice % len(brought)]


@settings(max_examples=60)
@given(st.lists(turns, min_size=3, max_size=15), st.sampled_from(list(LIBRARY.languages)))
def test_a_real_call_never_comes_where_the_walk_was_not(walk: list[Any], language: str) -> None:
    state: State = engine.begin(LIBRARY, "inbound", language)
    step = engine.step(LIBRARY, state, Started(), context())
    for choice, inputs, known, degraded in walk:
        if step.state.ended:
            return
        state = step.state
        assert (state.node, state.phase, state.language, state.silences, state.wrongs) in VISITED
        given_input = fitting(step.directives[-1], choice, inputs)
        asked = engine.lookups(LIBRARY, state, given_input)
        brought = {lookup: learned(lookup, known, choice) for lookup in asked}
        found = {lookup: answer for lookup, answer in brought.items() if answer}
        step = engine.step(LIBRARY, state, given_input, context(found, degraded=degraded))
        if step.wanted:
            found |= {lookup: learned(lookup, known, choice) for lookup in step.wanted}
            step = engine.step(LIBRARY, state, given_input, context(found, degraded=degraded))


def test_who_leaves_the_studio_and_comes_back_is_where_the_walk_was() -> None:
    """What the studio counts goes on counting behind its door, and is told apart only there."""
    step = engine.step(LIBRARY, engine.begin(LIBRARY, "inbound", "zh-CN"), Started(), context())
    for keys in ("#", "7", "1234", "*", "#", "7", "1234"):
        given_input = Pressed(keys)
        asked = engine.lookups(LIBRARY, step.state, given_input)
        found = dict.fromkeys(asked, StudioDoor("wrong"))
        step = engine.step(LIBRARY, step.state, given_input, context(found))
        tries = step.state.variables.get("studio_tries", "")
        here = (
            step.state.node,
            step.state.phase,
            tries if step.state.node == "studio.door" else "",
        )
        assert here in COUNTED, keys
    assert here == ("studio.door", "staff", "2")


def test_the_walk_is_small_and_repeatable() -> None:
    again = explore(LIBRARY, SHELF)
    assert again.turns == WALK.turns
    assert WALK.is_whole
    assert WALK.failures == []
    visits = sum(len(turn.trail) for turn in WALK.turns)
    assert visits < MOST_VISITS / 2  # the flows may grow before they are too large


def test_who_is_doubted_after_a_wrong_key_is_where_the_walk_was() -> None:
    """A question whether it is an emergency forgives no failure, and takes none for granted."""
    step = engine.step(LIBRARY, engine.begin(LIBRARY, "inbound", "zh-CN"), Started(), context())
    doubtful = "昨天晚上隔壁村好像有一个地方着火了不知道是怎么一回事情想问一问"
    for given_input in (Silent(), Spoke(doubtful)):
        step = engine.step(LIBRARY, step.state, given_input, context())
    state = step.state
    assert (state.phase, state.silences) == ("alarm?", 1)
    assert (state.node, state.phase, state.language, 1, 0) in VISITED


def test_nothing_is_lost_by_what_is_told_whatever_the_caller_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An answer that ends everything is tried with a few moves; with all of them comes the same."""
    monkeypatch.setattr(exploration, "is_told_whatever", lambda _lookup, _found: False)
    assert results(explore(LIBRARY, SHELF)) == results(WALK)


def results(walk: Walk) -> set[tuple[object, ...]]:
    """What came of all turns, each once."""
    return {(turn.source, turn.target, turn.directives, turn.trail) for turn in walk.turns}
