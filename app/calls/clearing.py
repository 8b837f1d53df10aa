"""The numbers of a `<Dial>` pass the outbound gateway before a telephone hears of them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from app.calls.gateway.service import DialWish
from app.flows.directives import Dial, HangUp
from app.flows.engine import Step
from app.flows.inputs import DialEnded
from app.flows.library import FlowLibrary

MOST_DIALS = 3  # of one step: each goes on where nobody answered
NOT_LET_OUT = DialEnded("failed", bridged=False)

Clear = Callable[[DialWish], Awaitable[tuple[str, ...]]]
GoOn = Callable[[Step], Awaitable[Step]]


async def let_out(
    taken: Step, library: FlowLibrary, call_sid: str, step: int, clear: Clear, go_on: GoOn
) -> Step:
    """The step, dialling only what the gateway lets out.

    When that is nothing, the flow goes on at once as if nobody had answered: `go_on` takes the
    step that follows by `NOT_LET_OUT`. What a `<Dial>` is for, its node says.
    """
    for attempt in range(MOST_DIALS):
        dial = taken.directives[-1]
        if not isinstance(dial, Dial):
            return taken
        purpose = library.node(taken.state.node).key
        numbers = await clear(DialWish(call_sid, f"{step}.{attempt}", purpose, dial))
        if numbers:
            cleared = replace(dial, numbers=numbers)
            return replace(taken, directives=(*taken.directives[:-1], cleared))
        taken = _joined(taken, await go_on(taken))
    if isinstance(taken.directives[-1], Dial):
        return replace(taken, directives=(*taken.directives[:-1], HangUp()))
    return taken


def _joined(first: Step, second: Step) -> Step:
    return Step(
        state=second.state,
        directives=(*first.directives[:-1], *second.directives),
        effects=(*first.effects, *second.effects),
        trail=(*first.trail, *second.trail[1:]),
        rule=first.rule,
    )
