"""Asking to be called back: only one's own telephone, and not too often (threat T1)."""

from datetime import timedelta

import pytest
from app.tickets.models import Ticket
from app.tickets.notes.models import TicketNote
from sqlalchemy import select
from tests.fixtures.office import Office
from tests.portal.visitor import LANDLINE, MOBILE, Visitor, has_called, number_on


def tasks(office: Office) -> list:
    with office.database.reading() as connection:
        return list(connection.execute(select(Ticket.__table__).order_by(Ticket.id)).all())


def ask(visitor: Visitor, phone: str = MOBILE, wish: str = "问问补贴"):  # type: ignore[no-untyped-def]
    page = visitor.send("/callback", phone=phone, wish=wish).text
    return visitor.send("/callback/code", page=page, code=visitor.code(phone))


def test_a_proved_telephone_is_called_back(office: Office) -> None:
    visitor = Visitor(office)
    answer = ask(visitor)
    (task,) = tasks(office)
    assert number_on(answer.text) == task.number
    told = (task.kind, task.channel, task.caller, task.words, task.category)
    assert told == ("callback", "portal", MOBILE, "问问补贴", "other")
    assert "您要求的回电已登记" in visitor.texts()[-1]


def test_pressed_twice_and_loaded_again_it_is_one_call_back(office: Office) -> None:
    visitor = Visitor(office)
    page = visitor.send("/callback", phone=MOBILE).text
    code = visitor.code()
    for _ in range(2):
        answer = visitor.send("/callback/code", page=page, code=code)
        assert (answer.status_code, answer.url.path) == (200, "/callback/done")
    (task,) = tasks(office)
    assert number_on(visitor.get("/callback/done")) == task.number
    assert Visitor(office).browser.get("/callback/done").url.path == "/callback"


def test_a_wrong_code_calls_nobody(office: Office) -> None:
    visitor = Visitor(office)
    page = visitor.send("/callback", phone=MOBILE).text
    wrong = f"{(int(visitor.code()) + 1) % 1_000_000:06}"
    answer = visitor.send("/callback/code", page=page, code=wrong)
    assert answer.status_code == 422
    assert tasks(office) == []


def test_a_code_for_one_telephone_does_not_call_another(office: Office) -> None:
    visitor = Visitor(office)
    page = visitor.send("/callback", phone=MOBILE).text
    code = visitor.code()
    page = page.replace(f'name="phone" value="{MOBILE}"', 'name="phone" value="+8613900139000"')
    answer = visitor.send("/callback/code", page=page, code=code)
    assert answer.status_code == 422
    assert tasks(office) == []


@pytest.mark.parametrize(
    "phone",
    ["+19005550123", "+88213100000", "110", "10086", "+8616", "+85261234567", "+443069990000"],
)
def test_no_other_numbers(office: Office, phone: str) -> None:
    answer = Visitor(office).send("/callback", phone=phone)
    assert answer.status_code == 422
    assert 'href="#phone"' in answer.text


def test_once_an_hour_and_thrice_a_day(office: Office) -> None:
    visitor = Visitor(office)
    assert "已经登记" in ask(visitor).text
    assert "刚请求过回电" in ask(visitor).text
    for _ in range(4):
        office.clock.at += timedelta(minutes=61)
        ask(visitor)
    with office.database.reading() as connection:
        again = connection.execute(select(TicketNote.body)).scalars().all()
    assert len(tasks(office)) == 1  # asked again while it is open: the same task
    assert list(again) == ["问问补贴"] * 2


def test_a_landline_learns_nothing(office: Office) -> None:
    has_called(office, LANDLINE)
    known = Visitor(office).send("/callback", phone=LANDLINE)
    unknown = Visitor(office).send("/callback", phone="+867458509999")
    assert known.text == unknown.text
    assert [task.caller for task in tasks(office)] == [LANDLINE]


def test_one_address_asks_ten_times_an_hour(office: Office) -> None:
    visitor = Visitor(office)
    for index in range(10):
        visitor.send("/callback", phone=f"+86138001381{index:02}")
    assert visitor.send("/callback", phone=MOBILE).status_code == 429
    assert visitor.texts(MOBILE) == []
