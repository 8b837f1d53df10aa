"""The clock columns on working time: across the night, the weekend, a wait, and reopening."""

from datetime import UTC, datetime, time, timedelta

import pytest
from app.flows.calendar import WorkingCalendar
from app.flows.hours import Hours
from app.flows.working import ROUND_THE_CLOCK, Timepiece, WorkingTime
from app.tickets.deadlines import Clocks, entering, promised, what_counts
from app.tickets.routing import Routing
from app.tickets.states import TicketState

OFFICE = WorkingTime(
    (Hours(days=["mon", "tue", "wed", "thu", "fri"], opens=time(8, 30), closes=time(17, 30)),),
    WorkingCalendar(),
)
PROMISE = Routing(respond=timedelta(minutes=30), complete=timedelta(hours=9), clock="working")


def county(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 in the county's time; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.mark.parametrize(
    ("time_of", "start", "respond", "complete"),
    [
        (OFFICE, county(19, 9), county(19, 9, 30), county(20, 9)),
        (OFFICE, county(20, 17, 20), county(23, 8, 50), county(23, 17, 20)),
        (OFFICE, county(21, 12), county(23, 9), county(23, 17, 30)),
        (ROUND_THE_CLOCK, county(20, 17, 20), county(20, 17, 50), county(21, 2, 20)),
    ],
)
def test_promises_are_measured_on_their_clock(
    time_of: Timepiece, start: datetime, respond: datetime, complete: datetime
) -> None:
    columns = promised(PROMISE, start, time_of)
    assert (columns["respond_due_at"], columns["complete_due_at"]) == (respond, complete)
    assert (columns["respond_within"], columns["complete_within"]) == (30, 540)


def clocks(start: datetime, **more: object) -> Clocks:
    columns = dict(promised(PROMISE, start, OFFICE))
    known = {
        "clock_round": 0,
        "clock_started_at": start,
        "opened_at": start,
        "acknowledged_at": None,
        "responded_in_time": None,
        "waiting_since": None,
        "waiting_until": None,
    }
    return Clocks(**(columns | known | more))  # type: ignore[arg-type]


def test_a_wait_over_the_weekend_costs_only_the_hours_of_work_in_it() -> None:
    friday = county(20, 9)
    waited = clocks(friday, waiting_since=county(20, 16, 30), waiting_until=county(23, 10))
    assert waited.complete_due_at == county(23, 9)
    moved = entering(waited, "in_progress", county(23, 10), OFFICE)
    # an hour and a half was left when the wait began: half past eleven, with an hour of Friday
    # and thirty minutes of Monday still to come
    assert moved["complete_due_at"] == county(23, 11, 30)
    assert moved["waiting_since"] is None


def test_reopening_on_a_sunday_promises_from_monday_on() -> None:
    moved = entering(clocks(county(19, 9)), "reopened", county(22, 15), OFFICE)
    assert moved["respond_due_at"] == county(23, 9)
    assert moved["complete_due_at"] == county(23, 17, 30)
    assert moved["clock_round"] == 1


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("new", "respond"),
        ("reopened", "respond"),
        ("acknowledged", "complete"),
        ("in_progress", "complete"),
        ("waiting", "until"),
        ("resolved", None),
        ("closed", None),
    ],
)
def test_what_counts_in_each_state(state: TicketState, counts: str | None) -> None:
    instants = {"respond": county(20, 9), "complete": county(21, 9), "until": county(22, 9)}
    found = what_counts(state, instants["respond"], instants["complete"], instants["until"])
    assert found == (instants[counts] if counts else None)
