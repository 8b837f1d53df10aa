"""The pure rules: states, days, reminders, who is needed for a session by appointment."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from app.flows.directory import CallingHours
from app.flows.hours import COUNTY_TIME
from app.mediation.appointed import decide, expiry, is_appointed, may_open, unheld
from app.mediation.cases.reminders import at_opening, court_reminder, may_be_planned, reminders
from app.mediation.cases.states import days_between, last_day_for_court, may_follow
from app.mediation.states import Fail, Hold, Invite, Leg, LegState, Open, Role

HOURS = CallingHours(opens=time(8, 30), closes=time(20, 30))


def county(text: str) -> datetime:
    """An instant as the county's clocks show it: `11-25 10:00`."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=COUNTY_TIME)


def legs(*states: tuple[Role, LegState]) -> list[Leg]:
    """One leg for each, all on telephones of their own."""
    return [
        Leg(str(n), role, state, f"+{n}", f"token{n}", None)
        for n, (role, state) in enumerate(states)
    ]


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


@pytest.mark.parametrize(
    ("states", "decision"),
    [
        ([("mediator", "dialing"), ("party", "dialing"), ("party", "notice")], Hold("inviting")),
        ([("mediator", "consented"), ("party", "dialing"), ("party", "consented")], Hold("waiting")),
        ([("mediator", "consented"), ("party", "consented"), ("party", "consented")], Open()),
        ([("mediator", "consented"), ("party", "consented"), ("party", "busy")], Hold("waiting")),
        ([("mediator", "consented"), ("party", "consented"), ("party", "refused")], Fail("refused")),
        (
            [("mediator", "no_answer"), ("party", "consented"), ("party", "consented")],
            Invite("mediator", "mediator_unavailable"),
        ),
        (
            [("mediator", "consented"), ("party", "consented"), ("department", "consented"),
             ("interpreter", "refused")],
            Open(),
        ),
        (
            [("mediator", "consented"), ("party", "consented"), ("interpreter", "consented"),
             ("party", "refused")],
            Fail("refused"),
        ),
    ],
)  # fmt: skip
def test_who_is_waited_for(states: list[tuple[Role, LegState]], decision: object) -> None:
    assert decide(legs(*states)) == decision


def test_when_the_time_is_up_those_who_are_there_begin() -> None:
    three = legs(("mediator", "consented"), ("party", "consented"), ("party", "consented"),
                 ("party", "no_answer"))  # fmt: skip
    assert may_open(three)
    alone = legs(("mediator", "consented"), ("party", "consented"), ("party", "notice"))
    assert not may_open(alone)
    assert expiry(alone) == "no_answer"
    unled = legs(("mediator", "notice"), ("party", "consented"), ("party", "consented"))
    assert not may_open(unled)
    assert (expiry(unled), unheld(unled)) == ("mediator_unavailable", "mediator_unavailable")


def test_a_later_leg_of_the_same_telephone_counts() -> None:
    rung, other, mediator = legs(("party", "no_answer"), ("party", "consented"),
                                 ("mediator", "consented"))  # fmt: skip
    dialled_in = Leg("9", "party", "consented", rung.number, "token9", "CA9")
    assert decide([rung, other, mediator]) == Hold("waiting")
    assert decide([rung, other, mediator, dialled_in]) == Open()


def test_a_session_that_a_caller_convened_keeps_its_own_rules() -> None:
    convened = legs(("caller", "consented"), ("mediator", "refused"))
    assert not is_appointed(convened)
    assert not may_open(convened)
    assert decide(convened) == Invite("mediator", "mediator_unavailable")


def test_leads_are_a_day_and_an_hour() -> None:
    planned = county("11-25 15:00")
    due = reminders(planned, county("11-01 09:00"), HOURS)
    assert {lead: planned - at for lead, at in due.items()} == {
        "day": timedelta(days=1),
        "hour": timedelta(hours=1),
    }
