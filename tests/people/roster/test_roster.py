"""The duty roster: who is on duty, weekly duties around holidays, gaps, swaps."""

import sys
from datetime import date, timedelta
from typing import Any

import pytest
from app.database import Database, blind_index
from app.flows.calendar import WorkingCalendar
from app.flows.hours import COUNTY_TIME
from app.people.alerts.models import Alert
from app.people.roster import contacts, published, queries, service, swaps
from app.people.roster.calendar import (
    ChineseHolidays,
    unpublished_years,
    warn_of_unpublished_years,
)
from app.people.roster.errors import RosterError
from app.people.roster.models import DutyShift, DutySwap
from app.people.roster.service import Shift, WeeklyDuty
from app.people.staff.models import Staff
from sqlalchemy import insert, select, update
from tests.tickets.clocks.town import county, shipped_directory

CALENDAR = WorkingCalendar(ChineseHolidays())
NOW = county("2026-11-23 09:00")


def employ(database: Database, login: str, phone: str = "") -> int:
    values = {
        "login": login,
        "name": login.title(),
        "language": "zh-CN",
        "phone": phone,
        "phone_index": blind_index(phone) if phone else "",
        "active": True,
        "created_at": NOW,
    }
    with database.writing() as connection:
        return connection.execute(insert(Staff).values(**values).returning(Staff.id)).scalar_one()


def put_on_duty(database: Database, staff: int, begins: str, ends: str, **more: Any) -> int:
    facts: dict[str, Any] = {"department": "water", "role": "officer", "rank": "primary"} | more
    shift = Shift(staff_id=staff, starts_at=county(begins), ends_at=county(ends), **facts)
    with database.writing() as connection:
        return service.add_shift(connection, shift, f"{staff}:{begins}:{facts}"[:50])


def on_duty(database: Database, at: str, department: str = "water") -> list[str]:
    with database.reading() as connection:
        people = queries.all_on_duty(connection, department, county(at))
    return [person.name for person in people]


def test_who_is_on_duty(database: Database) -> None:
    li, wang = employ(database, "li"), employ(database, "wang")
    put_on_duty(database, wang, "2026-11-23 08:00", "2026-11-23 20:00", rank="backup")
    put_on_duty(database, li, "2026-11-23 08:00", "2026-11-23 12:00")
    put_on_duty(database, li, "2026-11-23 20:00", "2026-11-24 08:00")
    assert on_duty(database, "2026-11-23 07:59") == []
    assert on_duty(database, "2026-11-23 08:00") == ["Li", "Wang"]
    assert on_duty(database, "2026-11-23 12:00") == ["Wang"]
    assert on_duty(database, "2026-11-24 03:00") == ["Li"]  # across midnight
    assert on_duty(database, "2026-11-23 09:00", "justice") == []
    with database.writing() as connection:
        connection.execute(update(Staff).where(Staff.id == li).values(active=False))
    assert on_duty(database, "2026-11-23 09:00") == ["Wang"]


def test_gaps(database: Database) -> None:
    li = employ(database, "li")
    put_on_duty(database, li, "2026-11-23 08:00", "2026-11-23 12:00")
    put_on_duty(database, li, "2026-11-23 11:00", "2026-11-23 18:00")
    put_on_duty(database, li, "2026-11-23 20:00", "2026-11-24 08:00")
    with database.reading() as connection:
        gaps = queries.gaps(
            connection, "water", county("2026-11-23 06:00"), county("2026-11-24 09:00")
        )
    assert [(gap.begins, gap.ends) for gap in gaps] == [
        (county("2026-11-23 06:00"), county("2026-11-23 08:00")),
        (county("2026-11-23 18:00"), county("2026-11-23 20:00")),
        (county("2026-11-24 08:00"), county("2026-11-24 09:00")),
    ]


def weekly(staff: int, weekday: int, **more: Any) -> WeeklyDuty:
    facts: dict[str, Any] = {
        "department": "water",
        "role": "officer",
        "rank": "primary",
        "starts": "20:00",
        "minutes": 720,
        "on_holidays": False,
        "valid_from": date(2026, 1, 1),
    }
    return WeeklyDuty(staff_id=staff, weekday=weekday, **facts | more)


def days(database: Database) -> list[str]:
    with database.reading() as connection:
        rows = connection.execute(
            select(DutyShift.starts_at)
            .where(DutyShift.cancelled_at.is_(None))
            .order_by(DutyShift.starts_at)
        ).scalars()
        return [at.astimezone(COUNTY_TIME).strftime("%m-%d %H:%M") for at in rows]


def lay_out(database: Database, first: date, last: date) -> int:
    with database.writing() as connection:
        return service.lay_out(connection, CALENDAR, first, last)


def test_a_weekly_duty_knows_holidays_and_make_up_days(database: Database) -> None:
    li = employ(database, "li")
    with database.writing() as connection:
        service.add_weekly(connection, weekly(li, weekday=0))
    assert lay_out(database, date(2026, 2, 9), date(2026, 3, 2)) == 4
    # Mondays 16 and 23 February are holidays; the Saturdays 14 and 28 are worked as Mondays.
    assert days(database) == ["02-09 20:00", "02-14 20:00", "02-28 20:00", "03-02 20:00"]
    assert lay_out(database, date(2026, 2, 9), date(2026, 3, 2)) == 0


def test_a_duty_that_is_done_on_holidays_too(database: Database) -> None:
    li = employ(database, "li")
    with database.writing() as connection:
        service.add_weekly(connection, weekly(li, weekday=0, on_holidays=True))
    lay_out(database, date(2026, 2, 9), date(2026, 2, 22))
    assert days(database) == ["02-09 20:00", "02-16 20:00"]


def test_what_was_taken_off_the_roster_is_not_made_again(database: Database) -> None:
    li = employ(database, "li")
    with database.writing() as connection:
        pattern = service.add_weekly(connection, weekly(li, weekday=1))
    lay_out(database, date(2026, 11, 23), date(2026, 12, 8))
    with database.writing() as connection:
        first = connection.execute(select(DutyShift.id).order_by(DutyShift.starts_at)).scalars()
        assert service.cancel_shift(connection, next(iter(first)), NOW)
    lay_out(database, date(2026, 11, 23), date(2026, 12, 8))
    assert days(database) == ["12-01 20:00", "12-08 20:00"]
    with database.writing() as connection:
        assert service.end_weekly(connection, pattern, date(2026, 12, 1), NOW) == 1
    assert lay_out(database, date(2026, 11, 23), date(2026, 12, 31)) == 0
    assert days(database) == ["12-01 20:00"]


@pytest.mark.parametrize("change", [{"weekday": 7}, {"minutes": 0}, {"starts": "25:00"}])
def test_a_weekly_duty_that_cannot_be(database: Database, change: dict[str, Any]) -> None:
    li = employ(database, "li")
    facts = {"weekday": 0} | change
    with database.writing() as connection, pytest.raises(RosterError):
        service.add_weekly(connection, weekly(li, **facts))


def ask(database: Database, shift: int, asked_by: int, to: int, **more: Any) -> int:
    with database.writing() as connection:
        return swaps.ask(
            connection, shift_id=shift, asked_by=asked_by, to_staff_id=to, at=NOW, **more
        )


def owner(database: Database, shift: int) -> int:
    with database.reading() as connection:
        query = select(DutyShift.staff_id).where(DutyShift.id == shift)
        return connection.execute(query).scalar_one()


def test_a_swap_that_is_accepted_goes_both_ways(database: Database) -> None:
    li, wang = employ(database, "li"), employ(database, "wang")
    mine = put_on_duty(database, li, "2026-11-24 08:00", "2026-11-24 20:00")
    theirs = put_on_duty(database, wang, "2026-11-25 08:00", "2026-11-25 20:00")
    swap = ask(database, mine, li, wang, return_shift_id=theirs)
    with database.reading() as connection:
        assert [entry.id for entry in queries.open_swaps(connection, wang)] == [swap]
        assert queries.shifts_between(connection, NOW, NOW + timedelta(days=2), staff_id=li)[
            0
        ].is_asked_about
    with database.writing() as connection:
        swaps.accept(connection, swap, wang, NOW)
    assert (owner(database, mine), owner(database, theirs)) == (wang, li)
    with database.reading() as connection:
        told = connection.execute(select(Alert.staff_id, Alert.kind).order_by(Alert.id)).all()
    assert [tuple(row) for row in told] == [
        (wang, "roster.swap_asked"),
        (li, "roster.swap_accepted"),
    ]
    with database.writing() as connection, pytest.raises(RosterError):
        swaps.decline(connection, swap, wang, NOW)


@pytest.mark.parametrize("verb", ["decline", "cancel", "force"])
def test_what_else_becomes_of_a_swap(database: Database, verb: str) -> None:
    li, wang, boss = (employ(database, login) for login in ("li", "wang", "boss"))
    shift = put_on_duty(database, li, "2026-11-24 08:00", "2026-11-24 20:00")
    swap = ask(database, shift, li, wang)
    who = {"decline": wang, "cancel": li, "force": boss}[verb]
    with database.writing() as connection:
        getattr(swaps, verb)(connection, swap, who, NOW)
    assert owner(database, shift) == (wang if verb == "force" else li)
    with database.reading() as connection:
        state = connection.execute(select(DutySwap.state)).scalar_one()
    assert state == {"decline": "declined", "cancel": "cancelled", "force": "forced"}[verb]
    if verb != "force":  # it may be asked again
        ask(database, shift, li, boss)


def test_swaps_that_cannot_be(database: Database) -> None:
    li, wang, boss = (employ(database, login) for login in ("li", "wang", "boss"))
    shift = put_on_duty(database, li, "2026-11-24 08:00", "2026-11-24 20:00")
    past = put_on_duty(database, li, "2026-11-20 08:00", "2026-11-20 20:00")
    for asked_by, to, which in ((wang, boss, shift), (li, li, shift), (li, wang, past)):
        with pytest.raises(RosterError):
            ask(database, which, asked_by, to)
    swap = ask(database, shift, li, wang)
    with pytest.raises(RosterError):
        ask(database, shift, li, boss)
    for verb, who in (("accept", boss), ("decline", li), ("cancel", wang)):
        with database.writing() as connection, pytest.raises(RosterError):
            getattr(swaps, verb)(connection, swap, who, NOW)


def test_a_route_leads_to_whoever_is_on_duty_or_to_the_directory(database: Database) -> None:
    directory = shipped_directory()
    li = employ(database, "li", "+867451000306")  # the water bureau's duty telephone is theirs
    with database.reading() as connection:
        found = contacts.route(connection, directory, "utilities", NOW)
    assert (found.department, [person.staff_id for person in found.contacts]) == ("water", [li])
    wang = employ(database, "wang", "+8613900000001")
    chen = employ(database, "chen", "+8613900000002")
    put_on_duty(database, wang, "2026-11-23 08:00", "2026-11-23 20:00")
    put_on_duty(database, chen, "2026-11-23 08:00", "2026-11-23 20:00", role="mediator")
    with database.reading() as connection:
        found = contacts.route(connection, directory, "utilities", NOW)
        unknown = contacts.route(connection, directory, "given_up", NOW)
    assert [person.staff_id for person in found.contacts] == [wang]
    assert [person.phone for person in unknown.contacts] == directory.duty.officers


def test_nobody_stands_twice_in_a_line() -> None:
    line = [
        contacts.Contact(1, "Li", "+861"),
        contacts.Contact(None, "", "+861"),
        contacts.Contact(2, "Wang", ""),
        contacts.Contact(1, "Li", ""),
        contacts.Contact(None, "", ""),
    ]
    assert contacts.distinct(line) == (line[0], line[2])


def test_a_year_without_make_up_days_is_said_so() -> None:
    assert unpublished_years(CALENDAR, date(2026, 9, 30)) == []
    assert unpublished_years(CALENDAR, date(2026, 11, 24)) == [2027]
    (sentence,) = warn_of_unpublished_years(CALENDAR, date(2026, 11, 24))
    assert "2027" in sentence


def test_the_library_stays_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def here(first: int, last: int) -> None:
        raise AssertionError("the library was asked in this process")

    monkeypatch.setattr(published, "published", here)
    china = ChineseHolidays()
    china.prepare(2026)
    assert china.kind(date(2026, 2, 14)) == "workday"
    assert china.kind(date(2030, 10, 1)) == "holiday"  # beyond the years asked for beforehand
    assert not china.is_published(2030)


def test_when_that_process_fails_the_library_is_asked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert ChineseHolidays().kind(date(2026, 2, 14)) == "workday"


def test_the_library_knows_what_the_state_council_published() -> None:
    china = ChineseHolidays()
    special = {
        day: china.kind(day)
        for day in (date(2026, 1, 1) + timedelta(days=offset) for offset in range(365))
        if china.kind(day) == "workday"
    }
    assert sorted(special) == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]
    assert china.kind(date(2026, 10, 1)) == "holiday"
