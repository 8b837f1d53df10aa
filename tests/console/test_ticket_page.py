"""The page of a ticket: who sees it, what it shows, and that nothing in it is run."""

from datetime import timedelta

import pytest
from app.people.audit.models import AuditEntry
from app.tickets.handover.service import Target, offer
from app.tickets.households.service import HouseholdFacts, Profile, save_caller, save_household
from app.tickets.notes.service import add_note
from app.tickets.service import transition
from sqlalchemy import select
from tests.console.cases import CALLER, Cases, post, text_of
from tests.fixtures.office import NOON, Office

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


@pytest.fixture
def cases(office: Office) -> Cases:
    return Cases(office)


def test_outside_the_scope_there_is_no_such_ticket(office: Office, cases: Cases) -> None:
    number = cases.opened(category="utilities")
    client = office.client("agent", "agriculture")
    for path in ("", "?print=1", "/live", "/history", "/side", "/clauses", "/wait", "/resolve"):
        assert client.get(f"/console/tickets/{number}{path}").status_code == 404, path
    for path in ("acknowledge", "notes", "resolve", "handover", "seal", "attach", "callback"):
        assert post(client, f"/console/tickets/{number}/{path}").status_code == 404, path
    assert client.get("/console/tickets/10000007").status_code == 404


def test_ones_own_ticket_is_seen_wherever_it_went(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture")
    number = cases.taken(agent, category="utilities")
    assert office.client_of(agent).get(f"/console/tickets/{number}").status_code == 200


def test_what_is_on_offer_to_somebody_they_see(office: Office, cases: Cases) -> None:
    owner, other = office.hire("agent", "agriculture"), office.hire("agent", "water")
    number = cases.taken(owner)
    client = office.client_of(other)
    assert client.get(f"/console/tickets/{number}").status_code == 404
    with office.database.writing() as connection:
        offer(connection, number, owner, Target(staff_id=other), "归水利局管", NOON)
    page = client.get(f"/console/tickets/{number}").text
    assert "归水利局管" in page
    assert f'action="/console/tickets/{number}/accept"' in page


def test_an_auditor_reads_everything_and_changes_nothing(office: Office, cases: Cases) -> None:
    number = cases.taken(office.hire("agent"))
    client = office.client("auditor")
    page = client.get(f"/console/tickets/{number}").text
    assert "承包地被占" in page
    assert f"/console/tickets/{number}/notes" not in page
    assert f"/console/tickets/{number}/resolve" not in page
    for path in ("notes", "resolve", "acknowledge", "seal", "category", "readings", "attach"):
        assert post(client, f"/console/tickets/{number}/{path}").status_code == 403, path


def test_clocks_next_step_and_facts(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture", name="王芳")
    number = cases.taken(agent, place="凉水井镇", name="张国庆")
    page = office.client_of(agent).get(f"/console/tickets/{number}").text
    assert 'data-due="2026-11-25T03:55:00+00:00"' in page
    assert "按时" in page
    said = text_of(page)
    for text in ("138 7450 0001", "张国庆", "凉水井镇", "王芳", "农业农村局", "办结", "转交"):
        assert text in said, text


def test_a_wait_shows_its_reason_and_end(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture")
    number = cases.taken(agent)
    with office.database.writing() as connection:
        until = NOON + timedelta(days=1)
        transition(
            connection, number, "waiting", f"staff:{agent}", "等镇政府答复", NOON, until=until
        )
    page = text_of(office.client_of(agent).get(f"/console/tickets/{number}").text)
    assert "已暂停" in page
    assert "等到 明天 12:00" in page
    assert "等待原因：等镇政府答复" in page


def test_the_caller_card(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture")
    with office.database.writing() as connection:
        facts = HouseholdFacts(code="YL-0123", village="大坪村", head="张国庆", members=5)
        household = save_household(connection, facts, NOON)
        profile = Profile(name="张国庆", household_id=household, best_time="晚上七点以后")
        save_caller(connection, CALLER, profile, NOON)
    cases.opened("以前的一件", at=NOON - timedelta(days=3))
    number = cases.taken(agent)
    page = text_of(office.client_of(agent).get(f"/console/tickets/{number}").text)
    for text in ("大坪村 YL-0123，户主张国庆，5 人", "晚上七点以后", "以前的一件"):
        assert text in page, text


def test_hostile_text_is_text(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture", name=HOSTILE)
    number = cases.taken(agent, HOSTILE, name=HOSTILE, place=HOSTILE)
    with office.database.writing() as connection:
        add_note(connection, number, HOSTILE, f"staff:{agent}", NOON, key="k")
    client = office.client_of(agent)
    pages = [
        client.get(f"/console/tickets/{number}{path}").text
        for path in (
            "",
            "?print=1",
            "/history",
            "/side",
            "/details",
            "/caller",
            "/contact",
            "/merge",
        )
    ]
    pages += [
        client.get(path).text
        for path in (
            "/console/desk",
            "/console/tickets",
            f"/console/tickets?q={HOSTILE}&place={HOSTILE}&print=1",
        )
    ]
    refused = post(
        client, f"/console/tickets/{number}/link", other=HOSTILE, kind=HOSTILE, back=HOSTILE
    )
    pages.append(refused.text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "onerror=alert(2)>" not in page
        assert "&lt;script&gt;" in page
        assert "49" not in page.replace("&#34;", "").replace("&#39;", "") or "{{ 7*7 }}" in page


def test_the_sheet_is_for_paper(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture", name="王芳")
    number = cases.taken(agent, name="张国庆")
    page = office.client_of(agent).get(f"/console/tickets/{number}?print=1").text
    assert "sheet.css" in page
    assert "app.js" not in page
    for text in (number, "张国庆", "承办人签字", "2026-11-24 11:55:00", "王芳"):
        assert text in page, text


def test_a_sealed_caller_is_blank_to_all_but_the_owner(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture")
    number = cases.taken(agent, "要求查账", name="李四", place="五强溪镇", sealed=True)
    secrets = ("要求查账", "李四", "五强溪", "7450 0001", "13874500001")
    own = office.client_of(agent).get(f"/console/tickets/{number}").text
    assert all(secret in own for secret in secrets[:4])
    for role, may_look in (("agent", False), ("supervisor", True)):
        client = office.client(role, "agriculture")
        for path in ("", "?print=1", "/side", "/history"):
            page = client.get(f"/console/tickets/{number}{path}").text
            assert not any(secret in page for secret in secrets), (role, path)
        page = client.get(f"/console/tickets/{number}").text
        assert (f"/console/tickets/{number}/reveal" in page) is may_look
        assert ("您不能查看这位来电人" in page) is not may_look


def test_looking_behind_the_seal_needs_a_right_and_a_reason_and_is_audited(
    office: Office, cases: Cases
) -> None:
    number = cases.opened("要求查账", name="李四", sealed=True)
    elsewhere = cases.opened("别处", name="王五", sealed=True, category="utilities")
    path = f"/console/tickets/{number}/reveal"
    assert post(office.client("agent", "agriculture"), path, why="想看看").status_code == 403
    supervisor = office.hire("supervisor", "agriculture")
    client = office.client_of(supervisor)
    empty = post(client, path, dialog=True, why=" ")
    assert empty.status_code == 422
    assert "李四" not in empty.text
    shown = post(client, path, dialog=True, why="核实举报")
    assert shown.status_code == 200
    assert "李四" in shown.text
    assert "138 7450 0001" in shown.text
    assert post(client, f"/console/tickets/{elsewhere}/reveal", why="看").status_code == 404
    with office.database.reading() as connection:
        audited = connection.execute(
            select(AuditEntry.actor, AuditEntry.target).where(
                AuditEntry.act == "ticket.caller_shown"
            )
        ).all()
    assert [tuple(row) for row in audited] == [(f"staff:{supervisor}", f"ticket:{number}")]
    assert "核实举报" not in client.get(f"/console/tickets/{number}").text
    assert "查看了保密来电人" in client.get(f"/console/tickets/{number}").text


def test_who_may_not_see_the_caller_neither_unseals_nor_overwrites(
    office: Office, cases: Cases
) -> None:
    owner = office.hire("agent", "agriculture")
    number = cases.taken(owner, "要求查账", name="李四", place="五强溪镇", sealed=True)
    here = f"/console/tickets/{number}"
    colleague = office.client("agent", "agriculture")
    asked: dict[str, dict[str, str]] = {
        "unseal": {"why": "想看看"},
        "details": {"subject": "空", "place": ""},
        "caller": {"name": "张三", "phone": "", "household": "", "language": ""},
        "callback": {},
    }
    for path, fields in asked.items():
        answer = post(colleague, f"{here}/{path}", **fields)
        assert answer.status_code == 422, path
        assert "李四" not in answer.text, path
    files = {"file": ("a.txt", b"hello", "text/plain")}
    assert post(colleague, f"{here}/attach", files=files).status_code == 422
    assert "李四" not in colleague.get(here).text
    page = office.client_of(owner).get(here).text
    assert all(kept in page for kept in ("要求查账", "李四", "五强溪"))
    supervisor = office.client("supervisor", "agriculture")
    assert post(supervisor, f"{here}/unseal", why="当事人同意公开").status_code == 303
    assert "李四" in colleague.get(here).text
    with office.database.reading() as connection:
        acts = list(connection.execute(select(AuditEntry.act, AuditEntry.target)).all())
    assert ("ticket.unsealed", f"ticket:{number}") in [tuple(act) for act in acts]


def test_a_merged_ticket_leads_to_the_one_that_goes_on(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture")
    stays, goes = cases.taken(agent), cases.opened("同一件事")
    client = office.client_of(agent)
    answer = post(
        client, f"/console/tickets/{goes}/merge", into=stays, why="同一块地", sure="yes", version=1
    )
    assert answer.status_code == 303
    page = client.get(f"/console/tickets/{goes}").text
    assert f'href="/console/tickets/{stays}"' in page
    assert "compose-title" not in page
    assert goes in client.get(f"/console/tickets/{stays}").text
