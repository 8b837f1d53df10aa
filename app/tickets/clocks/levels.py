"""When the levels of a clock are passed: pure, from stored instants and a `Timepiece` (law L8)."""

from dataclasses import dataclass
from datetime import datetime

from app.flows.working import Timepiece
from app.tickets.clocks.models import ClockName

LEVELS = (50, 80, 100)  # percent of the promised time


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that is running: its end, and its promise in minutes."""

    clock: ClockName
    due_at: datetime
    within: int


@dataclass(frozen=True, slots=True)
class Passing:
    """A level of a clock and when it is passed."""

    clock: ClockName
    level: int
    at: datetime


def passings(timepiece: Timepiece, running: Running, at: datetime) -> tuple[Passing, ...]:
    """When each level is passed, seen from an instant, the lowest first.

    A level below 100 that lies behind is said to be passed at that very instant: since when does
    not matter any more.
    """
    left = timepiece.between(at, running.due_at)
    return tuple(
        Passing(running.clock, level, _instant(timepiece, running, level, left, at))
        for level in LEVELS
    )


def _instant(
    timepiece: Timepiece, running: Running, level: int, left: float, at: datetime
) -> datetime:
    if level == 100:
        return running.due_at
    return timepiece.add(at, left - running.within * 60 * (100 - level) / 100)
