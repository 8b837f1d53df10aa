"""The caller's word, from every channel and at every moment."""

from datetime import timedelta
from typing import Any

import pytest
from app.database import Database
from app.flows.satisfaction import Satisfaction
from app.people.alerts.models import Alert
from app.people.staff.models import Staff, StaffGrant
from app.tickets.closing import queries
from app.tickets.closing.models import ReturnVisit
from app.tickets.closing.service import Said, add_visit, close_silent, note_best_time, say
from app.tickets.models import TicketEvent
from sqlalchemy import insert, select
from tests.tickets.world import LI, WANG, TicketDesk, after


@pytest.fixture
def tickets(database: Database) -> TicketDesk:
    """A desk with two people: Li works, Wang supervises."""
    desk = TicketDesk(database)
    with database.writing() as connection:
        for staff_id, login in ((LI, "li"), (WANG, "wang")):
            connection.execute(
                insert(Staff).values(id=staff_id, login=login, name=login, created_at=after(0))
            )
        grant = {"staff_id": WANG, "role": "supervisor", "granted_at": after(0)}
        connection.execute(insert(StaffGrant).values(**grant))
    return desk


def resolved(tickets: TicketDesk, minutes: float = 3) -> str:
    number = tickets.open()
    for step, state in enumerate(("acknowledged", "in_progress", "resolved"), start=1):
        tickets.move(number, state, minutes - 3 + step)
    silent_at = after(minutes) + timedelta(days=7)
    tickets.write(
        add_visit, tickets.opened, after(minutes), way="none", next_try_at=None, silent_at=silent_at
    )
    return number


def says(tickets: TicketDesk, number: str, word: Satisfaction, minutes: float = 10) -> Said:
    said: Said = tickets.write(say, number, word, "portal", after(minutes))
    return said


def visits(tickets: TicketDesk) -> list[tuple[str, str, str]]:
    columns: tuple[Any, ...] = (ReturnVisit.state, ReturnVisit.word, ReturnVisit.heard_by)
    with tickets.database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


def alerts(tickets: TicketDesk) -> set[tuple[int, str]]:
    with tickets.database.reading() as connection:
        return {
            (row.staff_id, row.kind)
            for row in connection.execute(select(Alert.staff_id, Alert.kind))
        }


WORDS: list[tuple[Satisfaction, str, set[tuple[int, str]]]] = [
    ("satisfied", "closed", set()),
    ("not_satisfied", "closed", {(WANG, "ticket.not_satisfied")}),
    ("not_settled", "reopened", {(LI, "ticket.not_settled"), (WANG, "ticket.not_settled")}),
]


@pytest.mark.parametrize(("word", "state", "told"), WORDS)
def test_a_word_closes_or_reopens(
    tickets: TicketDesk, word: Satisfaction, state: Any, told: set[tuple[int, str]]
) -> None:
    number = resolved(tickets)
    assert says(tickets, number, word).result == state
    row = tickets.row(number)
    assert (row.state, row.satisfaction) == (state, word)
    assert visits(tickets) == [("answered", word, "portal")]
    assert alerts(tickets) == told


def test_the_same_word_twice_counts_once(tickets: TicketDesk) -> None:
    number = resolved(tickets)
    says(tickets, number, "satisfied")
    assert says(tickets, number, "satisfied").result == "already"
    with tickets.database.reading() as connection:
        said = select(TicketEvent.id).where(TicketEvent.event == "said")
        assert len(connection.execute(said).all()) == 1


def test_a_caller_may_think_better_of_it(tickets: TicketDesk) -> None:
    number = resolved(tickets)
    says(tickets, number, "satisfied")
    assert says(tickets, number, "not_settled", 60).result == "reopened"
    row = tickets.row(number)
    assert (row.state, row.clock_round, row.satisfaction) == ("reopened", 1, "not_settled")


def test_after_a_month_it_is_a_new_matter(tickets: TicketDesk) -> None:
    number = resolved(tickets)
    says(tickets, number, "satisfied")
    assert says(tickets, number, "not_settled", 31 * 24 * 60).result == "not_asked"
    assert tickets.row(number).state == "closed"


def test_nobody_is_asked_before_it_is_resolved(tickets: TicketDesk) -> None:
    number = tickets.open()
    assert says(tickets, number, "satisfied").result == "not_asked"
    assert tickets.row(number).state == "new"


def test_silence_closes_once_and_a_late_word_still_counts(tickets: TicketDesk) -> None:
    number = resolved(tickets)
    week = 3 + 7 * 24 * 60
    assert tickets.write(close_silent, after(week - 1)) == 0
    assert tickets.write(close_silent, after(week)) == 1
    assert tickets.write(close_silent, after(week + 1)) == 0
    row = tickets.row(number)
    assert (row.state, row.satisfaction) == ("closed", "none_given")
    assert says(tickets, number, "satisfied", week + 60).result == "closed"
    assert tickets.row(number).satisfaction == "satisfied"


def test_silence_does_not_close_what_was_reopened(tickets: TicketDesk) -> None:
    number = resolved(tickets)
    tickets.move(number, "reopened", 5)
    assert tickets.write(close_silent, after(8 * 24 * 60)) == 0
    assert tickets.row(number).state == "reopened"
    assert visits(tickets) == [("withdrawn", "", "")]


def test_each_resolution_is_asked_about_once(tickets: TicketDesk) -> None:
    number = resolved(tickets)
    assert tickets.read(queries.unplanned) == []
    says(tickets, number, "not_settled")
    tickets.move(number, "in_progress", 20)
    tickets.move(number, "resolved", 30)
    assert tickets.read(queries.unplanned) == [1]


def test_a_best_time_is_a_part_of_a_day(tickets: TicketDesk) -> None:
    tickets.write(note_best_time, "index", 600, 660, "staff:1", after(0))
    tickets.write(note_best_time, "index", 1_080, 1_140, "staff:1", after(1))
    best = tickets.read(queries.best_time, "index")
    assert best is not None
    assert (best.from_minute, best.until_minute) == (1_080, 1_140)
    with pytest.raises(ValueError, match="no part of a day"):
        tickets.write(note_best_time, "index", 700, 600, "staff:1", after(2))
