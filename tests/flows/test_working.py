"""Working time against a brute force that counts minute by minute, and a table of hard days."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from app.flows.calendar import Closure, WorkingCalendar, YearOverlay
from app.flows.hours import COUNTY_TIME, WEEKDAYS, Hours
from app.flows.working import ROUND_THE_CLOCK, WorkingTime
from app.people.roster.calendar import ChineseHolidays
from hypothesis import given, settings
from hypothesis import strategies as st

CHINA = ChineseHolidays()
OFFICE = (Hours(days=["mon", "tue", "wed", "thu", "fri"], opens="08:30", closes="17:30"),)
MINUTE = timedelta(minutes=1)


def county(text: str) -> datetime:
    """An instant written in the county's time."""
    return datetime.fromisoformat(text).replace(tzinfo=COUNTY_TIME).astimezone(UTC)


def working(hours: tuple[Hours, ...] = OFFICE, **overlay: YearOverlay) -> WorkingTime:
    years = {key.removeprefix("y"): value for key, value in overlay.items()}
    return WorkingTime(hours, WorkingCalendar(CHINA, years), "water")


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-11-23 09:00", 30, "2026-11-23 09:30"),
        ("2026-11-23 17:15", 30, "2026-11-24 08:45"),  # over night
        ("2026-11-20 17:20", 30, "2026-11-23 08:50"),  # over the weekend
        ("2026-11-23 03:00", 30, "2026-11-23 09:00"),  # before opening
        ("2026-11-23 17:30", 1, "2026-11-24 08:31"),  # at closing
        ("2026-11-23 08:30", 540, "2026-11-23 17:30"),  # exactly one day
        ("2026-02-13 17:00", 60, "2026-02-14 09:00"),  # Saturday is a make-up workday
        ("2026-02-14 17:00", 60, "2026-02-24 09:00"),  # the Spring Festival begins next day
        ("2026-09-30 17:00", 60, "2026-10-08 09:00"),  # the National Day holidays
        ("2026-10-09 17:00", 60, "2026-10-10 09:00"),  # and their make-up Saturday
        ("2026-12-31 17:00", 60, "2027-01-04 09:00"),  # over the end of the year
        ("2028-02-28 17:00", 60, "2028-02-29 09:00"),  # a leap day
    ],
)
def test_adding_working_time(start: str, minutes: int, expected: str) -> None:
    assert working().add(county(start), minutes * 60) == county(expected)
    assert working().between(county(start), county(expected)) == minutes * 60


def test_the_county_knows_better_than_the_library() -> None:
    overlay = YearOverlay(
        holidays=["2026-11-24"],
        workdays=["2026-11-28"],
        closures=[Closure(days="2026-11-25/2026-11-26", departments=["water"])],
    )
    hours = working(y2026=overlay)
    assert hours.add(county("2026-11-23 17:00"), 3_600) == county("2026-11-27 09:00")
    assert hours.add(county("2026-11-27 17:00"), 3_600) == county("2026-11-28 09:00")
    others = WorkingTime(OFFICE, hours.calendar, "justice")
    assert others.add(county("2026-11-23 17:00"), 3_600) == county("2026-11-25 09:00")


def test_hours_that_are_kept_on_holidays() -> None:
    always = (Hours(days=list(WEEKDAYS), opens="00:00", closes="24:00", holidays=True),)
    start = county("2026-09-30 12:00")
    assert working(always).add(start, 7 * 86_400) == start + timedelta(days=7)
    assert working(always).is_open(county("2026-10-01 23:59:59.9999995"[:26]))


def test_an_office_that_never_opens_keeps_its_promises_round_the_clock() -> None:
    start = county("2026-11-23 09:00")
    assert working(()).add(start, 1_800) == start + timedelta(minutes=30)
    assert working(()).between(start, start + timedelta(days=3)) == 0


def test_round_the_clock() -> None:
    start = county("2026-12-31 23:50")
    assert ROUND_THE_CLOCK.add(start, 1_200) == county("2027-01-01 00:10")
    assert ROUND_THE_CLOCK.between(start, start - MINUTE) == 0


# --- the brute force


def _is_open(hours: tuple[Hours, ...], calendar: WorkingCalendar, at: datetime) -> bool:
    """Whether one minute is worked, straight from the meaning of the words."""
    local = at.astimezone(COUNTY_TIME)
    kind = calendar.kind(local.date(), "water")
    for entry in hours:
        days = {WEEKDAYS.index(day) for day in entry.days}
        if kind == "holiday":
            is_day = entry.holidays and local.weekday() in days
        elif kind == "workday" and local.weekday() > 4:
            is_day = 0 in days
        else:
            is_day = local.weekday() in days
        closes = entry.closes if entry.closes != time.max else None
        if is_day and entry.opens <= local.time() and (closes is None or local.time() < closes):
            return True
    return False


clock_times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@st.composite
def some_hours(draw: st.DrawFn) -> tuple[Hours, ...]:
    entries = []
    for _ in range(draw(st.integers(1, 3))):
        opens, closes = sorted(draw(st.lists(clock_times, min_size=2, max_size=2, unique=True)))
        days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True))
        late = draw(st.booleans())
        entries.append(
            Hours(
                days=days,
                opens=opens,
                closes="24:00" if late else closes,
                holidays=draw(st.booleans()),
            )
        )
    return tuple(entries)


@st.composite
def some_calendar(draw: st.DrawFn) -> WorkingCalendar:
    """Days around the Spring Festival and National Day of 2026, with closures of the county."""
    first = date(2026, draw(st.sampled_from([2, 10])), draw(st.integers(1, 20)))
    overlay = YearOverlay(
        holidays=[(first + timedelta(days=3), first + timedelta(days=draw(st.integers(3, 5))))],
        workdays=[(first + timedelta(days=6), first + timedelta(days=6))],
        closures=[Closure(days=(first, first), departments=draw(st.sampled_from([[], ["water"]])))],
    )
    return WorkingCalendar(CHINA, {"2026": overlay})


starts = st.builds(
    lambda day, minute: county("2026-01-28 00:00") + timedelta(days=day, minutes=minute),
    st.sampled_from([*range(30), *range(240, 262)]),
    st.integers(0, 1_439),
)


@settings(max_examples=60, deadline=None)
@given(some_hours(), some_calendar(), starts, st.integers(1, 900))
def test_it_is_what_counting_minutes_gives(
    hours: tuple[Hours, ...], calendar: WorkingCalendar, start: datetime, minutes: int
) -> None:
    subject = WorkingTime(hours, calendar, "water")
    limit = start + timedelta(days=9)
    counted, at = 0, start
    while counted < minutes and at < limit:
        is_open = _is_open(hours, calendar, at)
        assert subject.is_open(at) == is_open
        counted += is_open
        at += MINUTE
    assert subject.between(start, at) == counted * 60
    if counted == minutes:
        assert subject.add(start, minutes * 60) == at
    else:
        assert subject.add(start, minutes * 60) > limit


@settings(max_examples=100, deadline=None)
@given(some_hours(), some_calendar(), starts, st.floats(0.001, 200_000))
def test_what_is_added_is_what_lies_between(
    hours: tuple[Hours, ...], calendar: WorkingCalendar, start: datetime, seconds: float
) -> None:
    subject = WorkingTime(hours, calendar, "water")
    assert subject.between(start, subject.add(start, seconds)) == pytest.approx(seconds, abs=1e-5)
