"""A party of a mediation calls in: case number, PIN, waiting for the hour."""

import re
from datetime import timedelta
from typing import Any

import pytest
from app.flows import engine
from app.flows.context import SeatDoor, SeatDoorLookup, SeatFound, SeatLookup
from app.flows.directives import Gather, Say
from app.flows.effects import LeaveSeat, MissSeatPin, TakeSeat
from app.flows.inputs import Input, Pressed, Silent, Started
from app.flows.state import State
from tests.flows.folders import context, shipped

LIBRARY = shipped()
CASE, PIN = "12345674", "1999999"
DOOR = SeatDoorLookup(CASE, PIN)
NOW = context().now


def at_the_door() -> State:
    """Whoever has pressed 8 and given the case number, and is asked for the PIN."""
    state = engine.begin(LIBRARY, "inbound")
    for given in (Started(), Pressed("8"), Pressed(CASE)):
        state = engine.step(LIBRARY, state, given, context()).state
    return state


def step(state: State, given: Input, found: dict[Any, Any], **more: Any) -> engine.Step:
    wanted = engine.lookups(LIBRARY, state, given)
    known = {lookup: found[lookup] for lookup in wanted if lookup in found}
    return engine.step(LIBRARY, state, given, context(found=known, **more))


def heard(taken: engine.Step) -> str:
    said = [one.utterances for one in taken.directives if isinstance(one, Say)]
    asked = [one.prompts for one in taken.directives if isinstance(one, Gather)]
    return " ".join(prompt.text for part in (*said, *asked) for prompt in part)


def seated() -> State:
    door = SeatDoor("open", "7", NOW + timedelta(minutes=10))
    return step(at_the_door(), Pressed(PIN), {DOOR: door}).state


def test_the_right_pin_takes_the_seat_and_waits() -> None:
    door = SeatDoor("open", "7", NOW + timedelta(minutes=10))
    taken = step(at_the_door(), Pressed(PIN), {DOOR: door})
    assert taken.effects == (TakeSeat(CASE, "7"),)
    assert "请稍候" in heard(taken)
    assert PIN not in str(taken.state)


def test_who_is_far_too_early_is_told_the_hour() -> None:
    door = SeatDoor("open", "7", NOW + timedelta(days=1))
    taken = step(at_the_door(), Pressed(PIN), {DOOR: door})
    assert "现在还早" in heard(taken)
    assert taken.state.ended


def test_three_wrong_pins_end_the_call() -> None:
    state, effects = at_the_door(), []
    for _ in range(3):
        taken = step(state, Pressed(PIN), {DOOR: SeatDoor("wrong")})
        effects += taken.effects
        state = taken.state
        if not state.ended:
            assert "案号或密码不对" in heard(taken)
            state = step(state, Pressed(CASE), {}).state
    assert effects == [MissSeatPin(CASE)] * 3
    assert state.ended


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (SeatFound("waiting", NOW + timedelta(minutes=5)), "调解还没有开始"),
        (SeatFound("waiting", NOW + timedelta(days=2)), "现在还早"),  # it was moved meanwhile
        (SeatFound("over", NOW), "已经结束或者取消"),
        (None, "已经结束或者取消"),
        (SeatFound("begun", NOW, "en-US", "a" * 32, "leg", "party"), "begins now"),
    ],
)
def test_what_whoever_waits_hears(found: SeatFound | None, said: str) -> None:
    assert said in heard(step(seated(), Silent(), {SeatLookup("7"): found}))


def test_from_the_hour_on_the_call_is_a_party_s() -> None:
    begun = SeatFound("begun", NOW, "yue-HK", "a" * 32, "leg", "party", "agriculture")
    taken = step(seated(), Silent(), {SeatLookup("7"): begun})
    assert (taken.state.node, taken.state.language) == ("party.answer", "yue-HK")
    assert taken.state.variables["case"] == CASE


def test_who_sits_for_a_department_is_asked_as_one() -> None:
    begun = SeatFound("begun", NOW, "zh-CN", "a" * 32, "leg", "department", "agriculture")
    taken = step(seated(), Silent(), {SeatLookup("7"): begun})
    assert taken.state.node == "invitation.answer"


def test_who_leaves_by_0_gives_the_seat_back() -> None:
    taken = step(seated(), Pressed("0"), {})
    assert taken.state.node == "person.ring"
    assert LeaveSeat("7") in taken.effects


def test_without_the_database_whoever_waits_goes_on_waiting() -> None:
    assert "调解还没有开始" in heard(step(seated(), Silent(), {}, degraded=True))


@pytest.mark.parametrize("kind", ["appointed", "notice", "notice_of_parties"])
@pytest.mark.parametrize("language", list(LIBRARY.languages))
def test_an_invitation_offers_the_keys_that_are_understood(language: str, kind: str) -> None:
    """1 agrees to all of it, 3 to taking part without being recorded, 2 to nothing."""
    text = LIBRARY.utterance(f"invitation.{kind}", language, {"department": "x"}).text
    assert re.findall(r"\d", text) == ["1", "3", "2"]
    without, refusing = re.split(r"1", text)[1].split("3")
    assert re.search(r"不录音|唔錄音|not be recorded", without)
    assert re.search(r"不能参加|不参加|參加唔到|唔參加|Not to take part|cannot take part", refusing)
