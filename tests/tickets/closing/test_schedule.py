"""When a caller is rung; all times are the county's own."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from app.flows.directory import CallingHours
from app.tickets.closing.schedule import Window, is_allowed, next_time, try_after

COUNTY = ZoneInfo("Asia/Shanghai")
HOURS = CallingHours()
EVENING = Window(18 * 60, 19 * 60)
NIGHT = Window(22 * 60, 23 * 60)
LATE = Window(20 * 60, 22 * 60)


def at(day: int, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=COUNTY).astimezone(UTC)


CASES = [
    (at(23, "09:00"), None, at(23, "09:00")),
    (at(23, "08:30"), None, at(23, "08:30")),
    (at(23, "08:29"), None, at(23, "08:30")),
    (at(23, "02:30"), None, at(23, "08:30")),
    (at(23, "20:29"), None, at(23, "20:29")),
    (at(23, "20:30"), None, at(24, "08:30")),
    (at(23, "23:59"), None, at(24, "08:30")),
    (at(23, "09:00"), EVENING, at(23, "18:00")),
    (at(23, "18:30"), EVENING, at(23, "18:30")),
    (at(23, "19:00"), EVENING, at(24, "18:00")),
    (at(23, "21:00"), LATE, at(24, "20:00")),  # only the part of it that is allowed
    (at(23, "09:00"), NIGHT, at(23, "09:00")),  # a best time at night is nobody's to keep
]


@pytest.mark.parametrize(("now", "best", "then"), CASES)
def test_by_day_and_at_the_best_time(now: datetime, best: Window | None, then: datetime) -> None:
    assert next_time(now, HOURS, best) == then


TRIES = [
    (1, at(23, "09:30"), at(23, "12:30")),
    (2, at(23, "12:30"), at(24, "15:30")),
    (1, at(23, "19:00"), at(24, "08:30")),
    (2, at(24, "08:30"), at(25, "11:30")),
    (3, at(25, "11:30"), None),
    (4, at(25, "11:30"), None),
]


@pytest.mark.parametrize(("tries", "ended", "then"), TRIES)
def test_each_try_at_another_hour(tries: int, ended: datetime, then: datetime | None) -> None:
    assert try_after(tries, ended, HOURS) == then


def test_no_try_is_at_night_whenever_the_last_one_ended() -> None:
    for minutes in range(0, 24 * 60, 7):
        for tries in (1, 2):
            then = try_after(tries, at(23, "00:00") + timedelta(minutes=minutes), HOURS)
            assert then is not None
            assert is_allowed(then, HOURS)
            assert time(8, 30) <= then.astimezone(COUNTY).time() < time(20, 30)


def test_hours_until_midnight() -> None:
    hours = CallingHours(opens=time(9), closes=time.max)
    assert next_time(at(23, "23:30"), hours) == at(23, "23:30")


def test_hours_must_lie_within_a_day() -> None:
    with pytest.raises(ValueError, match="nobody is rung at night"):
        CallingHours(opens=time(20, 30), closes=time(8, 30))
