"""Pages of calls over HTTP: what they show, and to whom."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from app.calls.models import CallEvent
from app.flows.directives import Gather, Language, Utterance
from app.flows.state import State
from app.people.roster.models import DutyShift
from app.voice.twiml import Links, render
from sqlalchemy import insert
from tests.fixtures.callbook import CALLER, CallBook
from tests.fixtures.office import NOON, Office

CHINESE = Language("zh-CN", "cmn-CN", "Polly.Zhiyu-Neural", "cmn-Hans-CN")
OFFICER = "+867451000101"
HOSTILE = "<script>alert(1)</script>"


def asking(text: str, digits: int | None = 1) -> str:
    """An answer that says something and asks for keys."""
    gather = Gather((Utterance(text, CHINESE),), CHINESE, digits=digits)
    return render([gather], Links("a", "main.menu", 1))


@pytest.fixture
def book(office: Office) -> CallBook:
    return CallBook(office.database, NOON)


@pytest.fixture
def call(book: CallBook) -> str:
    """A call that spoke, opened a ticket, rang an officer and left a recording."""
    book.call("CAa", ago=300, seconds=200, outcome="ticket", node="main.farewell")
    book.event(
        "CAa",
        "step:0",
        node="main.greeting",
        told={"given": "started"},
        ago=300,
        answer=asking("您好，请按键。"),
    )
    book.event(
        "CAa",
        "step:1",
        node="main.menu",
        told={"given": "spoke"},
        ago=280,
        words=f"我叫张三{HOSTILE}",
        answer=asking("请输入户主密码。", 6),
    )
    book.event(
        "CAa",
        "step:2",
        node="gone.pin",
        told={"given": "pressed", "keys": "246810"},
        ago=270,
        answer=asking("请输入工单编号。", 8),
    )
    book.event(
        "CAa",
        "step:3",
        node="status.ask",
        told={"given": "pressed", "keys": "12345678", "effects": ["OpenTicket"]},
        ago=260,
    )
    book.event("CAa", "accepted:CAl", "accepted", ago=250)
    book.event(
        "CAa", "status:4:completed", "status", told={"status": "completed", "seconds": 200}, ago=100
    )
    book.leg("CAa", "CAl", OFFICER, ago=255, seconds=100)
    book.recording("RE1", "CAa")
    book.ticket("10000001", "CAa")
    return "CAa"


def test_a_call_is_read_back_as_heard(office: Office, call: str) -> None:
    page = office.client("supervisor").get(f"/console/calls/{call}").text
    for text in (
        "您好，请按键。",
        "请输入户主密码。",
        "按键 12345678",
        "登记了工单",
        "有人按 1 接听",
        "值班人员",
        "10000001",
        "138 0013 8000",
        "通话结束",
    ):
        assert text in page, text
    assert "选择菜单" in page
    assert "查询办理进度" in page


def test_a_pin_is_shown_nowhere(office: Office, call: str) -> None:
    page = office.client("supervisor").get(f"/console/calls/{call}").text
    assert "246810" not in page
    assert "输入了号码（不显示）" in page


def test_what_callers_say_is_text(office: Office, call: str) -> None:
    page = office.client("supervisor").get(f"/console/calls/{call}").text
    assert HOSTILE not in page
    assert "张三&lt;script&gt;" in page


def test_a_leg_leads_to_its_call(office: Office, call: str) -> None:
    answer = office.client("agent").get("/console/calls/CAl")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/calls/{call}")


@pytest.mark.parametrize(
    ("role", "department", "status"),
    [
        ("agent", "*", 200),
        ("agent", "", 200),
        ("agent", "agriculture", 200),
        ("agent", "justice", 404),
        ("mediator", "justice", 404),
        ("supervisor", "justice", 404),
        ("ops", "*", 200),
        ("auditor", "*", 200),
        ("admin", "*", 200),
    ],
)
def test_who_may_open_a_call(
    office: Office, call: str, role: str, department: str, status: int
) -> None:
    client = office.client(role, department)
    assert client.get(f"/console/calls/{call}").status_code == status
    listed = client.get("/console/calls")
    assert listed.status_code == 200
    assert (call in listed.text) == (status == 200)
    assert client.get("/console/calls/CAnone").status_code == 404


def test_ops_see_neither_words_nor_telephones(office: Office, call: str) -> None:
    client = office.client("ops")
    for address in (f"/console/calls/{call}", "/console/calls", "/console/live"):
        page = client.get(address).text
        assert "138 0013 8000" not in page
        assert CALLER not in page
        assert "张三" not in page
    assert "138****8000" in client.get("/console/calls").text


def test_what_is_read_aloud_of_a_ticket_is_for_those_who_see_its_caller(
    office: Office, book: CallBook
) -> None:
    book.call("CA9", direction="outbound-api")
    for key, node in (("step:0", "return_visit.ask"), ("step:1", "main.menu")):
        book.event("CA9", key, node=node, told={"given": "started"}, answer=asking(f"{node} 的话"))
    book.ticket("10000008", "CA9", confidential=True)
    hidden = office.client("agent").get("/console/calls/CA9").text
    assert "return_visit.ask 的话" not in hidden
    assert "main.menu 的话" in hidden
    assert "return_visit.ask 的话" in office.client("supervisor").get("/console/calls/CA9").text
    assert "return_visit.ask 的话" not in office.client("ops").get("/console/calls/CA9").text


def test_other_telephones_of_a_sealed_call_are_masked(office: Office, book: CallBook) -> None:
    live_call(book, "CA1", "main.menu")
    book.leg("CA1", "CA1l", "+8613955556666", "ringing")
    book.ticket("10000008", "CA1", confidential=True)
    for address in ("/console/live", "/console/calls/CA1"):
        hidden = office.client("agent").get(address).text
        assert "139 5555 6666" not in hidden, address
        assert "139****6666" in hidden, address
        assert "正在为您办理" not in hidden or address != "/console/live"
        assert "139 5555 6666" in office.client("supervisor").get(address).text, address


def test_a_sealed_call_shows_its_caller_to_few(office: Office, book: CallBook) -> None:
    owner = office.hire("agent")
    book.call("CAs")
    book.event("CAs", "step:0", node="main.menu", told={"given": "spoke"}, words="不要告诉别人")
    book.recording("RE2", "CAs")
    book.ticket("10000002", "CAs", confidential=True, owner_id=owner)
    for client, sees in (
        (office.client_of(owner), True),
        (office.client("agent"), False),
        (office.client("admin"), False),
        (office.client("supervisor"), True),
        (office.client("supervisor", "justice"), None),
        (office.client("auditor"), True),
    ):
        answer = client.get("/console/calls/CAs")
        if sees is None:
            assert answer.status_code == 404
            continue
        assert ("138 0013 8000" in answer.text) == sees
        assert ("不要告诉别人" in answer.text) == sees
        assert ("/console/recordings/RE2" in answer.text) is False  # not ours yet: no player
        assert ("138 0013 8000" in client.get("/console/calls").text) == sees
        assert ("CAs" in client.get("/console/calls?phone=13800138000").text) == sees


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("?phone=138%200013%208000", True),
        ("?phone=13900000000", False),
        ("?outcome=ticket&recording=yes&ticket=yes&reached=officers&at_least=180", True),
        ("?reached=mediators", False),
        ("?since=2026-11-24&until=2026-11-24", True),
        ("?since=2026-11-25", False),
        ("?since=rubbish&direction=sideways&after=nowhere", True),
    ],
)
def test_the_log_is_filtered_by_its_address(
    office: Office, call: str, query: str, shown: bool
) -> None:
    page = office.client("agent").get(f"/console/calls{query}")
    assert page.status_code == 200
    assert (f'href="/console/calls/{call}"' in page.text) == shown
    assert ("没有符合条件的通话" in page.text) != shown


def test_calls_that_a_person_took(office: Office, call: str) -> None:
    officer = office.hire("agent", name="张晓雯", phone=OFFICER)
    other = office.hire("agent", name="李国平", phone="+867451000102")
    client = office.client("supervisor")
    taken = client.get(f"/console/calls?reached=staff:{officer}").text
    assert call in taken
    assert "接通 张晓雯" in taken
    assert "李国平</option>" in taken
    for nobody in (f"staff:{other}", "staff:999", "staff:x"):
        assert call not in client.get(f"/console/calls?reached={nobody}").text


def test_pages_of_the_log(office: Office, book: CallBook) -> None:
    for number in range(60):
        book.call(f"CA{number:02}", ago=60 * number + 60)
    client = office.client("agent")
    first = client.get("/console/calls?direction=inbound").text
    assert first.count('class="row-link') == 50
    older = first.split('href="/console/calls?')[-1].split('"')[0].replace("&amp;", "&")
    second = client.get(f"/console/calls?{older}").text
    assert second.count('class="row-link') == 10
    assert "direction=inbound" in older


def test_an_empty_log_says_what_to_do(office: Office) -> None:
    assert "打一次热线" in office.client("agent").get("/console/calls").text


def test_exports_of_the_log(office: Office, call: str, book: CallBook) -> None:
    book.call("CAx", ago=400, caller="=1+1", status="failed", outcome="abandoned")
    client = office.client("supervisor")
    answer = client.get("/console/calls/export?format=csv&status=completed")
    head, row, _mark = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    told = dict(zip(head, row, strict=True))
    assert told["来电人电话"] == "(+86) 138 0013 8000"
    assert (told["接通"], told["工单"], told["录音数"]) == ("值班人员", "10000001", "1")
    book_read = openpyxl.load_workbook(io.BytesIO(client.get("/console/calls/export").content))
    cells = [cell for line in book_read.worksheets[0].iter_rows() for cell in line]
    assert "=1+1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("agent", 403),
        ("mediator", 403),
        ("ops", 403),
        ("admin", 403),
        ("supervisor", 200),
        ("auditor", 200),
    ],
)
def test_who_may_export(office: Office, role: str, status: int) -> None:
    assert office.client(role).get("/console/calls/export?format=csv").status_code == status


def test_an_export_keeps_sealed_callers_sealed(office: Office, book: CallBook) -> None:
    book.call("CAs")
    book.ticket("10000002", "CAs", confidential=True, department="justice")
    book.call("CAt")
    book.ticket("10000003", "CAt", department="agriculture")
    text = office.client("supervisor", "agriculture").get("/console/calls/export?format=csv").text
    assert "CAs" not in text
    assert "CAt" in text
    desk = office.client("supervisor", "").get("/console/calls/export?format=csv").text
    assert desk.count("138 0013 8000") == 1
    assert "已保密" in desk


# --- live


def live_call(book: CallBook, sid: str, node: str, phase: str = "", **given: object) -> None:
    state = State(node, "zh-CN", phase, variables={"category": "land", "pin": "246810"})
    book.call(sid, status="ringing", node=node, state=state.to_json(), step=1, **given)
    book.event(
        sid, "step:0", node="main.menu", told={"given": "started"}, answer=asking("正在为您办理。")
    )


def test_live_puts_an_emergency_first(office: Office, book: CallBook) -> None:
    live_call(book, "CA1", "appeal.leave", "record", ago=500)
    live_call(book, "CA2", "emergency.start", "ringing", ago=60, caller="+8613900001111")
    book.leg("CA2", "CA2l", OFFICER, "ringing")
    page = office.client("agent").get("/console/live").text
    assert page.index('id="call-CA2"') < page.index('id="call-CA1"')
    assert "1 个紧急来电正在进行" in page
    assert "人在等人工" not in page  # who is in no line does not count as waiting in it
    for text in (
        "正在说诉求",
        "土地和林地纠纷",
        "正在呼叫紧急值班",
        "值班人员",
        "响铃中",
        "正在为您办理。",
    ):
        assert text in page, text
    assert "246810" not in page


def test_who_picked_up_speaks_only_when_they_accepted(office: Office, book: CallBook) -> None:
    live_call(book, "CA1", "person.ring", "ringing")
    book.leg("CA1", "CA1l", OFFICER, "in-progress")
    client = office.client("agent")
    assert "等人接听" in client.get("/console/live/board").text
    book.event("CA1", "accepted:CA1l", "accepted", ago=10)
    board = client.get("/console/live/board").text
    assert "与值班人员通话" in board
    assert "等人接听" not in board


def test_a_call_that_nothing_was_heard_of_is_not_live(office: Office, book: CallBook) -> None:
    live_call(book, "CA1", "main.menu", ago=5 * 3600)
    book.event("CA1", "step:1", told={"given": "silent"}, ago=4 * 3600 + 1)
    live_call(book, "CA2", "main.menu", ago=5 * 3600)
    book.event("CA2", "step:1", told={"given": "silent"}, ago=4 * 3600 - 60)
    page = office.client("agent").get("/console/live").text
    with office.database.writing() as connection:
        connection.execute(CallEvent.__table__.delete().where(CallEvent.key == "step:0"))
    page = office.client("agent").get("/console/live").text
    assert 'id="call-CA2"' in page
    assert 'id="call-CA1"' not in page


def test_live_keeps_a_sealed_caller_hidden(office: Office, book: CallBook) -> None:
    live_call(book, "CA1", "main.menu")
    book.ticket("10000002", "CA1", confidential=True)
    assert "138 0013 8000" not in office.client("agent").get("/console/live").text
    assert "138 0013 8000" in office.client("supervisor").get("/console/live").text


def test_live_of_a_department_shows_its_own(office: Office, book: CallBook) -> None:
    live_call(book, "CA1", "main.menu")
    book.ticket("10000002", "CA1", department="agriculture")
    assert 'id="call-CA1"' in office.client("agent", "agriculture").get("/console/live").text
    assert 'id="call-CA1"' not in office.client("agent", "justice").get("/console/live").text


def test_the_numbers_of_today(office: Office, book: CallBook) -> None:
    duty = office.hire("agent")
    with office.database.writing() as connection:
        connection.execute(
            insert(DutyShift).values(
                came_from="hand:1", staff_id=duty, department="", role="officer", rank="primary",
                starts_at=NOON - timedelta(hours=4), ends_at=NOON + timedelta(hours=4),
            )
        )  # fmt: skip
    book.call("CA1", ago=600, outcome="person")
    book.leg("CA1", "CA1l", OFFICER, ago=590)
    book.event("CA1", "accepted:CA1l", "accepted", ago=578)
    book.call("CA2", ago=500, outcome="person")
    book.leg("CA2", "CA2l", OFFICER, ago=490)
    book.event(
        "CA2",
        "step:1",
        told={"given": "dialended", "status": "completed", "bridged": True, "seconds": 60},
        ago=410,
    )
    book.call("CA3", ago=400, outcome="unanswered")
    book.leg("CA3", "CA3l", OFFICER, "no-answer", ago=390)
    book.call("CA4", ago=300, outcome="abandoned")
    book.call("CA5", ago=13 * 3600, outcome="abandoned")  # yesterday
    book.ticket("10000001", "CA1")
    page = office.client("agent").get("/console/live").text
    tiles = [
        part.split("</dd>")[0].rsplit(">", 1)[-1]
        for part in page.split("tiles")[1].split("<dd")[1:7]
    ]
    assert tiles == ["4", "2 / 3", "16 秒", "2", "1", "1"]


def test_an_empty_board_says_so(office: Office) -> None:
    assert "现在没有通话" in office.client("agent").get("/console/live").text


@pytest.mark.parametrize("address", ["/console/live", "/console/calls", "/console/search?q=a"])
def test_nobody_sees_calls_without_signing_in(office: Office, address: str) -> None:
    from starlette.testclient import TestClient

    answer = TestClient(office.app, follow_redirects=False).get(address)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/sign-in")
