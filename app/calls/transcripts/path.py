"""The way of a call through the flow: where it stopped, since when, for how long. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.calls.transcripts.events import Event


@dataclass(frozen=True, slots=True)
class Stop:
    """A node at which the call waited for something; `turns` is how often something was given.

    Nodes that only led on left no trace of their own. `until` is None for where the call is now.
    """

    node: str
    since: datetime
    until: datetime | None
    turns: int = 0

    def seconds(self, now: datetime) -> float:
        """How long the call stayed, or has stayed."""
        return ((self.until or now) - self.since).total_seconds()


def path(events: Sequence[Event], node: str, ended_at: datetime | None) -> tuple[Stop, ...]:
    """The stops of a call from its events, given the node where it is (or was last)."""
    return tuple(_stops([event for event in events if event.kind == "step"], node, ended_at))


def _stops(steps: Sequence[Event], node: str, ended_at: datetime | None) -> Iterator[Stop]:
    """A step happens at the node where the one before it led to."""
    current: Stop | None = None
    since = steps[0].at if steps else None
    for step in steps:
        if current is None:
            current = Stop(step.node, step.at, None)
        elif current.node != step.node:
            assert since is not None
            yield replace(current, until=since)
            current = Stop(step.node, since, None)
        current = replace(current, turns=current.turns + 1)
        since = step.at
    if current is None:
        return
    if node and node != current.node:
        assert since is not None
        yield replace(current, until=since)
        current = Stop(node, since, None)
    yield replace(current, until=ended_at)
