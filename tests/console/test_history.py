"""The history of a ticket is told in words: every event, outcome and actor has its sentence."""

import re
from datetime import timedelta
from pathlib import Path
from typing import get_args

import app
import pytest
from app.calls.facts import CallFacts
from app.calls.models import Call, Recording
from app.calls.outbound.models import OutboundState
from app.calls.recordings.matters import matters_of
from app.database import blind_index
from app.flows.effects import AddComment, NoteCallBack
from app.messages.service import send_text
from app.messages.status import RANK
from app.tickets.changes import Happened, lock, write_event
from app.tickets.clocks.escalation.models import CallState, Rung
from app.tickets.closing.answers import add_comment
from app.web.pages import LANGUAGE_COOKIE
from app.web.words import all_words
from sqlalchemy import insert
from tests.console.cases import CALLER, Cases, text_of
from tests.fixtures.office import NOON, Office

TICKETS = Path(app.__file__).parent / "tickets"
WRITTEN = re.compile(r'Happened\(\s*[^,()]+(?:\([^)]*\))?,\s*[^,()]+(?:\([^)]*\))?,\s*"(\w+)"')
ELSEWHERE = {"said", "asked"}  # told by functions of their own, from their details
CODE = re.compile(r"[a-z]+(?:_[a-z]+)+|\b(?:phone|cli|api):")


@pytest.fixture
def cases(office: Office) -> Cases:
    return Cases(office)


def test_every_event_that_is_written_has_its_sentence() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in TICKETS.rglob("*.py"))
    written = set(WRITTEN.findall(sources)) | {"escalated", "unanswered"}
    assert {"alarm", "commented", "calling_back", "expired", "opened"} <= written
    missing = {code for code in written - ELSEWHERE if not all_words().has(f"ticket.event.{code}")}
    assert missing - {"state", "satisfaction"} == set()


def test_every_status_of_a_text_has_its_word() -> None:
    assert {
        status for status in RANK if not all_words().has(f"ticket.text.status.{status}")
    } == set()


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_escalations_calls_and_words_are_told_plainly(
    office: Office, cases: Cases, language: str
) -> None:
    number = cases.opened()
    events: list[tuple[str, str, dict[str, object]]] = [
        ("system", "escalated", {"clock": "respond", "line": 3}),
        ("system", "unanswered", {"clock": "respond"}),
        ("system", "alarm", {"clock": "complete", "level": 80}),
        ("system", "alarm", {"clock": "respond", "level": 100}),
        ("staff:7", "calling_back", {}),
        ("caller", "said", {"word": "not_settled", "by": "call"}),
        *(("cli:root", "asked", {"by": "call", "how": how}) for how in get_args(OutboundState)[2:]),
        *(("system", "asked", {"rung": "head", "staff": None, "result": how})
          for how in get_args(CallState)[2:]),
        *((f"phone:{rung}", "called_back", {"how": how})
          for rung in get_args(Rung)
          for how in get_args(NoteCallBack.__annotations__["result"])[1:]),
        ("staff:7", "called_back", {"how": "staff_not_reached"}),
        ("system", "asked", {"by": "text", "how": "not_wanted"}),
    ]  # fmt: skip
    with office.database.writing() as connection:
        ticket = lock(connection, number)
        for actor, event, detail in events:
            write_event(connection, ticket.id, Happened(NOON, actor, event, detail=detail))
    client = office.client()
    client.cookies.set(LANGUAGE_COOKIE, language)
    page = text_of(client.get(f"/console/tickets/{number}/history").text)
    assert CODE.findall(page) == []
    if language == "zh-CN":
        for sentence in (
            "逐级打电话催办", "没有人接单", "办结时限已过 80%", "响应超时", "接听的不是本人",
            "值班电话", "部门负责人电话", "分管领导电话", "系统管理员", "没有解决",
        ):  # fmt: skip
            assert sentence in page, sentence


def test_a_text_to_one_of_ours_says_to_whom(office: Office, cases: Cases) -> None:
    """The caller's goes without saying; those of the staff and of a post are named."""
    number = cases.opened()
    post = office.library.current.directory.duty.officers[0]
    with office.database.writing() as connection:
        ticket = lock(connection, number)
        for to, body in ((post, "时限已到"), (CALLER, "已登记")):
            send_text(connection, to=to, body=body, key=body, at=NOON, ticket_id=ticket.id)
    client = office.client("agent", "agriculture")
    page = text_of(client.get(f"/console/tickets/{number}/history").text)
    assert re.search(r"发给值班人员的短信，[^短]*时限已到", page)
    assert re.search(r"\s短信，[^短]*已登记", page)
    client.cookies.set(LANGUAGE_COOKIE, "en-US")
    page = text_of(client.get(f"/console/tickets/{number}/history").text)
    assert "Text message to Officers on duty" in page
    assert "The system opened the ticket" in " ".join(page.split())


def test_what_a_caller_recorded_at_a_return_visit_is_heard_on_the_ticket(
    office: Office, cases: Cases
) -> None:
    """And only there: a department hears it, another does not, and a seal covers it."""
    number, sealed = cases.opened(), cases.opened("保密的事", sealed=True)
    for sid, ticket in (("CAopen", number), ("CAsealed", sealed)):
        comment = AddComment(number=ticket, recording_sid=f"RE{sid}", recording_seconds=6)
        with office.database.writing() as connection:
            connection.execute(insert(Call).values(**visit_call(sid)))
            connection.execute(insert(Recording).values(**recording_of(sid)))
            add_comment(connection, comment, CallFacts(sid, CALLER, "zh-CN", NOON))
    page = office.client("agent", "agriculture").get(f"/console/tickets/{number}/history").text
    assert page.count("/console/recordings/RECAopen/player") == 1
    assert "留下了录音意见" in page
    with office.database.reading() as connection:
        (heard,) = matters_of(connection, "RECAopen", "CAopen")
        (covered,) = matters_of(connection, "RECAsealed", "CAsealed")
    assert (heard.number, heard.department) == (number, "agriculture")
    assert (covered.number, covered.confidential) == (sealed, True)


def visit_call(sid: str) -> dict[str, object]:
    return {
        "sid": sid, "direction": "outbound", "caller": "+867451012345", "called": CALLER,
        "caller_index": blind_index("+867451012345"), "status": "completed", "status_rank": 9,
        "started_at": NOON, "seconds": 40,
    }  # fmt: skip


def recording_of(sid: str) -> dict[str, object]:
    return {
        "sid": f"RE{sid}", "call_sid": sid, "status": "completed", "seconds": 6,
        "source": "RecordVerb", "at": NOON + timedelta(seconds=30),
    }  # fmt: skip
