"""The funnel from the greeting to what came of a call. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.insight.flow_numbers.counting import STAGES

# What is nobody's success; everything else helped the caller.
UNHELPED = frozenset({"", "abandoned", "unanswered", "misdialled", "banned"})
HELPED = "helped"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: what it counts, how many, and its share of all calls."""

    key: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many calls got how far, and what they led to, the most frequent first."""

    stages: tuple[Bar, ...]
    outcomes: tuple[Bar, ...]

    @property
    def calls(self) -> int:
        """All inbound calls."""
        return self.stages[0].count


def funnel_of(journeys: Mapping[tuple[str, str], int]) -> Funnel:
    """The funnel of calls by their furthest stage and their outcome.

    A call that helped its caller (somebody rang back to say so, a mediation began by itself) got
    through every stage before, whatever was pressed.
    """
    reached = dict.fromkeys((*STAGES, HELPED), 0)
    outcomes: dict[str, int] = {}
    for (furthest, outcome), count in journeys.items():
        helped = outcome not in UNHELPED
        through = STAGES if helped else STAGES[: _place(furthest) + 1]
        for stage in (*through, *([HELPED] if helped else [])):
            reached[stage] += count
        outcomes[outcome] = outcomes.get(outcome, 0) + count
    whole = sum(outcomes.values())

    def bar(key: str, count: int) -> Bar:
        return Bar(key, count, count / whole if whole else 0.0)

    falling = sorted(outcomes.items(), key=lambda pair: (-pair[1], pair[0]))
    return Funnel(
        tuple(bar(*pair) for pair in reached.items()), tuple(bar(*pair) for pair in falling)
    )


def _place(stage: str) -> int:
    """The place of a stage; one that is no longer known is the first."""
    return next((place for place, known in enumerate(STAGES) if known == stage), 0)
