"""The list of tickets: filters by its address, saved ones, bulk acts, exports, paging, opening."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from app.console.tickets.filtering import chosen_by
from app.people.access.rights import Role
from app.people.access.visitor import Grant, Kind, Visitor
from app.tickets.filters.queries import saved_filters
from app.tickets.service import transition
from httpx2 import Response
from starlette.testclient import TestClient
from tests.console.cases import CALLER, Cases, post, text_of
from tests.console.test_ticket_verbs import whole
from tests.fixtures.office import NOON, Office

ME = Visitor(Kind.staff, 7, "王芳", grants=(Grant.of(Role.agent),))


@pytest.fixture
def cases(office: Office) -> Cases:
    return Cases(office)


def numbers(client: TestClient, query: str = "") -> list[str]:
    """The tickets that the list shows, in its order."""
    page = client.get(f"/console/tickets?{query}")
    assert page.status_code == 200
    found = [
        part.split('"')[0]
        for part in page.text.split('class="subject"><a href="/console/tickets/')[1:]
    ]
    return [one.split("/")[-1] for one in found]


FILTERS = (
    ("", {"land", "urgent", "mine", "sealed"}),
    ("state=open", {"land", "urgent", "sealed"}),
    ("state=resolved", {"mine"}),
    ("category=fisheries", {"urgent"}),
    ("owner=me", {"mine"}),
    ("owner=none", {"land", "urgent", "sealed"}),
    ("sealed=yes", {"sealed"}),
    ("sealed=no", {"land", "urgent", "mine"}),
    ("due=late", {"urgent"}),
    ("due=soon", {"land", "urgent", "sealed"}),
    ("place=大坪村", {"land"}),
    ("q=承包地", {"land"}),
    ("q=承包地&category=fisheries", set()),
    ("from=2026-11-24", {"land", "urgent", "sealed"}),
    ("to=2026-11-23", {"mine"}),
    ("channel=sms", set()),
    (
        "kind=appeal&priority=normal&department=agriculture",
        {"land", "urgent", "mine", "sealed"},
    ),
    ("state=nonsense", set()),
    ("due=nonsense&from=nonsense&sealed=maybe&owner=x", {"land", "urgent", "mine", "sealed"}),
)


def test_the_address_is_the_filter(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture")
    made = {
        "land": cases.opened("承包地被占", place="大坪村"),
        "urgent": cases.opened("网箱", category="fisheries", at=NOON - timedelta(minutes=45)),
        "mine": cases.taken(agent, "旧的一件", at=NOON - timedelta(days=2)),
        "sealed": cases.opened("承包地的举报", place="大坪村", sealed=True),
    }
    with office.database.writing() as connection:
        transition(connection, made["mine"], "resolved", f"staff:{agent}", "已办", NOON)
    client = office.client_of(agent)
    for query, expected in FILTERS:
        assert set(numbers(client, query)) == {made[name] for name in expected}, query


def test_only_ones_own_area(office: Office, cases: Cases) -> None:
    cases.opened(category="utilities")
    assert numbers(office.client("agent", "agriculture")) == []


def test_paging_goes_through_all_without_repeating(office: Office, cases: Cases) -> None:
    made = [cases.opened(at=NOON - timedelta(minutes=n // 2)) for n in range(120)]
    client = office.client("agent", "agriculture")
    for order in ("", "&order=newest"):
        seen: list[str] = []
        address = f"/console/tickets?state=open{order}"
        while address:
            page = client.get(address).text
            seen += numbers(client, address.partition("?")[2])
            links = [
                part.split('"')[0] for part in page.split('href="')[1:] if "after=" in part[:200]
            ]
            address = links[0].replace("&amp;", "&") if links else ""
        assert sorted(seen) == sorted(made)
        assert len(set(seen)) == len(seen)


def test_relative_words_stay_true() -> None:
    today = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # half past eleven at night in the county
    chosen = chosen_by([("due", "today"), ("from", "2026-11-01"), ("to", "2026-11-24")], ME, today)
    assert chosen.filter.due_before == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert chosen.filter.opened_from == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert chosen.filter.opened_before == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert chosen.order == "due"
    assert chosen.query == "due=today&from=2026-11-01&to=2026-11-24"
    assert chosen_by([("state", "open")], ME, today).order == "due"
    assert chosen_by([("state", "open"), ("order", "newest")], ME, today).order == "newest"
    assert chosen_by([("state", "closed")], ME, today).order == "newest"
    mine = chosen_by([("owner", "me"), ("department", "-"), ("nonsense", "x")], ME, today)
    assert mine.filter.owner == ("7",)
    assert mine.filter.department == ("",)
    assert mine.address("/l", owner="") == "/l?department=-"


def test_filters_are_saved_renamed_and_deleted_by_their_owner(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture")
    client, other = office.client_of(agent), office.client("agent", "agriculture")
    saving = {"name": "急件 <b>", "query": "priority=urgent&state=open&nonsense=1"}
    saved = post(client, "/console/tickets/filters", **saving)
    assert saved.headers["location"] == "/console/tickets?priority=urgent&state=open"
    assert "急件 &lt;b&gt;" in client.get("/console/tickets").text
    assert "急件" not in other.get("/console/tickets").text
    assert post(client, "/console/tickets/filters", name=" ", query="").status_code == 422
    with office.database.reading() as connection:
        (one,) = saved_filters(connection, agent)
    here = f"/console/tickets/filters/{one.id}"
    assert post(other, f"{here}/delete").status_code == 404
    assert post(other, f"{here}/rename", name="我的").status_code == 404
    assert post(client, f"{here}/rename", name="").status_code == 422
    assert post(client, f"{here}/rename", name="最急的").status_code == 303
    assert "最急的" in client.get("/console/tickets").text
    assert post(client, f"{here}/delete").status_code == 303
    assert "最急的" not in client.get("/console/tickets").text


def bulk(client: TestClient, action: str, tickets: list[str], **fields: object) -> Response:
    return post(client, "/console/tickets/bulk", action=action, number=tickets, **fields)


def test_bulk_acts_have_a_result_for_each(office: Office, cases: Cases) -> None:
    agent, other = office.hire("agent", "agriculture"), office.hire("agent", "agriculture")
    mine, theirs = cases.opened(), cases.taken(other)
    elsewhere = cases.opened(category="utilities")
    client = office.client_of(agent)
    answer = bulk(client, "acknowledge", [mine, theirs, elsewhere, "10000007"])
    said = text_of(answer.text)
    assert "1 件完成，3 件没有完成" in said
    assert "已有人接手" in said
    assert whole(office, mine).owner_id == agent
    assert whole(office, elsewhere).owner_id is None
    for action, fields in (
        ("priority", {"priority": "urgent"}),
        ("category", {"category": "fisheries", "why": "是渔业"}),
        ("note", {"why": "统一回访", "key": "k1"}),
    ):
        assert "2 件完成，0 件没有完成" in text_of(
            bulk(client, action, [mine, theirs], **fields).text
        )
    assert whole(office, theirs).priority == "normal"  # the category's own
    assert whole(office, theirs).category == "fisheries"
    assert "统一回访" in client.get(f"/console/tickets/{theirs}").text
    assert bulk(client, "acknowledge", []).status_code == 422
    assert bulk(client, "", [mine]).status_code == 422
    assert bulk(client, "assign", [mine], person=other).status_code == 403


def test_a_supervisor_assigns_many(office: Office, cases: Cases) -> None:
    agent = office.hire("agent", "agriculture")
    made, elsewhere = [cases.opened() for _ in range(3)], cases.opened(category="utilities")
    boss = office.client("supervisor", "agriculture")
    answer = bulk(boss, "assign", [*made, elsewhere], person=agent)
    assert "3 件完成，1 件没有完成" in text_of(answer.text)
    assert {whole(office, number).owner_id for number in made} == {agent}
    assert whole(office, elsewhere).owner_id is None


def test_exports_are_for_those_who_may_within_their_area_and_keep_seals(
    office: Office, cases: Cases
) -> None:
    land = cases.opened("=cmd|'/C calc'!A0", name="张国庆")
    sealed = cases.opened("要求查账", name="李四", sealed=True)
    elsewhere = cases.opened(category="utilities")
    assert office.client("agent", "agriculture").get("/console/tickets/export").status_code == 403
    client = office.client("supervisor", "agriculture")
    answer = client.get("/console/tickets/export?format=csv&state=open")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    rows = {line[0]: line for line in lines[1:-1]}
    assert set(rows) == {land, sealed}
    assert rows[land][1] == "'=cmd|'/C calc'!A0"
    assert "李四" not in rows[sealed]
    assert elsewhere not in answer.text
    assert [
        line[0]
        for line in csv.reader(
            io.StringIO(client.get("/console/tickets/export?q=张国庆").content.decode("utf-8-sig"))
        )
    ][1:-1] == [land]
    assert client.get("/console/tickets/export?format=xlsx").content.startswith(b"PK")
    assert "/console/tickets/export" in client.get("/console/tickets").text
    printed = client.get("/console/tickets?print=1&state=open").text
    assert land in printed
    assert "sheet.css" in printed


def opening(client: TestClient, **changes: object) -> Response:
    fields = {"phone": "138 7450 0001", "name": "张国庆", "words": "要求丈量承包地", "category": "land",
              "place": "大坪村", "language": "zh-CN", "mine": "yes", "key": "form1"}  # fmt: skip
    return post(client, "/console/tickets/new", **(fields | changes))


def test_a_ticket_is_opened_at_the_desk_once(office: Office) -> None:
    agent = office.hire("agent", "agriculture")
    client = office.client_of(agent)
    first = opening(client)
    assert first.status_code == 303
    assert opening(client).headers["location"] == first.headers["location"]
    number = first.headers["location"].split("/")[-1]
    ticket = whole(office, number)
    assert (ticket.channel, ticket.opened_by, ticket.owner_id) == (
        "console",
        f"staff:{agent}",
        agent,
    )
    assert (ticket.caller, ticket.caller_name, ticket.state) == (CALLER, "张国庆", "acknowledged")
    assert numbers(client) == [number]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"words": " "}, "请写下诉求内容"),
        ({"category": ""}, "请选择类别"),
        ({"phone": "12"}, "这个号码不对"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    office: Office, changes: dict[str, object], sentence: str
) -> None:
    client = office.client("agent", "agriculture")
    answer = opening(client, **changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="大坪村"' in answer.text
    assert numbers(client) == []


def test_one_for_another_department_leads_back_to_the_desk(office: Office) -> None:
    client = office.client("agent", "agriculture")
    answer = opening(client, category="utilities", mine="", sealed="yes", priority="high")
    number = answer.headers["location"].split("opened=")[-1]
    ticket = whole(office, number)
    assert (ticket.department, ticket.priority, ticket.confidential) == ("water", "high", True)
    assert number in client.get(answer.headers["location"]).text


def test_what_a_caller_already_has_is_suggested(office: Office, cases: Cases) -> None:
    known = cases.opened("以前的一件", name="张国庆")
    cases.opened("别的部门", category="utilities", name="张国庆")
    client = office.client("agent", "agriculture")
    for query in ("phone=13874500001", "name=张国庆"):
        found = client.get(f"/console/tickets/new/similar?{query}").text
        assert known in found, query
        assert "别的部门" not in found
    assert known not in client.get("/console/tickets/new/similar?name=张").text
    assert client.get("/console/tickets/new?phone=13874500001").text.count(known) >= 1


def test_who_only_looks_opens_nothing(office: Office) -> None:
    auditor = office.client("auditor")
    assert auditor.get("/console/tickets/new").status_code == 403
    assert opening(auditor).status_code == 403
