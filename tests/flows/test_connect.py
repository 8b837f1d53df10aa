"""`connect` by tables: what follows from how a caller stands, and that nobody waits for ever."""

import random
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from app.flows import engine
from app.flows.compiler import compile_folder
from app.flows.context import Callee, PersonFound, PersonLookup
from app.flows.directives import Dial, Gather, HangUp, Record
from app.flows.inputs import NOT_LET_OUT, DialEnded, Input, Pressed, Resumed, Silent
from app.flows.state import State
from tests.flows.folders import MONDAY_MORNING, SHELF, SHIPPED, context, shipped

LIBRARY = shipped()
LOOKUP = PersonLookup("desk", "in_turn")
LI, WANG = Callee("+867451000101", "zh-CN"), Callee("+867451000102", "en-US")
FREE = PersonFound((LI, WANG), may_call_back=True)
BUSY = PersonFound(position=2, may_call_back=True)


def step(phase: str, given: Input, found: PersonFound | None, **changes: Any) -> engine.Step:
    state = State("person.ring", "zh-CN", phase=phase)
    known = {LOOKUP: found} if found else {}
    return engine.step(LIBRARY, state, given, context(known, **changes))


def effects(taken: engine.Step) -> list[str]:
    return [type(effect).__name__ for effect in taken.effects]


NO_ANSWER = DialEnded("no-answer", bridged=False)
TALKED = DialEnded("completed", bridged=True, seconds=60)


@pytest.mark.parametrize(
    ("phase", "given", "found", "then", "done"),
    [
        ("ringing", NO_ANSWER, FREE, Dial, ["EndRinging", "RingStaff"]),
        ("ringing", NO_ANSWER, BUSY, Gather, ["EndRinging", "HoldCaller"]),
        ("ringing", TALKED, FREE, HangUp, ["EndRinging"]),
        ("ringing", NO_ANSWER, None, Record, []),  # the database went away meanwhile
        ("holding", Silent(), FREE, Dial, ["RingStaff"]),
        ("holding", Silent(), BUSY, Gather, ["HoldCaller"]),
        ("holding", Resumed("taken"), FREE, Dial, ["RingStaff"]),
        ("holding", Pressed("1"), BUSY, HangUp, ["KeepPlace"]),
        ("holding", Pressed("2"), BUSY, Record, ["LeaveQueue"]),
        ("holding", Pressed("7"), BUSY, Gather, ["HoldCaller"]),
        ("holding", Pressed("3"), BUSY, Gather, ["HoldCaller"]),  # nothing was offered yet
        ("offer", Silent(), BUSY, HangUp, ["KeepPlace"]),
        ("offer", Pressed("3"), BUSY, Gather, ["WaitOn", "HoldCaller"]),
        ("offer", Silent(), FREE, HangUp, ["KeepPlace"]),
    ],
)
def test_what_follows(
    phase: str, given: Input, found: PersonFound | None, then: type, done: list[str]
) -> None:
    taken = step(phase, given, found)
    assert isinstance(taken.directives[-1], then)
    assert effects(taken) == done


def test_who_cannot_be_called_back_is_asked_for_a_message() -> None:
    taken = step("holding", Silent(), PersonFound(nobody=True))
    assert isinstance(taken.directives[-1], Record)
    assert effects(taken) == ["LeaveQueue"]


def test_only_the_interruption_rings_whoever_has_just_taken_the_caller() -> None:
    found = PersonFound((LI,), claimed_at=MONDAY_MORNING)
    assert isinstance(step("holding", Silent(), found).directives[-1], Gather)
    assert isinstance(step("holding", Resumed("taken"), found).directives[-1], Dial)
    later = MONDAY_MORNING + timedelta(seconds=4)
    assert isinstance(step("holding", Silent(), found, now=later).directives[-1], Dial)


def not_let_out(*numbers: str) -> DialEnded:
    return DialEnded(NOT_LET_OUT, bridged=False, refused=numbers)


def test_who_is_not_let_out_is_passed_over() -> None:
    taken = step("ringing", not_let_out(LI.number), FREE)
    (dial,) = taken.directives
    assert isinstance(dial, Dial)
    assert dial.numbers == (WANG.number,)
    assert effects(taken) == ["HoldCaller", "RingStaff"]


@pytest.mark.parametrize(
    "refused", [(LI.number, WANG.number), tuple(f"+86745100020{n}" for n in range(5))]
)
def test_when_nobody_is_let_out_something_else_is_offered(refused: tuple[str, ...]) -> None:
    taken = step("ringing", not_let_out(*refused), FREE)
    assert taken.state.phase == "offer"
    nobody = PersonFound((LI,), may_call_back=False)
    assert effects(step("ringing", not_let_out(*refused), nobody)) == ["HoldCaller", "LeaveQueue"]


def test_whoever_took_a_caller_and_is_not_let_out_has_them_no_more() -> None:
    found = PersonFound((LI,), claimed_at=MONDAY_MORNING)
    taken = step("ringing", not_let_out(LI.number), found)
    assert isinstance(taken.directives[-1], Gather)
    assert effects(taken) == ["EndRinging", "HoldCaller"]


def test_an_offer_gives_way_to_whoever_has_taken_the_caller() -> None:
    found = PersonFound((LI,), claimed_at=MONDAY_MORNING, waited=58, may_call_back=True)
    later = MONDAY_MORNING + timedelta(seconds=4)
    (dial,) = step("offer", Silent(), found, now=later).directives
    assert isinstance(dial, Dial)
    assert dial.numbers == (LI.number,)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (PersonFound((LI,), ticket="12345674"), "工单 1 2 3 4 5 6 7 4"),
        (PersonFound((LI,), caller="一村 王某"), "移民热线来电，一村 王某"),
        (PersonFound((LI,)), "移民热线来电。接听请按 1"),
        (PersonFound((WANG,), ticket="12345674"), "about ticket 1 2 3 4 5 6 7 4"),
    ],
)
def test_the_whisper_tells_the_ticket_or_who_calls(found: PersonFound, said: str) -> None:
    dial = step("holding", Silent(), found).directives[-1]
    assert isinstance(dial, Dial)
    assert said in dial.whisper[0].text


def test_the_wait_is_told_only_where_it_was_measured() -> None:
    def heard(found: PersonFound) -> str:
        gather = step("ringing", NO_ANSWER, found).directives[-1]
        assert isinstance(gather, Gather)
        return "".join(part.text for part in gather.prompts)

    assert "分钟" not in heard(BUSY)
    assert "大约要等 3 分钟" in heard(PersonFound(position=2, wait_minutes=3, may_call_back=True))


def test_all_at_once_ring_together(tmp_path: Path) -> None:
    folder = tmp_path / "flows"
    shutil.copytree(SHIPPED, folder)
    path = folder / "person.yaml"
    path.write_text(path.read_text().replace("ring: in_turn", "ring: all"))
    library = compile_folder(folder, SHELF)
    state = State("person.ring", "zh-CN", phase="holding")
    known = context({PersonLookup("desk", "all"): FREE})
    (dial,) = engine.step(library, state, Silent(), known).directives
    assert isinstance(dial, Dial)
    assert (dial.numbers, dial.together) == ((LI.number, WANG.number), True)


@pytest.mark.parametrize("seed", range(40))
def test_within_a_minute_without_staff_something_else_is_offered(seed: int) -> None:
    """Whoever is free, busy, or does not answer: staff come, or the offer does, in time."""
    chance = random.Random(seed)
    margin, waited, crew = 5, 0.0, [f"+86745100010{n}" for n in range(chance.randrange(6))]
    state, given = State("person.ring", "zh-CN", phase="ringing"), NO_ANSWER
    for _ in range(30):
        free = () if chance.random() < 0.5 else tuple(Callee(number) for number in crew)
        found = PersonFound(free, nobody=not crew, waited=int(waited), may_call_back=True)
        taken = engine.step(LIBRARY, state, given, context({LOOKUP: found}))
        state, last = taken.state, taken.directives[-1]
        if state.phase == "offer":
            break
        if isinstance(last, Dial):
            waited += last.timeout + margin
            crew = [number for number in crew if number not in last.numbers]
            given = NO_ANSWER
        else:
            waited += 10
            given = Silent()
    assert state.phase == "offer"
    assert waited <= 60
