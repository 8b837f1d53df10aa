"""The pure rules: states, days, reminders."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from app.flows.directory import CallingHours
from app.flows.hours import COUNTY_TIME
from app.mediation.cases.reminders import at_opening, court_reminder, may_be_planned, reminders
from app.mediation.cases.states import days_between, last_day_for_court, may_follow

HOURS = CallingHours(opens=time(8, 30), closes=time(20, 30))


def county(text: str) -> datetime:
    """An instant as the county's clocks show it: `11-25 10:00`."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=COUNTY_TIME)


@pytest.mark.parametrize(
    ("before", "after", "may"),
    [
        ("open", "in_session", True),
        ("open", "settled", True),
        ("in_session", "settled", True),
        ("in_session", "open", False),
        ("in_session", "failed", True),
        ("in_session", "withdrawn", True),
        ("settled", "failed", False),
        ("failed", "settled", False),
        ("withdrawn", "in_session", False),
    ],
)
def test_a_case_goes_one_way(before: str, after: str, may: bool) -> None:
    assert may_follow(before, after) is may  # type: ignore[arg-type]


def test_days_are_counted_as_people_count_them() -> None:
    assert days_between(county("11-23 23:50"), county("11-24 00:10")) == 1
    assert days_between(county("11-23 00:10"), county("11-23 23:50")) == 0
    assert days_between(county("11-23 12:00"), county("11-30 08:00")) == 7


def test_the_day_of_effect_is_not_counted_in_the_thirty() -> None:
    assert last_day_for_court(date(2026, 11, 24)) == date(2026, 12, 24)
    assert court_reminder(date(2026, 11, 24)) == datetime(2026, 12, 14, 1, tzinfo=UTC)
    assert at_opening(date(2026, 12, 14)).astimezone(COUNTY_TIME).hour == 9


@pytest.mark.parametrize(
    ("planned", "now", "told"),
    [
        ("11-25 10:00", "11-20 10:00", ["11-24 10:00", "11-25 09:00"]),
        ("11-25 08:45", "11-20 10:00", ["11-24 08:45", "11-24 20:29"]),  # 07:45 is too early
        ("11-25 10:00", "11-24 12:00", ["11-25 09:00"]),
        ("11-25 10:00", "11-25 09:30", []),
        ("11-25 20:00", "11-20 10:00", ["11-24 20:00", "11-25 19:00"]),
    ],
)
def test_reminders_keep_to_the_calling_hours(planned: str, now: str, told: list[str]) -> None:
    due = reminders(county(planned), county(now), HOURS).values()
    assert [f"{at.astimezone(COUNTY_TIME):%m-%d %H:%M}" for at in due] == told


def test_nobody_is_rung_at_night() -> None:
    assert may_be_planned(county("11-25 08:30"), HOURS)
    assert not may_be_planned(county("11-25 08:29"), HOURS)
    assert not may_be_planned(county("11-25 20:30"), HOURS)


def test_leads_are_a_day_and_an_hour() -> None:
    planned = county("11-25 15:00")
    due = reminders(planned, county("11-01 09:00"), HOURS)
    assert {lead: planned - at for lead, at in due.items()} == {
        "day": timedelta(days=1),
        "hour": timedelta(hours=1),
    }
