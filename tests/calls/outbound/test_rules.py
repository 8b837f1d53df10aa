"""Who may be rung, and how often."""

from datetime import UTC, datetime, timedelta

import pytest
from app.calls.outbound.rules import allowed_from, may_be_rung

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def before(*minutes: int) -> list[datetime]:
    return [NOON - timedelta(minutes=each) for each in minutes]


NUMBERS = [
    ("+8613800138000", True),
    ("+867452223333", True),  # a fixed line of the county
    ("+861012345678", True),  # Beijing
    ("+8616812345678", False),  # premium
    ("+8612345", False),  # a hotline's short number
    ("+86110", False),
    ("+8613800", False),
    ("+85223456789", False),  # Hong Kong
    ("+881612345678", False),  # satellite
    ("+19005551212", False),
    ("+14155552671", False),
    ("13800138000", False),  # not E.164
    ("anonymous", False),
    ("", False),
    ("+", False),
    ("+86" + "1" * 30, False),
]


@pytest.mark.parametrize(("number", "allowed"), NUMBERS)
def test_only_ordinary_telephones_of_the_country(number: str, allowed: bool) -> None:
    assert may_be_rung(number) is allowed


CASES = [
    ([], 0),
    (before(61), 0),
    (before(60), 0),
    (before(59), 1),
    (before(10), 50),
    (before(1_430, 700, 61), 10),  # the third of the day: when the first is a day old
    (before(1_441, 700, 61), 0),
    (before(1_430, 700, 300, 61), 740),
    (before(1_435, 700, 30), 30),
]


@pytest.mark.parametrize(("placed", "minutes"), CASES)
def test_once_an_hour_and_three_times_a_day(placed: list[datetime], minutes: int) -> None:
    assert allowed_from(placed, NOON) == NOON + timedelta(minutes=minutes)
