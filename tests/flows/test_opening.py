"""What callers are told of hours and holidays, on hard days."""

from datetime import date

import pytest
from app.flows import engine
from app.flows.calendar import YearOverlay
from app.flows.compiler import compile_folder
from app.flows.hours import Hours
from app.flows.inputs import Pressed, Silent
from app.flows.opening import Holiday, Opening, next_holiday, opening
from app.flows.state import State
from tests.flows.folders import SHELF, SHIPPED, context
from tests.flows.test_languages import spoken
from tests.flows.test_working import CHINA, OFFICE, county, working

LIBRARY = compile_folder(SHIPPED, SHELF, CHINA)
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ALWAYS = (Hours(days=EVERY_DAY, opens="00:00", closes="24:00", holidays=True),)
NOON_BREAK = (
    Hours(days=EVERY_DAY, opens="08:00", closes="12:00"),
    Hours(days=EVERY_DAY, opens="14:00", closes="18:00"),
)


@pytest.mark.parametrize(
    ("hours", "at", "until", "opens"),
    [
        (OFFICE, "2026-11-23 09:00", "2026-11-23 17:30", ""),
        (OFFICE, "2026-11-23 17:30", "", "2026-11-24 08:30"),
        (OFFICE, "2026-11-23 03:00", "", "2026-11-23 08:30"),
        (OFFICE, "2026-11-20 18:00", "", "2026-11-23 08:30"),
        (OFFICE, "2026-10-01 10:00", "", "2026-10-08 08:30"),
        (OFFICE, "2026-10-10 10:00", "2026-10-10 17:30", ""),  # a make-up Saturday
        (NOON_BREAK, "2026-11-23 11:00", "2026-11-23 12:00", ""),
        (NOON_BREAK, "2026-11-23 13:00", "", "2026-11-23 14:00"),
    ],
)
def test_when_the_office_closes_or_opens(
    hours: tuple[Hours, ...], at: str, until: str, opens: str
) -> None:
    expected = Opening(
        is_open=bool(until),
        until=county(until) if until else None,
        opens=county(opens) if opens else None,
    )
    assert opening(working(hours), county(at)) == expected


def test_an_office_that_never_closes_and_one_that_never_opens() -> None:
    assert opening(working(ALWAYS), county("2026-11-23 03:00")) == Opening(is_open=True)
    assert opening(working(()), county("2026-11-23 03:00")) == Opening(is_open=False)


@pytest.mark.parametrize(
    ("today", "holiday"),
    [
        ("2026-09-08", None),
        ("2026-09-24", Holiday(date(2026, 9, 25), date(2026, 9, 27), ())),
        ("2026-10-01", Holiday(date(2026, 10, 1), date(2026, 10, 7), (date(2026, 10, 10),))),
        ("2026-11-23", None),
    ],
)
def test_the_next_holiday(today: str, holiday: Holiday | None) -> None:
    assert next_holiday(working(), date.fromisoformat(today)) == holiday


def test_a_closure_of_one_day_is_told_as_one() -> None:
    closed = YearOverlay(holidays=["2026-11-25"])
    found = next_holiday(working(OFFICE, y2026=closed), date(2026, 11, 23))
    assert found == Holiday(date(2026, 11, 25), date(2026, 11, 25), ())


HEARD = [
    ("zh-CN", "2026-11-23 09:00", "办公室现在开着，今天下午5点30分下班。"),
    ("zh-CN", "2026-11-23 20:00", "办公室现在下班了，明天上午8点30分上班。"),
    (
        "zh-CN",
        "2026-10-01 10:00",
        "办公室现在下班了，十月八日星期四上午8点30分上班。 "
        "十月一日星期四到十月七日星期三放假。 十月十日星期六照常上班。",
    ),
    (
        "en-US",
        "2026-10-01 10:00",
        "The office is closed now, and opens Thursday, October the eighth at 8:30 AM. It is closed "
        "for a public holiday from Thursday, October the first to Wednesday, October the seventh. "
        "Saturday, October the tenth is a working day.",
    ),
    ("yue-HK", "2026-11-23 20:00", "辦公室而家放咗工，聽日上晝8點30分返工。"),
]


@pytest.mark.parametrize(("language", "at", "heard"), HEARD)
def test_hours_as_callers_hear_them(language: str, at: str, heard: str) -> None:
    state = State("main.more", language)
    step = engine.step(LIBRARY, state, Pressed("8"), context(now=county(at)))
    said = spoken(step.directives)
    assert " ".join(text for _, text in said) == heard
    assert {tag for tag, _ in said} == {language}
    for given in (Silent(), Pressed("1")):
        after = engine.step(LIBRARY, step.state, given, context(now=county(at)))
        assert after.state.node == "main.menu"
    nine = engine.step(LIBRARY, step.state, Pressed("9"), context(now=county(at)))
    assert nine.state.node == "emergency.start"
