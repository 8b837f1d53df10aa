"""Every level of both clocks, once: across midnight and holidays, pauses, reopening, restarts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from app.database import Database
from app.jobs.models import Job
from app.messages.models import Message
from app.people.alerts.models import Alert
from app.tickets.clocks.escalation.models import Escalation
from app.tickets.clocks.models import TicketAlarm
from app.tickets.clocks.sweep import has_due
from app.tickets.models import Ticket
from sqlalchemy import Connection, select, update
from tests.tickets.clocks.town import Town, county, shipped_directory, town

WORKING = {"land": {"clock": "working"}}


@pytest.fixture
def place(database: Database) -> Iterator[Town]:
    with town(database, shipped_directory()) as found:
        yield found


@pytest.fixture
def office(database: Database) -> Iterator[Town]:
    """A town whose appeals about land keep office hours."""
    with town(database, shipped_directory(**WORKING)) as found:
        yield found


def test_both_clocks_to_their_ends_across_midnight(place: Town) -> None:
    place.open("2026-11-23 09:00")
    place.sweep_until("2026-12-31 00:00")
    assert place.alarms == [
        "respond 50 11-23 09:15",
        "respond 80 11-23 09:24",
        "respond 100 11-23 09:30",
        "complete 50 11-23 21:00",
        "complete 80 11-24 04:12",
        "complete 100 11-24 09:00",
    ]
    assert place.skipped == []


def test_nothing_is_told_before_its_time(place: Town) -> None:
    place.open("2026-11-23 09:00")
    place.look("2026-11-23 09:00")
    place.look("2026-11-23 09:14:59")
    assert place.alarms == []
    place.look("2026-11-23 09:15")
    assert place.alarms == ["respond 50 11-23 09:15"]


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        (  # Friday evening: the weekend does not count
            "2026-11-20 17:20",
            ["11-23 08:35", "11-23 08:44", "11-23 08:50"],
        ),
        (  # before a make-up Saturday
            "2026-02-13 17:20",
            ["02-14 08:35", "02-14 08:44", "02-14 08:50"],
        ),
        (  # before the Spring Festival
            "2026-02-14 17:20",
            ["02-24 08:35", "02-24 08:44", "02-24 08:50"],
        ),
        (  # at night
            "2026-11-24 02:00",
            ["11-24 08:45", "11-24 08:54", "11-24 09:00"],
        ),
    ],
)
def test_the_working_clock(office: Town, opened: str, expected: list[str]) -> None:
    office.open(opened)
    office.sweep_until("2027-01-31 00:00")
    respond = [alarm for alarm in office.alarms if alarm.startswith("respond")]
    assert [alarm.split(" ", 2)[2] for alarm in respond] == expected


def test_twenty_four_working_hours_are_almost_three_days(office: Town) -> None:
    ticket = office.open("2026-11-19 15:30")  # Thursday; two hours are left of the day
    office.move(ticket, "acknowledged", "staff:1", "2026-11-19 15:31")
    office.sweep_until("2026-12-31 00:00")
    assert office.alarms == [
        "complete 50 11-23 09:30",
        "complete 80 11-23 16:42",
        "complete 100 11-24 12:30",
    ]


def test_who_answers_before_a_level_hears_nothing_of_it(place: Town) -> None:
    ticket = place.open("2026-11-23 09:00")
    place.sweep_until("2026-11-23 09:20")
    place.move(ticket, "acknowledged", "staff:1", "2026-11-23 09:23:59")
    place.sweep_until("2026-11-23 20:00")
    assert place.alarms == ["respond 50 11-23 09:15"]


def test_who_resolves_in_time_is_left_in_peace(place: Town) -> None:
    ticket = place.open("2026-11-23 09:00")
    place.move(ticket, "acknowledged", "staff:1", "2026-11-23 09:01")
    place.move(ticket, "in_progress", "staff:1", "2026-11-23 09:02")
    place.move(ticket, "resolved", "staff:1", "2026-11-23 20:59", why="修好了")
    place.sweep_until("2026-12-31 00:00")
    place.move(ticket, "closed", "caller", "2026-11-24 20:59")
    place.look("2026-12-31 00:00")
    assert place.alarms == []


def test_a_wait_stands_still_and_then_goes_on(place: Town) -> None:
    ticket = place.open("2026-11-23 09:00")
    place.move(ticket, "acknowledged", "staff:1", "2026-11-23 09:01")
    place.move(ticket, "in_progress", "staff:1", "2026-11-23 10:00")
    place.move(
        ticket,
        "waiting",
        "staff:1",
        "2026-11-23 20:00",
        why="等雨停",
        until=county("2026-11-25 08:00"),
    )
    place.sweep_until("2026-11-25 07:59")
    assert place.alarms == []
    place.sweep_until("2026-12-31 00:00")  # eleven of the twelve hours had passed
    assert place.alarms == [
        "complete 50 11-25 09:00",
        "complete 80 11-25 16:12",
        "complete 100 11-25 21:00",
    ]


def test_a_wait_that_is_ended_early(place: Town) -> None:
    ticket = place.open("2026-11-23 09:00")
    place.move(ticket, "acknowledged", "staff:1", "2026-11-23 09:01")
    place.move(ticket, "in_progress", "staff:1", "2026-11-23 10:00")
    place.sweep_until("2026-11-23 22:00")
    until = county("2026-11-30 08:00")
    place.move(ticket, "waiting", "staff:1", "2026-11-23 22:00", why="等证明", until=until)
    place.move(ticket, "in_progress", "staff:1", "2026-11-24 22:00")
    place.sweep_until("2026-12-31 00:00")
    assert place.alarms == [
        "complete 50 11-23 21:00",
        "complete 80 11-25 04:12",
        "complete 100 11-25 09:00",
    ]


def test_a_wait_on_the_working_clock(office: Town) -> None:
    ticket = office.open("2026-11-23 08:30")
    office.move(ticket, "acknowledged", "staff:1", "2026-11-23 08:31")
    office.move(ticket, "in_progress", "staff:1", "2026-11-23 08:32")
    until = county("2026-11-27 08:30")  # four hours are used, twenty are left
    office.move(ticket, "waiting", "staff:1", "2026-11-23 12:30", why="等测量", until=until)
    office.sweep_until("2026-12-31 00:00")
    assert office.alarms == [
        "complete 50 11-27 16:30",
        "complete 80 11-30 14:42",
        "complete 100 12-01 10:30",
    ]


def test_a_reopened_ticket_begins_another_round(place: Town) -> None:
    ticket = place.open("2026-11-23 09:00")
    place.sweep_until("2026-11-23 09:25")
    place.move(ticket, "acknowledged", "staff:1", "2026-11-23 09:26")
    place.move(ticket, "in_progress", "staff:1", "2026-11-23 09:27")
    place.move(ticket, "resolved", "staff:1", "2026-11-23 09:40", why="修好了")
    place.move(ticket, "reopened", "caller", "2026-11-24 23:50")
    place.sweep_until("2026-11-25 00:10")
    place.move(ticket, "acknowledged", "staff:1", "2026-11-25 00:11")
    place.sweep_until("2026-12-31 00:00")
    assert place.alarms == [
        "respond 50 11-23 09:15",
        "respond 80 11-23 09:24",
        "respond 50 11-25 00:05 r1",
        "complete 50 11-25 11:50 r1",
        "complete 80 11-25 19:02 r1",
        "complete 100 11-25 23:50 r1",
    ]


def test_after_a_long_sleep_only_the_highest_level_is_told(place: Town) -> None:
    person = place.employ("wang", "+8613900000001")
    place.on_duty(person, "2026-11-23 00:00", "2026-11-24 00:00", "agriculture")
    place.open("2026-11-23 09:00")
    place.look("2026-11-23 09:26")
    assert (place.alarms, place.skipped) == (["respond 80 11-23 09:26"], ["respond 50"])
    assert place.alerts_to(person) == ["ticket.due_soon"]


def test_after_a_very_long_sleep_nobody_is_called_twice(place: Town) -> None:
    person = place.employ("wang", "+8613900000001")
    place.on_duty(person, "2026-11-24 00:00", "2026-11-25 00:00", "agriculture")
    place.open("2026-11-23 09:00")
    place.look("2026-11-24 09:00:07")
    assert place.alarms == ["respond 100 11-24 09:00:07", "complete 100 11-24 09:00:07"]
    assert place.skipped == ["respond 50", "respond 80", "complete 50", "complete 80"]
    assert place.count(Escalation) == 1
    assert place.alerts_to(person) == ["ticket.overdue"]


def test_a_restart_forgets_nothing_and_repeats_nothing(place: Town) -> None:
    place.open("2026-11-23 09:00")
    for at in ("09:00", "09:15", "09:15:10", "09:24", "09:24:10", "09:30", "09:30:10"):
        place.restart()
        place.look(f"2026-11-23 {at}")
    assert place.alarms == [
        "respond 50 11-23 09:15",
        "respond 80 11-23 09:24",
        "respond 100 11-23 09:30",
    ]


def test_a_clock_that_jumps_back_repeats_nothing(place: Town) -> None:
    ticket = place.open("2026-11-23 09:00")
    place.look("2026-11-23 09:15")
    with place.database.writing() as connection:  # as if the sweep had planned by a wrong clock
        instant = county("2026-11-23 08:00")
        connection.execute(
            update(Ticket).where(Ticket.id == ticket.id).values(next_alarm_at=instant)
        )
    place.look("2026-11-23 08:15")
    place.look("2026-11-23 09:15")
    assert place.alarms == ["respond 50 11-23 09:15"]


def test_a_merged_ticket_is_left_in_peace(place: Town) -> None:
    survivor, duplicate = place.open("2026-11-23 09:00"), place.open("2026-11-23 09:00")
    with place.database.writing() as connection:  # as a merge does, whatever state it leaves
        connection.execute(
            update(Ticket).where(Ticket.id == duplicate.id).values(merged_into_id=survivor.id)
        )
    place.sweep_until("2026-12-31 00:00")
    assert {alarm.ticket_id for alarm in place.rows(TicketAlarm)} == {survivor.id}
    assert len(place.alarms) == 6


def test_the_sweep_reads_its_index(place: Town) -> None:
    due = select(Ticket.id).where(
        Ticket.next_alarm_at.is_not(None), Ticket.next_alarm_at <= county("2026-11-23 09:00")
    )
    with place.database.engine.connect() as connection:
        if place.database.is_sqlite:
            plan = f"EXPLAIN QUERY PLAN {_literal(due, connection)}"
        else:  # few rows: without this the planner would rather read the whole table
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = f"EXPLAIN {_literal(due, connection)}"
        steps = " ".join(str(row) for row in connection.exec_driver_sql(plan))
    assert "ix_tickets_alarm" in steps


def _literal(query: Any, connection: Connection) -> str:
    compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
    return str(compiled).replace("%", "%%")


def test_two_workers_at_once(place: Town) -> None:
    person = place.employ("wang", "+8613900000001")
    place.on_duty(person, "2026-11-23 00:00", "2026-11-24 00:00", "agriculture")
    for _ in range(12):
        place.open("2026-11-23 09:00")

    def work(_worker: int) -> None:
        for at in ("09:15", "09:24", "09:30"):
            for _ in range(12):
                place.look(f"2026-11-23 {at}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    levels = [(alarm.ticket_id, alarm.level) for alarm in place.rows(TicketAlarm)]
    assert len(levels) == len(set(levels)) == 36
    keys = [alert.key for alert in place.rows(Alert)]
    assert len(keys) == len(set(keys))
    assert place.count(Escalation) == 12


def test_a_sweep_is_bounded(place: Town) -> None:
    for _ in range(7):
        place.open("2026-11-23 09:00")
    with place.database.writing() as connection:
        assert place.sweep.look(connection, county("2026-11-23 09:15"), limit=5) == 5
    assert place.look("2026-11-23 09:15") == 2
    assert place.look("2026-11-23 09:15") == 0


def test_an_idle_hotline_has_nothing_due(place: Town) -> None:
    place.open("2026-11-23 09:00")
    place.look("2026-11-23 09:00")
    with place.database.reading() as connection:
        assert not has_due(connection, county("2026-11-23 09:14:59"))
        assert has_due(connection, county("2026-11-23 09:15"))


def test_the_owner_is_warned_before_whoever_is_on_duty(place: Town) -> None:
    owner = place.employ("li", "+8613900000002")
    other = place.employ("wang", "+8613900000001")
    place.on_duty(other, "2026-11-23 00:00", "2026-11-24 00:00", "agriculture")
    ticket = place.open("2026-11-23 09:00")
    place.move(ticket, "acknowledged", f"staff:{owner}", "2026-11-23 09:01")
    place.sweep_until("2026-11-24 05:00")
    assert place.alerts_to(owner) == ["ticket.due_soon", "ticket.due_soon"]
    assert place.alerts_to(other) == []
    ways = [alert.ways for alert in place.rows(Alert)]
    assert ways == ["console,push", "console,sms,push"]
    texts = place.rows(Message)
    assert [text.number for text in texts] == ["+8613900000002"]
    assert "80%" in texts[0].body
    assert "13800138000" not in texts[0].body


def test_at_night_with_an_empty_roster_the_duty_telephone_is_told(place: Town) -> None:
    place.open("2026-11-23 02:30")
    place.sweep_until("2026-11-23 03:00")
    assert next(text.number for text in place.rows(Message)) == "+867451000302"
    calls = place.rows_of_calls()
    assert [(call.rung, call.number, call.state) for call in calls] == [
        ("person", "+867451000302", "dialing"),
        ("head", "+867451000401", "planned"),
        ("director", "+867451000402", "planned"),
    ]
    with place.database.reading() as connection:
        rings = [
            job.kind for job in connection.execute(Job.__table__.select()) if "ring" in job.kind
        ]
    assert rings == ["escalation.ring"]


def test_a_category_nobody_knows_any_more_keeps_the_promise_it_was_given(place: Town) -> None:
    place.open("2026-11-23 09:00", category="given_up")
    place.sweep_until("2026-11-23 09:30")
    assert place.alarms[-1] == "respond 100 11-23 09:30"
    asked = [call.number for call in place.rows_of_calls() if call.rung == "person"]
    assert asked == place.directory.duty.officers
