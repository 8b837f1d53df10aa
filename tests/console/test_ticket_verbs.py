"""What is done with a ticket from its page: each verb, by form and by htmx, and when refused."""

import json
import struct
import zlib
from datetime import timedelta

import pytest
from app.tickets.handover.queries import standing_offer
from app.tickets.links.queries import family, links_of
from app.tickets.lists.queries import find_ticket
from app.tickets.lists.rows import WholeTicket
from app.tickets.readings.queries import readings_of
from app.tickets.seal.sight import Viewer
from app.tickets.timeline.queries import Entry, timeline
from sqlalchemy import true
from starlette.testclient import TestClient
from tests.console.cases import CALLER, Cases, post, text_of
from tests.fixtures.office import NOON, Office


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = b"".join(
    (
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        chunk(b"IDAT", zlib.compress(b"\0\0")),
        chunk(b"IEND", b""),
    )
)


@pytest.fixture
def cases(office: Office) -> Cases:
    return Cases(office)


@pytest.fixture
def agent(office: Office) -> int:
    return office.hire("agent", "agriculture", name="王芳")


@pytest.fixture
def client(office: Office, agent: int) -> TestClient:
    return office.client_of(agent)


def whole(office: Office, number: str) -> WholeTicket:
    """A ticket as its owner sees it."""
    with office.database.reading() as connection:
        ticket = find_ticket(connection, number, true(), Viewer())
        assert ticket is not None
        owner = Viewer(ticket.owner_id)
        found = find_ticket(connection, number, true(), owner)
    assert found is not None
    return found


def entries(office: Office, number: str) -> list[Entry]:
    with office.database.reading() as connection:
        ticket = whole(office, number)
        return timeline(connection, ticket, family(connection, ticket.id))


def test_from_taking_it_to_resolving_it(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.opened()
    here = f"/console/tickets/{number}"
    assert post(client, f"{here}/acknowledge", version=1).headers["location"] == here
    assert whole(office, number).owner_id == agent
    form = client.get(f"{here}/contact").text
    assert 'href="tel:+8613874500001"' in form
    assert (
        post(client, f"{here}/contact", key="k", note="说明天去看地", version=2).status_code == 303
    )
    assert whole(office, number).state == "in_progress"
    assert post(client, f"{here}/wait", why="等测绘", until="tomorrow").status_code == 303
    waiting = whole(office, number)
    assert (waiting.state, waiting.waiting_for) == ("waiting", "等测绘")
    assert waiting.waiting_until == NOON + timedelta(hours=21)  # nine in the morning
    assert post(client, f"{here}/resume").status_code == 303
    assert post(client, f"{here}/resolve", outcome="已补偿 3000 元").status_code == 303
    resolved = whole(office, number)
    assert (resolved.state, resolved.outcome) == ("resolved", "已补偿 3000 元")
    assert post(client, f"{here}/reopen", why=" ").status_code == 422
    assert post(client, f"{here}/reopen", why="来电人说没收到").status_code == 303
    assert whole(office, number).state == "reopened"


@pytest.mark.parametrize(
    ("until", "at", "status"),
    [
        ("days3", "", 303),
        ("other", "2026-11-26T15:30", 303),
        ("other", "2026-11-23T15:30", 422),  # has passed
        ("other", "", 422),
        ("other", "gestern", 422),
        ("", "", 422),
    ],
)
def test_a_wait_needs_an_end_to_come(
    cases: Cases, client: TestClient, agent: int, until: str, at: str, status: int
) -> None:
    number = cases.taken(agent)
    answer = post(client, f"/console/tickets/{number}/wait", why="等", until=until, until_at=at)
    assert answer.status_code == status


def test_a_refused_form_comes_back_with_what_was_written(
    cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.taken(agent)
    page = post(client, f"/console/tickets/{number}/wait", why="写了很久的原因", until="other")
    assert page.status_code == 422
    assert "写了很久的原因" in page.text
    assert "<html" in page.text
    fragment = post(
        client, f"/console/tickets/{number}/wait", dialog=True, why="写了很久的原因", until="other"
    )
    assert fragment.status_code == 422
    assert "写了很久的原因" in fragment.text
    assert "<html" not in fragment.text


def test_who_writes_while_somebody_else_changes_it_keeps_the_draft(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.taken(agent)
    here = f"/console/tickets/{number}"
    version = whole(office, number).version
    colleague = office.client_of(office.hire("supervisor", "agriculture", name="陈建国"))
    assert (
        post(colleague, f"{here}/priority", priority="urgent", version=version).status_code == 303
    )
    seen = NOON.isoformat()
    late = post(
        client, f"{here}/resolve", dialog=True, outcome="一大段办理结果", version=version, seen=seen
    )
    assert late.status_code == 409
    assert "一大段办理结果" in late.text
    assert "陈建国 紧急程度改为紧急" in " ".join(text_of(late.text).split())
    assert whole(office, number).state == "in_progress"
    again = post(
        client, f"{here}/resolve", dialog=True, outcome="一大段办理结果", version=version + 1
    )
    assert again.status_code == 204
    assert whole(office, number).state == "resolved"


def test_without_a_token_nothing_happens(office: Office, cases: Cases, client: TestClient) -> None:
    number = cases.opened()
    answer = client.post(f"/console/tickets/{number}/acknowledge", data={"version": 1})
    assert answer.status_code == 403
    assert whole(office, number).state == "new"


def test_notes_internal_and_told(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.taken(agent)
    path = f"/console/tickets/{number}/notes"
    assert post(client, path, htmx=True, body="查了台账", way="", key="1").status_code == 204
    assert post(client, path, htmx=True, body="查了台账", way="", key="1").status_code == 204
    assert post(client, path, htmx=True, body="已告知", way="call", key="2").status_code == 204
    assert post(client, path, htmx=True, body="  ", way="", key="3").status_code == 422
    assert post(client, path, htmx=True, body="x", way="pigeon", key="4").status_code == 422
    told = post(client, path, htmx=True, body="明天上门", way="sms", key="5")
    assert json.loads(told.headers["hx-trigger"])["toast"]["text"] == "已记下"
    notes = [(one.what, one.words) for one in entries(office, number) if one.kind == "note"]
    assert notes == [("internal", "查了台账"), ("told", "已告知"), ("told", "明天上门")]
    texts = [one.words for one in entries(office, number) if one.kind == "text"]
    assert len(texts) == 1
    assert "明天上门" in texts[0]


def test_handing_over_until_it_is_accepted(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    other = office.hire("agent", "water", name="刘志强")
    receiver = office.client_of(other)
    number = cases.taken(agent)
    here = f"/console/tickets/{number}"
    assert "刘志强" in client.get(f"{here}/handover").text
    assert post(client, f"{here}/handover", person=other, why=" ").status_code == 422
    assert post(client, f"{here}/handover", person="", why="原因").status_code == 422
    assert post(client, f"{here}/handover", person=other, why="归水利管").status_code == 303
    assert whole(office, number).owner_id == agent
    assert post(client, f"{here}/withdraw").status_code == 303
    assert post(client, f"{here}/handover", person=other, why="还是您来").status_code == 303
    assert post(receiver, f"{here}/decline", why=" ").status_code == 422
    assert post(receiver, f"{here}/decline", why="不归我").status_code in (200, 303)
    assert post(client, f"{here}/handover", department="water", why="归水利管").status_code == 303
    assert post(receiver, f"{here}/accept").status_code == 303
    ticket = whole(office, number)
    assert (ticket.owner_id, ticket.department) == (other, "water")
    with office.database.reading() as connection:
        assert standing_offer(connection, ticket.id) is None


def test_only_a_supervisor_assigns_and_only_to_who_works(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.opened()
    here = f"/console/tickets/{number}"
    auditor = office.hire("auditor")
    assert client.get(f"{here}/assign").status_code == 403
    assert post(client, f"{here}/assign", person=agent).status_code == 403
    boss = office.client("supervisor", "agriculture")
    assert post(boss, f"{here}/assign", person=auditor).status_code == 422
    assert post(boss, f"{here}/assign", person=agent, why="您去").status_code == 303
    assert whole(office, number).owner_id == agent
    elsewhere = cases.opened(category="utilities")
    assert post(boss, f"/console/tickets/{elsewhere}/assign", person=agent).status_code == 404


def test_another_category_is_shown_before_it_is_saved(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.taken(agent)
    here = f"/console/tickets/{number}"
    before = whole(office, number)
    preview = text_of(client.get(f"{here}/category?category=danger").text)
    for text in ("应急管理局", "紧急", "今天 12:00"):
        assert text in preview, text
    assert whole(office, number) == before  # looking changes nothing
    assert post(client, f"{here}/category", category="nonsense").status_code == 422
    assert post(client, f"{here}/category", category="danger", why="塌方").status_code == 303
    after = whole(office, number)
    assert (after.category, after.department, after.priority) == ("danger", "emergency", "urgent")


def test_priority_subject_and_place(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.taken(agent)
    here = f"/console/tickets/{number}"
    assert post(client, f"{here}/priority", priority="high").status_code == 303
    assert post(client, f"{here}/priority", priority="none").status_code == 422
    assert post(client, f"{here}/details", subject="", place="x").status_code == 422
    assert post(client, f"{here}/details", subject="地界", place="大坪村").status_code == 303
    ticket = whole(office, number)
    assert (ticket.priority, ticket.subject, ticket.place) == ("high", "地界", "大坪村")


def test_setting_the_caller_right(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.taken(agent)
    here = f"/console/tickets/{number}"
    fields = {"name": "张国庆", "language": "zh-CN", "best_time": "晚上"}
    assert post(client, f"{here}/caller", phone="12", **fields).status_code == 422
    unknown = post(client, f"{here}/caller", phone="138 7450 0009", household="YL-9", **fields)
    assert unknown.status_code == 422
    assert "没有户号 YL-9" in unknown.text
    assert post(client, f"{here}/caller", phone="138 7450 0009", **fields).status_code == 303
    ticket = whole(office, number)
    assert (ticket.caller, ticket.caller_name) == ("+8613874500009", "张国庆")
    assert "晚上" in client.get(here).text


def test_merging_is_previewed_done_and_undone(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    stays = cases.taken(agent)
    goes = cases.opened("再次来电", at=NOON - timedelta(minutes=1))
    here = f"/console/tickets/{goes}"
    assert stays in client.get(f"{here}/merge").text  # the same caller's
    preview = post(client, f"{here}/merge", into=stays, why="同一块地", dialog=True)
    assert preview.status_code == 200
    assert 'name="sure"' in preview.text
    assert whole(office, goes).state == "new"
    refused = post(client, f"{here}/merge", into=goes, why="x", dialog=True)
    assert "两个编号是同一个工单" in refused.text
    assert (
        "没有编号为 10000007 的工单" in post(client, f"{here}/merge", into="10000007", why="x").text
    )
    done = post(client, f"{here}/merge", into=stays, why="同一块地", sure="yes", dialog=True)
    assert done.status_code == 204
    assert whole(office, goes).state == "closed"
    assert post(client, f"{here}/unmerge", why="弄错了").status_code == 303
    assert whole(office, goes).state == "new"


def test_links_to_and_fro(office: Office, cases: Cases, client: TestClient, agent: int) -> None:
    one, other = cases.taken(agent), cases.taken(agent)
    unseen = cases.opened(category="utilities")
    here = f"/console/tickets/{one}"
    assert post(client, f"{here}/link", other=unseen, kind="related").status_code == 422
    assert post(client, f"{here}/link", other=other, kind="brother").status_code == 422
    assert post(client, f"{here}/link", other=other, kind="cause").status_code == 303
    assert "引起了" in client.get(f"/console/tickets/{other}").text
    back = post(client, f"/console/tickets/{other}/unlink", other=one, kind="cause", turned="yes")
    assert back.status_code == 303
    with office.database.reading() as connection:
        assert links_of(connection, whole(office, one).id) == []


def test_the_seal_goes_on_and_off_with_a_reason(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.taken(agent)
    here = f"/console/tickets/{number}"
    assert post(client, f"{here}/seal", why="").status_code == 422
    assert post(client, f"{here}/seal", why="来电人要求").status_code == 303
    assert whole(office, number).confidential
    assert post(client, f"{here}/unseal", why="来电人同意").status_code == 303
    assert not whole(office, number).confidential


def test_a_clause_is_found_read_and_ticked(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.taken(agent)
    here = f"/console/tickets/{number}"
    hits = client.get(f"{here}/clauses?q=调解要不要钱", headers={"hx-request": "true"}).text
    assert "article=mediation-free" in hits
    clause = client.get(f"{here}/clauses?article=mediation-free").text
    assert "人民调解委员会调解民间纠纷，不收取任何费用" in clause
    read = {"article": "mediation-free", "part": "full"}
    assert post(client, f"{here}/readings", htmx=True, extent="whole", **read).status_code == 204
    assert post(client, f"{here}/readings", htmx=True, extent="cut", **read).status_code == 204
    assert post(client, f"{here}/readings", htmx=True, extent="half", **read).status_code == 422
    nonsense = post(client, f"{here}/readings", htmx=True, extent="whole", article="x", part="full")
    assert nonsense.status_code == 422
    with office.database.reading() as connection:
        found = readings_of(connection, [whole(office, number).id])
    assert [(one.article, one.extent, one.staff_id) for one in found] == [
        ("mediation-free", "whole", agent),
        ("mediation-free", "cut", agent),
    ]
    assert "人民调解收不收钱" in client.get(f"{here}/history").text


def test_files_are_kept_opened_and_removed(
    office: Office, cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.taken(agent)
    here = f"/console/tickets/{number}"
    assert post(client, f"{here}/attach").status_code == 422
    wrong = post(client, f"{here}/attach", files={"file": ("x.png", b"MZ not a picture")})
    assert wrong.status_code == 422
    kept = post(client, f"{here}/attach", files={"file": ('<b>地界".png', PNG, "image/png")})
    assert kept.status_code == 303
    page = client.get(here).text
    path = next(part for part in page.split('"') if part.startswith(f"{here}/files/"))
    opened = client.get(path)
    assert opened.content == PNG
    assert opened.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in opened.headers["content-security-policy"]
    stranger = office.client("agent", "water")
    assert stranger.get(path).status_code == 404
    other = cases.taken(agent)
    wrong_ticket = path.replace(number, other)
    assert client.get(wrong_ticket).status_code == 404
    assert post(client, f"{path}/remove", why=" ").status_code == 422
    assert post(client, f"{path}/remove", why="传错了").status_code == 303
    assert client.get(path).status_code == 404


def test_calling_back_by_the_hotline_is_refused_with_a_reason(
    cases: Cases, client: TestClient, agent: int
) -> None:
    number = cases.taken(agent)
    answer = post(client, f"/console/tickets/{number}/callback", htmx=True)
    assert answer.status_code == 409
    assert "没有打过热线" in answer.text
    assert CALLER not in answer.text
