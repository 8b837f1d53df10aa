"""The numbers of a `<Dial>` pass the outbound gateway before a telephone hears of them."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace

from app.calls.gateway.service import DialWish
from app.flows.directives import Dial, HangUp
from app.flows.effects import Effect, RingStaff
from app.flows.engine import Step
from app.flows.inputs import NOT_LET_OUT, DialEnded
from app.flows.library import FlowLibrary

# Of one step: each goes on where nobody was rung. `connect` gives up well before.
MOST_DIALS = 10

Clear = Callable[[DialWish], Awaitable[tuple[str, ...]]]
GoOn = Callable[[Step, DialEnded], Awaitable[Step]]


async def let_out(
    taken: Step, library: FlowLibrary, call_sid: str, step: int, clear: Clear, go_on: GoOn
) -> Step:
    """The step, dialling only what the gateway lets out, and telling of no other ringing.

    When that is nothing, the flow goes on at once: `go_on` takes the step that follows by a
    `NOT_LET_OUT` with all numbers refused so far. What a `<Dial>` is for, its node says.
    """
    refused: tuple[str, ...] = ()
    for attempt in range(MOST_DIALS):
        dial = taken.directives[-1]
        if not isinstance(dial, Dial):
            return taken
        purpose = library.node(taken.state.node).key
        numbers = await clear(DialWish(call_sid, f"{step}.{attempt}", purpose, dial))
        taken = replace(taken, effects=tuple(_ringing_only(taken.effects, numbers)))
        if numbers:
            cleared = replace(dial, numbers=numbers)
            return replace(taken, directives=(*taken.directives[:-1], cleared))
        refused = tuple(dict.fromkeys((*refused, *dial.numbers)))
        ended = DialEnded(NOT_LET_OUT, bridged=False, refused=refused)
        taken = _joined(taken, await go_on(taken, ended))
    if isinstance(taken.directives[-1], Dial):
        effects = tuple(_ringing_only(taken.effects, ()))
        return replace(taken, directives=(*taken.directives[:-1], HangUp()), effects=effects)
    return taken


def _ringing_only(effects: Sequence[Effect], numbers: Sequence[str]) -> Iterator[Effect]:
    """The effects of a step that rings these numbers and no others."""
    for effect in effects:
        if not isinstance(effect, RingStaff):
            yield effect
            continue
        rung = tuple(number for number in effect.numbers if number in numbers)
        if rung:
            yield replace(effect, numbers=rung)


def _joined(first: Step, second: Step) -> Step:
    return Step(
        state=second.state,
        directives=(*first.directives[:-1], *second.directives),
        effects=(*first.effects, *second.effects),
        trail=(*first.trail, *second.trail[1:]),
        rule=first.rule,
    )
