"""What one call adds to the numbers, from its events alone. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Literal

from app.calls.outcomes.rules import MISSED
from app.flows.hours import COUNTY_TIME

Stage = Literal["called", "heard", "acted", "chose"]
# How far an inbound call got; each includes those before it.
STAGES: tuple[Stage, ...] = (
    "called",  # it reached us
    "heard",  # and was not a slip of the finger
    "acted",  # a key was pressed, or something said or recorded
    "chose",  # and that was understood
)
MEASURES = (
    "visits",
    "callers",
    "seconds",
    "silences",
    "wrongs",
    "not_understood",
    "repeats",
    "ends",
    "hang_ups",
    "lost",
)  # fmt: skip
ACTS = frozenset({"pressed", "spoke", "recorded"})
LEADING_RULES = frozenset({"person", "emergency", "silence", "wrong"})

NodeKey = tuple[date, str, str]  # day, version, node
WayKey = tuple[date, str, str, str, str]  # day, version, node, target, cause
JourneyKey = tuple[date, str, str, str]  # day, version, stage, outcome


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A step of a call: what was given at which node, and what the flow made of it.

    `rule` is the one of `flows.engine` that took the input, `via` are nodes that were only passed.
    """

    node: str
    at: datetime
    given: str
    rule: str = ""
    via: tuple[str, ...] = ()
    keys: str = ""
    bridged: bool = False


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call that is over: `node` is where it was last, `finished` that the flow ended it."""

    sid: str
    version: str
    is_inbound: bool
    started_at: datetime
    ended_at: datetime
    node: str
    finished: bool
    outcome: str

    @property
    def day(self) -> date:
        """The county's day on which it began."""
        return self.started_at.astimezone(COUNTY_TIME).date()

    def at_node(self, node: str) -> NodeKey:
        """What counts at a node on its day."""
        return self.day, self.version, node


@dataclass(slots=True)
class Tally:
    """What calls add up to. `nodes` is counted by node and measure."""

    nodes: Counter[tuple[NodeKey, str]] = field(default_factory=Counter)
    ways: Counter[WayKey] = field(default_factory=Counter)
    journeys: Counter[JourneyKey] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """Count another one in."""
        self.nodes.update(other.nodes)
        self.ways.update(other.ways)
        self.journeys.update(other.journeys)

    def by_node(self) -> Mapping[NodeKey, dict[str, int]]:
        """The measures of each node."""
        found: dict[NodeKey, dict[str, int]] = {}
        for (key, measure), count in self.nodes.items():
            found.setdefault(key, dict.fromkeys(MEASURES, 0))[measure] = count
        return found


def tally_of(call: EndedCall, steps: Sequence[FlowStep]) -> Tally:
    """What one call adds; nothing when it took no step in a flow."""
    tally = Tally()
    if not steps:
        return tally
    visited = [steps[0].node]
    for step, place, until in _followed(call, steps):
        trail = (step.node, *step.via, place)
        if trail != (step.node, step.node):
            visited += trail[1:]
            tally.ways.update(_ways(call, step, trail))
        stayed = max(0, round((until - step.at).total_seconds()))
        tally.nodes[call.at_node(place), "seconds"] += stayed
        if measure := _failure(step):
            tally.nodes[call.at_node(step.node), measure] += 1
    tally.nodes.update((call.at_node(node), "visits") for node in visited)
    passed = {*visited, *(node.partition(".")[0] for node in visited)}
    tally.nodes.update((call.at_node(node), "callers") for node in passed)
    tally.nodes[call.at_node(call.node), "ends" if call.finished else "hang_ups"] += 1
    if call.outcome in MISSED:
        tally.nodes[call.at_node(call.node), "lost"] += 1
    if call.is_inbound:
        tally.journeys[call.day, call.version, stage_of(call, steps), call.outcome] += 1
    return tally


def cause_of(step: FlowStep) -> str:
    """By what a call left a node: a rule that holds everywhere, a key, `words`, or what ended.

    `keys` stands for several of them: they may be a number that is nobody's business. Empty when
    the flow went on by itself.
    """
    if step.rule in LEADING_RULES:
        return step.rule
    match step.given:
        case "pressed":
            return step.keys if len(step.keys) == 1 else "keys"
        case "spoke":
            return "words"
        case "recorded":
            return "recorded"
        case "dialended":
            return "talked" if step.bridged else "unanswered"
    return ""


def stage_of(call: EndedCall, steps: Sequence[FlowStep]) -> Stage:
    """How far an inbound call got."""
    acts = [step for step in steps if step.given in ACTS]
    if any(step.rule not in ("wrong", "silence") for step in acts):
        return "chose"
    if acts:
        return "acted"
    return "called" if call.outcome == "misdialled" else "heard"


def _followed(
    call: EndedCall, steps: Sequence[FlowStep]
) -> Iterator[tuple[FlowStep, str, datetime]]:
    """Each step, where it led to, and when the next thing happened there."""
    for step, after in pairwise(steps):
        yield step, after.node, after.at
    yield steps[-1], call.node, call.ended_at


def _ways(call: EndedCall, step: FlowStep, trail: Sequence[str]) -> Iterator[WayKey]:
    """The ways of one step: the first by what was given, those after it by themselves."""
    for number, (here, there) in enumerate(pairwise(trail)):
        yield call.day, call.version, here, there, "" if number else cause_of(step)


def _failure(step: FlowStep) -> str:
    """The measure of an answer that was none."""
    match step.rule, step.given:
        case "silence", _:
            return "silences"
        case "wrong", "pressed":
            return "wrongs"
        case "wrong", "spoke":
            return "not_understood"
        case "repeat", _:
            return "repeats"
    return ""
