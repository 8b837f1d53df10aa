"""How much may be placed within an hour and a day: what is used, and which cap says no. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from app.flows.directory import Caps

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Scope = Literal["number", "own_number", "staff", "calls", "minutes"]


@dataclass(frozen=True, slots=True)
class Usage:
    """What was placed within the last hour and the last day: legs, and the seconds they book."""

    legs_hour: int = 0
    legs_day: int = 0
    seconds_hour: int = 0
    seconds_day: int = 0


@dataclass(frozen=True, slots=True)
class Gauge:
    """One cap and how much of it is used, in calls or in minutes. `name` is as in `dialling.caps`.

    `most` of a leg that asks includes the leg itself; `window` is the stretch of time it is about.
    """

    scope: Scope
    window: timedelta
    used: int
    most: int

    @property
    def name(self) -> str:
        """As it is written in `directory.yaml`."""
        return f"{self.scope}_per_{'hour' if self.window == HOUR else 'day'}"

    def refuses(self, wanted: int) -> bool:
        """Whether so many more calls or minutes do not fit."""
        return self.used + wanted > self.most


def gauges(scope: Scope, usage: Usage, caps: Caps) -> Iterator[Gauge]:
    """The caps of a scope in calls, by the hour and by the day."""
    for window, used in ((HOUR, usage.legs_hour), (DAY, usage.legs_day)):
        gauge = Gauge(scope, window, used, 0)
        yield Gauge(scope, window, used, getattr(caps, gauge.name))


def hotline_gauges(usage: Usage, caps: Caps) -> Iterator[Gauge]:
    """The caps of the whole hotline, in calls and in minutes."""
    yield from gauges("calls", usage, caps)
    minutes = Usage(minutes_of(usage.seconds_hour), minutes_of(usage.seconds_day))
    yield from gauges("minutes", minutes, caps)


def minutes_of(seconds: int) -> int:
    """As the provider counts: every begun minute."""
    return -(-seconds // 60)
