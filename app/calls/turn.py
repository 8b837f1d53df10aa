"""One turn of a call: a pure step, rendered and made ready to be written."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.calls.facts import CallFacts
from app.calls.wiring import Renderer
from app.calls.writes import StepWrite
from app.flows import engine
from app.flows.context import Context
from app.flows.directives import Directive, without_secrets
from app.flows.effects import Effect
from app.flows.inputs import DialEnded, Input, Pressed, Recorded, Resumed, Spoke, Started
from app.flows.library import FlowLibrary
from app.flows.state import State

HIDDEN_KEYS = "????"

_encode = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Turn:
    """A step that was taken and is not yet written."""

    write: StepWrite
    effects: Sequence[Effect]
    facts: CallFacts
    answer: str
    after: State


def take_turn(
    library: FlowLibrary,
    state: State,
    given: Input,
    context: Context,
    step: int,
    renderer: Renderer,
) -> Turn:
    """Step the flow and render the answer. In a degraded context the answer carries the state."""
    taken = engine.step(library, state, given, context)
    return turn_of_step(taken, library, state, given, context, step, renderer)


def turn_of_step(
    taken: engine.Step,
    library: FlowLibrary,
    state: State,
    given: Input,
    context: Context,
    step: int,
    renderer: Renderer,
) -> Turn:
    """A step that was taken from a state by what was given there, as what is to be written."""
    after = taken.state
    kept = after.to_json()
    token = encode_state(kept, library.version) if context.degraded else ""

    def answered(directives: Sequence[Directive]) -> str:
        return renderer.answer(directives, context.call_sid, after.node, step + 1, token)

    answer = answered(taken.directives)
    for_the_record = without_secrets(taken.directives)
    write = StepWrite(
        sid=context.call_sid,
        step=step,
        state=kept,
        node=after.node,
        language=after.language,
        at=context.now,
        happened_at_node=state.node,
        detail=describe(_without_secret(library, state, given), taken),
        words=given.words if isinstance(given, Spoke) else None,
        answer=answer if for_the_record is taken.directives else answered(for_the_record),
        flow_version=library.version,
    )
    facts = CallFacts(
        context.call_sid, context.caller, after.language, context.now, library.version
    )
    return Turn(write, taken.effects, facts, answer, after)


def _without_secret(library: FlowLibrary, state: State, given: Input) -> Input:
    """What was given, as it may be kept: of a PIN not even the number of its digits."""
    if not isinstance(given, Pressed) or not library.has_node(state.node):
        return given
    return Pressed(HIDDEN_KEYS) if library.node(state.node).hides_keys(state) else given


def describe(given: Input, taken: engine.Step) -> str:
    """What was given and what it led to, as compact JSON with ASCII keys; no spoken words.

    `via` are the nodes that were only passed: where a step led to is where the next one happens.
    """
    effects = tuple([type(effect).__name__ for effect in taken.effects])
    return _described(given, effects, taken.rule, taken.trail[1:-1])


@lru_cache(maxsize=1_024)
def _described(
    given: Input, effects: tuple[str, ...], rule: engine.Rule, via: tuple[str, ...]
) -> str:
    told: dict[str, Any] = {"given": type(given).__name__.lower()}
    match given:
        case Pressed(digits):
            told["keys"] = digits
        case Spoke(_, confidence):
            told["confidence"] = confidence
        case Recorded(sid, seconds, key):
            told.update(recording=sid, seconds=seconds, key=key)
        case DialEnded(status, bridged, seconds):
            told.update(status=status, bridged=bridged, seconds=seconds)
        case Resumed(reason):
            told["reason"] = reason
        case Started(answered_by) if answered_by:
            told["answered_by"] = answered_by
    if effects:
        told["effects"] = effects
    if rule:
        told["rule"] = rule
    if via:
        told["via"] = via
    return _encode(told)


def encode_state(state_json: str, version: str = "") -> str:
    """The state for an action URL, which the provider's signature covers.

    With it goes the version the call is pinned to: any worker may take the next step.
    """
    told = f'{state_json[:-1]},"f":{_encode(version)}}}' if version else state_json
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def decode_state(token: str) -> tuple[State, str]:
    """The inverse of `encode_state`: the state, and the version or "". Raises ValueError."""
    try:
        padded = token + "=" * (-len(token) % 4)
        told = base64.urlsafe_b64decode(padded).decode()
        return State.from_json(told), str(json.loads(told).get("f", ""))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a state token") from error
