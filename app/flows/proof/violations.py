"""What the proof finds, before it has a place in a file."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.flows.proof.exploration import Place, Turn, Walk

LONGEST_PATH = 12  # turns of a path that are written out


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule broken at a node, with a sentence and a hint."""

    rule: str
    node: str
    sentence: str
    hint: str = ""


def written(turns: Iterable[Turn]) -> str:
    """A path in words: `main.greeting → main.menu, key 1 → policy.ask`."""
    parts: list[str] = []
    for turn in turns:
        if turn.source is None:
            parts.append(" → ".join(turn.trail))
        else:
            goes = turn.trail[1:] or ("again" if turn.target else "the call ends",)
            parts[-1] += f", {turn.words}"
            parts.append(" → ".join(goes))
    if len(parts) > LONGEST_PATH:
        parts[LONGEST_PATH // 2 : -LONGEST_PATH // 2] = ["…"]
    return " → ".join(parts)


def way_to(walk: Walk, place: Place | None, *further: Turn) -> str:
    """The shortest way to a place, and what happens there, as a hint."""
    return f"The shortest way: {written([*walk.path(place), *further])}."
