"""The desk: own work by what is due first, the next thing to do, and for whom."""

from datetime import timedelta

import pytest
from app.people.access.rights import Role
from app.tickets.handover.service import Target, offer
from app.tickets.service import transition
from tests.console.cases import Cases, post, text_of
from tests.fixtures.office import NOON, Office


@pytest.fixture
def cases(office: Office) -> Cases:
    return Cases(office)


def test_an_empty_desk_says_so_and_where_to_look(office: Office) -> None:
    page = office.client("agent", "justice").get("/console/desk").text
    assert "手上没有要办的事" in page
    assert 'href="/console/tickets?state=open"' in page


def test_what_is_due_first_is_the_next_thing(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture")
    cases.taken(agent, "办理中的一件")
    cases.opened("刚刚来的一件", at=NOON - timedelta(minutes=2))
    first = cases.opened("快要超时的一件", at=NOON - timedelta(minutes=25))
    page = office.client_of(agent).get("/console/desk").text
    card = page[page.index('id="next"') : page.index("</section>")]
    assert "快要超时的一件" in card
    assert "还没有人接单" in card
    assert f'action="/console/tickets/{first}/acknowledge"' in card


def test_work_stands_in_its_lists(office: Office, cases: Cases) -> None:
    agent, other = office.hire("agent", "agriculture"), office.hire("agent", "agriculture")
    mine, unowned = cases.taken(agent), cases.opened()
    waiting, offered = cases.taken(agent), cases.taken(other)
    missed = cases.opened("", kind="callback")
    theirs = cases.taken(other)
    with office.database.writing() as connection:
        until = NOON + timedelta(hours=3)
        transition(connection, waiting, "waiting", f"staff:{agent}", "等答复", NOON, until=until)
        offer(connection, offered, other, Target(staff_id=agent), "您更熟", NOON)
    page = office.client_of(agent).get("/console/desk/work").text
    for key, number in (
        ("mine", mine),
        ("unowned", unowned),
        ("waiting", waiting),
        ("offered", offered),
        ("callbacks", missed),
    ):
        assert f'id="row-{key}-{number}"' in page, key
    assert theirs not in page


def test_nothing_of_other_departments(office: Office, cases: Cases) -> None:
    elsewhere = cases.opened("水渠", category="utilities")
    assert elsewhere not in office.client("agent", "agriculture").get("/console/desk").text


def test_a_supervisor_sees_what_was_missed_and_assigns_it(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture", name="刘志强")
    late = cases.taken(agent, at=NOON - timedelta(days=3))
    cases.taken(agent, at=NOON - timedelta(days=3), category="utilities")
    page = office.client("supervisor", "agriculture").get("/console/desk").text
    assert f'id="row-late-{late}"' in page
    assert page.count("row-late-") == 1
    assert f'href="/console/tickets/{late}/assign"' in page
    assert "刘志强承办，已经超时" in page


def test_an_auditor_looks_and_is_offered_no_verb(office: Office, cases: Cases) -> None:
    late = cases.taken(office.hire("agent"), at=NOON - timedelta(days=3))
    page = office.client(Role.auditor).get("/console/desk").text
    assert f'id="row-late-{late}"' in page
    assert "/assign" not in page
    assert "/acknowledge" not in page
    assert "/console/tickets/new" not in page


def test_a_sealed_ticket_shows_neither_matter_nor_place(office: Office, cases: Cases) -> None:
    cases.opened("要求查账", place="五强溪镇", name="李四", sealed=True)
    page = office.client("agent", "agriculture").get("/console/desk").text
    assert "保密工单" in page
    assert not any(secret in page for secret in ("要求查账", "五强溪", "李四", "138"))


def test_taking_it_from_the_desk(office: Office, cases: Cases) -> None:
    number = cases.opened()
    client = office.client("agent", "agriculture")
    answer = post(client, f"/console/tickets/{number}/acknowledge", htmx=True, version=1)
    assert answer.status_code == 204
    assert '"done"' in answer.headers["hx-trigger"]
    assert f'id="row-mine-{number}"' in client.get("/console/desk").text


def test_what_is_done_first_leads_to_its_ticket(office: Office, cases: Cases) -> None:
    number = cases.opened()
    client = office.client("agent", "agriculture")
    form = {"version": 1, "go": "yes", "back": f"/console/tickets/{number}"}
    answer = post(client, f"/console/tickets/{number}/acknowledge", htmx=True, **form)
    assert answer.headers["hx-redirect"] == f"/console/tickets/{number}"
    again = post(
        client, f"/console/tickets/{number}/start", htmx=True, go="yes", back="//evil.test"
    )
    assert again.headers["hx-redirect"] == f"/console/tickets/{number}"


def test_a_call_back_says_whom_and_since_when(office: Office, cases: Cases) -> None:
    number = cases.opened("", kind="callback")
    page = office.client("agent", "agriculture").get("/console/desk/work").text
    row = text_of(page[page.index(f'id="row-callbacks-{number}"') :])
    assert "138 7450 0001" in row
    assert "今天 11:55" in row


def test_of_two_who_take_it_the_second_reads_who_was_first(office: Office, cases: Cases) -> None:
    number = cases.opened()
    first = office.client_of(office.hire("agent", "agriculture", name="王芳"))
    second = office.client_of(office.hire("agent", "agriculture", name="刘志强"))
    path = f"/console/tickets/{number}/acknowledge"
    assert post(first, path, htmx=True, version=1).status_code == 204
    late = post(second, path, htmx=True, version=1)
    assert late.status_code == 409
    assert late.text == "王芳已在 今天 12:00 接单。"
    assert late.headers["hx-reswap"] == "none"
    plain = post(second, path, version=1)
    assert plain.status_code == 409
    assert "王芳已在 今天 12:00 接单。" in text_of(plain.text)
