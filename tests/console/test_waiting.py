"""The list of those who wait on the live page, and taking somebody from it."""

from datetime import timedelta

from app.database import blind_index
from app.jobs.models import Job
from app.people.access.rights import Role
from app.people.roster.models import DutyShift
from app.queueing import claims
from app.queueing.claims import Claimant
from app.queueing.models import QueuedCaller, StaffRing
from httpx2 import Response
from sqlalchemy import insert, select
from starlette.testclient import TestClient
from tests.console.cases import post
from tests.fixtures.office import NOON, Office

CALLER = "+8613800138000"


def take(client: TestClient, sid: str = "CA1") -> Response:
    """Press the button of a caller."""
    return post(client, "/console/live/take", call=sid)


def agent(office: Office, phone: str = "+8613900139000", department: str = "*") -> TestClient:
    """Somebody with a telephone, signed in."""
    return office.client_of(office.hire(Role.agent, department, phone=phone))


def waits(office: Office, sid: str = "CA1", **more: object) -> None:
    """Somebody has been waiting for half a minute."""
    since = NOON - timedelta(seconds=30)
    facts: dict[str, object] = {
        "call_sid": sid, "caller": CALLER, "caller_index": sid, "target": "desk",
        "language": "zh-CN", "state": "waiting", "position": 1, "asked_at": since,
        "in_line_since": since, "patient_from": since, "seen_at": NOON, "claimed_by": "",
        "claimed_index": "", "ticket": "", "tries": 0, "outcome": "",
    }  # fmt: skip
    with office.database.writing() as connection:
        connection.execute(insert(QueuedCaller).values(**facts | more))


def test_who_waits_is_listed_in_turn_with_a_button(office: Office) -> None:
    waits(office)
    waits(office, "CA2", state="kept", ticket="12345674")
    page = office.client(Role.agent).get("/console/live").text
    assert "等候人工" in page
    assert page.index("在线等候") < page.index("保留位置")
    assert page.count("/console/live/take") == 1  # nobody is taken who has hung up
    assert "12345674" in page
    assert CALLER not in page  # the call is not on this board: nobody is told whose it is


def test_taking_a_caller_rings_ones_own_telephone(office: Office) -> None:
    waits(office)
    answer = take(agent(office))
    assert answer.headers["location"] == "/console/live?taken=yes"
    with office.database.reading() as connection:
        (caller,) = connection.execute(select(QueuedCaller.claimed_by)).scalars()
        kinds = connection.execute(select(Job.kind)).scalars().all()
    assert caller == "+8613900139000"
    assert kinds == [claims.BRING]


def test_the_second_is_told_that_somebody_else_was_faster(office: Office) -> None:
    waits(office)
    with office.database.writing() as connection:
        claims.take(connection, "CA1", Claimant("+8613900139001"), NOON)
    client = agent(office)
    client.headers["referer"] = f"{client.base_url}/console/live?now=yes"
    answer = take(client)
    assert answer.status_code == 409
    assert "已经有人接了" in answer.text
    assert 'href="/console/live?now=yes"' in answer.text  # and is led back to where they were
    client.headers["referer"] = "https://elsewhere.example/console/live"
    assert "elsewhere" not in take(client).text


def test_without_a_telephone_or_the_right_nobody_takes_callers(office: Office) -> None:
    waits(office)
    assert "没有登记电话" in take(agent(office, phone="")).text
    auditor = office.client(Role.auditor)
    assert "/console/live/take" not in auditor.get("/console/live").text
    assert take(auditor).status_code == 403


def test_a_duty_telephone_that_cannot_be_rung_is_told(office: Office) -> None:
    client = office.client(Role.supervisor)
    assert "不是可以拨打的号码" not in client.get("/console/live").text
    staff = office.hire(Role.agent, name="李伟", phone="+8611")
    shift = {
        "came_from": "hand:1", "staff_id": staff, "department": "", "role": "officer",
        "rank": "primary", "starts_at": NOON, "ends_at": NOON + timedelta(hours=1),
    }  # fmt: skip
    with office.database.writing() as connection:
        connection.execute(insert(DutyShift).values(**shift))
    page = client.get("/console/live").text
    assert "不是可以拨打的号码" in page
    assert "李伟" in page


def test_one_not_heard_of_for_a_while_is_taken_by_their_department_only(office: Office) -> None:
    waits(office, target="department:water", seen_at=NOON - timedelta(seconds=60))
    assert take(agent(office, department="justice")).status_code == 403
    assert take(agent(office, "+8613900139001", "water")).status_code == 303


def test_callers_of_a_department_are_its_own(office: Office) -> None:
    waits(office, target="department:water")
    for department, status in (("justice", 403), ("water", 303)):
        client = agent(office, f"+861390013900{status % 10}", department)
        assert ("在线等候" in client.get("/console/live").text) == (status == 303)
        assert take(client).status_code == status


def test_whose_telephone_rests_sees_it_and_ends_that_by_one_click(office: Office) -> None:
    phone = "+8613900139000"
    staff_id = office.hire(Role.agent, phone=phone)
    rests(office, phone)
    client = office.client_of(staff_id)
    desk = client.get("/console/desk").text
    assert "刚才两次都打不通" in desk
    assert "恢复响铃" in desk
    answer = post(
        client, "/console/live/ring-again", index=blind_index(phone), next="/console/desk"
    )
    assert answer.headers["location"] == "/console/desk"
    assert "打不通" not in client.get("/console/desk").text


def test_those_who_watch_see_which_duty_telephone_rests(office: Office) -> None:
    phone = "+8613900139000"
    staff_id = office.hire(Role.agent, phone=phone)
    with office.database.writing() as connection:
        connection.execute(
            insert(DutyShift).values(
                staff_id=staff_id, department="", role="officer", rank="primary",
                starts_at=NOON - timedelta(hours=1), ends_at=NOON + timedelta(hours=1),
                came_from="",
            )
        )  # fmt: skip
    rests(office, phone)
    assert "恢复响铃" in office.client(Role.supervisor).get("/console/live").text
    auditor = office.client(Role.auditor).get("/console/live").text
    assert "恢复响铃" not in auditor


def rests(office: Office, phone: str) -> None:
    """A telephone could not be reached twice."""
    waits(office, "CA9", ended_at=NOON, state="ended")
    with office.database.writing() as connection:
        for minutes in (3, 2):
            at = NOON - timedelta(minutes=minutes)
            connection.execute(
                insert(StaffRing).values(
                    caller_id=1, number_index=blind_index(phone), rung_at=at, until=at,
                    ended_at=at, result="failed",
                )
            )  # fmt: skip
