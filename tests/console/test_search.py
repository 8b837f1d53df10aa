"""One box: by number, telephone, name, household and words, and what stays hidden."""

from typing import Any

import pytest
from app.database import blind_index
from app.flows.check_digit import check_digit
from app.tickets.households.models import Caller, Household
from app.tickets.search.service import index
from sqlalchemy import insert
from tests.fixtures.callbook import CALLER, CallBook
from tests.fixtures.office import NOON, Office

NUMBER = "1234567" + check_digit("1234567")
SEALED = "7654321" + check_digit("7654321")
OTHER = "+8613900001111"


@pytest.fixture
def book(office: Office) -> CallBook:
    return CallBook(office.database, NOON)


def ticket(book: CallBook, number: str, text: str, **given: Any) -> None:
    name = given.pop("name", "")
    made = book.ticket(
        number,
        given.pop("call_sid", ""),
        subject=text,
        caller_name=name,
        caller_name_index=blind_index(name) if name else "",
        **given,
    )
    with book.database.writing() as connection:
        index(connection, made, (text,))


def person(book: CallBook, name: str, phone: str, code: str = "", region: str = "") -> None:
    with book.database.writing() as connection:
        household = None
        if code:
            household = connection.execute(
                insert(Household)
                .values(
                    code=code, region=region, village="青山村", head=name,
                    head_index=blind_index(name), members=4, created_at=NOON, updated_at=NOON,
                )
                .returning(Household.id)
            ).scalar_one()  # fmt: skip
        if phone:
            connection.execute(
                insert(Caller).values(
                    phone_index=blind_index(phone), phone=phone, name=name,
                    name_index=blind_index(name), household_id=household, language="zh-CN",
                    best_time="", updated_at=NOON,
                )
            )  # fmt: skip


@pytest.fixture
def county(book: CallBook) -> CallBook:
    """A ticket, the person behind it with a household, and their call."""
    book.call("CAa", ago=60)
    ticket(book, NUMBER, "田坎被水冲垮了", call_sid="CAa", name="张三")
    person(book, "张三", CALLER, "YM001")
    return book


def found(office: Office, query: str, role: str = "agent", department: str = "*") -> set[str]:
    page = office.client(role, department).get("/console/search", params={"q": query}).text
    marks = {
        "tickets": 'id="found-tickets"',
        "people": 'id="found-people"',
        "calls": 'id="found-calls"',
        "policies": 'id="found-policies"',
        "nothing": "没有找到",
    }
    return {kind for kind, mark in marks.items() if mark in page}


@pytest.mark.parametrize("written", [NUMBER, f" {NUMBER[:4]} {NUMBER[4:]} "])
def test_a_ticket_number_leads_straight_there(
    office: Office, county: CallBook, written: str
) -> None:
    answer = office.client("agent").get("/console/search", params={"q": written})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/tickets/{NUMBER}")


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("13800138000", {"tickets", "people", "calls"}),
        ("+86 138 0013 8000", {"tickets", "people", "calls"}),
        ("张三", {"tickets", "people"}),
        ("YM001", {"people"}),
        ("田坎", {"tickets"}),
        ("后期扶持资金", {"policies"}),
        ("CAa", {"calls"}),
        ("13900009999", {"nothing"}),
        ("田", {"nothing"}),
        ("'; DROP TABLE tickets; --", {"nothing"}),
        ("%", {"nothing"}),
    ],
)
def test_what_is_found(office: Office, county: CallBook, query: str, kinds: set[str]) -> None:
    assert found(office, query) == kinds


def test_nothing_asked_says_what_may_be_asked(office: Office) -> None:
    page = office.client("agent").get("/console/search").text
    assert "想找什么" in page
    assert "autofocus" in page


def test_the_query_is_text(office: Office) -> None:
    page = office.client("agent").get("/console/search", params={"q": '"><script>x</script>'}).text
    assert "<script>x" not in page


@pytest.mark.parametrize("query", ["13900001111", "李四", "保密的事情", "CAs"])
def test_a_sealed_caller_is_not_found(office: Office, county: CallBook, query: str) -> None:
    county.call("CAs", caller=OTHER)
    ticket(
        county, SEALED, "保密的事情", call_sid="CAs", name="李四", caller=OTHER, confidential=True
    )
    person(county, "李四", OTHER)
    for role, department in (("agent", "*"), ("admin", "*"), ("mediator", "*")):
        kinds = found(office, query, role, department)
        if query == "CAs":  # the call is there, its caller is not
            assert kinds == {"calls"}
            page = office.client(role).get("/console/search", params={"q": query}).text
            assert "139 0000 1111" not in page
        else:
            assert kinds <= {"nothing", "policies"}
    for role in ("supervisor", "auditor"):
        assert found(office, query, role) & {"tickets", "people", "calls"}


def test_other_departments_find_nothing(office: Office, county: CallBook) -> None:
    assert found(office, "田坎", department="justice") == {"nothing"}
    assert found(office, "张三", department="justice") == {"people"}  # the register, no ticket
    page = office.client("agent", "justice").get("/console/search", params={"q": "张三"}).text
    assert "未结" not in page
    assert found(office, "CAa", department="justice") == {"nothing"}


def test_households_of_other_regions_are_not_found(office: Office, book: CallBook) -> None:
    person(book, "王五", OTHER, "YM002", region="huayuan")
    for region, kinds in (("huayuan", {"people"}), ("luxi", {"nothing"}), ("*", {"people"})):
        client = office.client("agent", "*", region)
        page = client.get("/console/search", params={"q": "王五"}).text
        assert ('id="found-people"' in page) == (kinds == {"people"})


def test_results_come_alone_while_typing(office: Office, county: CallBook) -> None:
    fragment = office.client("agent").get("/console/search/results", params={"q": NUMBER})
    assert fragment.status_code == 200
    assert "<html" not in fragment.text
    assert NUMBER in fragment.text


@pytest.mark.parametrize(("role", "status"), [("ops", 403), ("agent", 200), ("auditor", 200)])
def test_who_may_search(office: Office, role: str, status: int) -> None:
    assert office.client(role).get("/console/search").status_code == status


def test_the_head_of_a_household_without_a_telephone_is_found(
    office: Office, book: CallBook
) -> None:
    person(book, "赵六", "", "YM003")
    page = office.client("agent").get("/console/search", params={"q": "赵六"}).text
    assert "YM003" in page
    assert "4 口人" in page
