"""What is left of a step when the gateway lets out some of its numbers, or none."""

import asyncio
from dataclasses import replace

from app.calls.clearing import let_out
from app.calls.gateway.service import DialWish
from app.flows import engine
from app.flows.context import Callee, PersonFound, PersonLookup
from app.flows.directives import Dial, Gather
from app.flows.effects import RingStaff
from app.flows.engine import Step
from app.flows.inputs import DialEnded, Silent
from app.flows.state import State
from tests.flows.folders import context, shipped

LIBRARY = shipped()
NUMBERS = tuple(f"+86745100010{n}" for n in range(3))
FOUND = PersonFound(tuple(Callee(number) for number in NUMBERS), may_call_back=True)
KNOWN = context({PersonLookup("desk", "in_turn"): FOUND})


def cleared(allowed: set[str], taken: Step) -> tuple[Step, list[tuple[str, ...]]]:
    """What is answered, and which numbers were asked for."""
    asked = []

    async def clear(wish: DialWish) -> tuple[str, ...]:
        asked.append(wish.dial.numbers)
        return tuple(number for number in wish.dial.numbers if number in allowed)

    async def go_on(before: Step, ended: DialEnded) -> Step:
        return engine.step(LIBRARY, before.state, ended, KNOWN)

    return asyncio.run(let_out(taken, LIBRARY, "CA1", 3, clear, go_on)), asked


def ringing() -> Step:
    """Somebody who waited rings the first of three."""
    return engine.step(LIBRARY, State("person.ring", "zh-CN", phase="holding"), Silent(), KNOWN)


def rung(taken: Step) -> list[tuple[str, ...]]:
    return [effect.numbers for effect in taken.effects if isinstance(effect, RingStaff)]


def test_the_next_is_rung_for_one_who_is_refused_and_nobody_twice() -> None:
    taken, asked = cleared({NUMBERS[2]}, ringing())
    assert asked == [(number,) for number in NUMBERS]
    dial = taken.directives[-1]
    assert isinstance(dial, Dial)
    assert dial.numbers == (NUMBERS[2],)
    assert rung(taken) == [(NUMBERS[2],)]  # nobody else was rung, and nobody else has failed


def test_with_all_refused_the_caller_is_offered_something_else() -> None:
    taken, asked = cleared(set(), ringing())
    assert asked == [(number,) for number in NUMBERS]
    assert isinstance(taken.directives[-1], Gather)
    assert taken.state.phase == "offer"
    assert rung(taken) == []


def test_only_those_of_all_at_once_who_are_let_out_are_rung() -> None:
    first = ringing()
    dial = first.directives[-1]
    assert isinstance(dial, Dial)
    effects = tuple(
        replace(effect, numbers=NUMBERS) if isinstance(effect, RingStaff) else effect
        for effect in first.effects
    )
    together = replace(
        first, directives=(replace(dial, numbers=NUMBERS, together=True),), effects=effects
    )
    taken, _ = cleared({NUMBERS[0], NUMBERS[2]}, together)
    assert rung(taken) == [(NUMBERS[0], NUMBERS[2])]
