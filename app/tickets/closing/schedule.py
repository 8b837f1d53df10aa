"""When a caller is rung: by day, at their best time if it is known, each try at another hour."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from app.flows.hours import COUNTY_TIME

MOST_TRIES = 3
SILENCE = timedelta(days=7)
# After the first and the second try in vain: later the same day, then the next day, another hour.
WAITS = (timedelta(hours=3), timedelta(hours=27))

MINUTES_A_DAY = 24 * 60


class CallingHours(Protocol):
    """When citizens may be rung, every day, in the county's own time."""

    @property
    def opens(self) -> time:
        """From when on."""

    @property
    def closes(self) -> time:
        """Until when."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the day: minutes after midnight in the county, the end not included."""

    from_minute: int
    until_minute: int

    @classmethod
    def of(cls, hours: CallingHours) -> "Window":
        """The calling hours as a window."""
        return cls(_minutes(hours.opens), _minutes(hours.closes))

    def within(self, other: "Window") -> "Window":
        """The part of this window that lies in another one; the other one when there is none."""
        common = Window(
            max(self.from_minute, other.from_minute), min(self.until_minute, other.until_minute)
        )
        return common if common.from_minute < common.until_minute else other


def next_time(at: datetime, hours: CallingHours, best: Window | None = None) -> datetime:
    """The first instant, not before `at`, at which a caller may be rung."""
    allowed = Window.of(hours)
    window = best.within(allowed) if best else allowed
    today = at.astimezone(COUNTY_TIME).date()
    if at < _instant(today, window.from_minute):
        return _instant(today, window.from_minute)
    if at < _instant(today, window.until_minute):
        return at
    return _instant(today + timedelta(days=1), window.from_minute)


def is_allowed(at: datetime, hours: CallingHours) -> bool:
    """Whether citizens may be rung at an instant, whatever time they like best."""
    return next_time(at, hours) == at


def try_after(
    tries: int, at: datetime, hours: CallingHours, best: Window | None = None
) -> datetime | None:
    """When to ring again after so many tries, the last one having ended at `at`; None: no more."""
    if tries >= MOST_TRIES:
        return None
    return next_time(at + WAITS[tries - 1], hours, best)


def _minutes(clock: time) -> int:
    return MINUTES_A_DAY if clock == time.max else clock.hour * 60 + clock.minute


def _instant(day: date, minute: int) -> datetime:
    midnight = datetime.combine(day, time.min, COUNTY_TIME)
    return (midnight + timedelta(minutes=minute)).astimezone(UTC)
