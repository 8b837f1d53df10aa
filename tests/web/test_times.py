"""Times as people say them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from app.web.times import countdown, countdown_tone, day_of_year, when

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "chinese", "english"),
    [
        (timedelta(minutes=12, seconds=5), "剩 12 分", "12 min"),
        (timedelta(minutes=2, seconds=5), "剩 2 分 5 秒", "2 min 5 s"),
        (-timedelta(hours=1, minutes=5), "超时 1 小时 5 分", "late by 1 h 5 min"),
        (timedelta(days=1, minutes=5), "剩 1 天", "1 d"),
        (timedelta(days=2), "剩 2 天", "2 d"),
        (timedelta(), "剩 0 秒", "0 s"),
    ],
)
def test_what_is_left_is_said_as_the_browser_goes_on_to_say_it(
    left: timedelta, chinese: str, english: str
) -> None:
    assert countdown(NOW + left, NOW, "zh-CN") == chinese
    assert countdown(NOW + left, NOW, "en-US") == english


@pytest.mark.parametrize(("left", "tone"), [(-1, "late"), (59, "soon"), (60, "calm")])
def test_a_countdown_turns_before_its_end(left: int, tone: str) -> None:
    assert countdown_tone(NOW + timedelta(seconds=left), NOW, 60) == tone


@pytest.mark.parametrize(
    ("away", "chinese", "english"),
    [
        (timedelta(days=2), "周四 12:00", "Thu 12:00"),
        (timedelta(days=20), "12月14日 12:00", "14 Dec 12:00"),
        (timedelta(days=60), "2027年1月23日 12:00", "23 Jan 2027 12:00"),
        (-timedelta(days=400), "2025年10月20日", "20 Oct 2025"),
    ],
)
def test_what_is_to_come_is_said_with_its_hour(away: timedelta, chinese: str, english: str) -> None:
    assert when(NOW + away, NOW, "zh-CN") == chinese
    assert when(NOW + away, NOW, "en-US") == english


def test_a_day_is_read_as_the_same_one_by_everybody() -> None:
    """11/3 is the third of November to some and the eleventh of March to others."""
    assert [day_of_year(date(2026, 11, 3), tag) for tag in ("zh-CN", "en-US")] == [
        "11月3日",
        "3 Nov",
    ]
