"""The pages of dispute cases: from a ticket to a settled case with its papers."""

import csv
import io
import re
from datetime import timedelta
from itertools import count
from random import Random

import pytest
from app.mediation.cases import lists, queries
from app.mediation.models import MediationLeg, MediationSession
from app.mediation.store import note
from app.tickets.models import Ticket
from app.web.application import LIVE_TOPICS
from sqlalchemy import select, true, update
from starlette.testclient import TestClient
from tests.console.cases import CALLER, Cases, post, text_of
from tests.fixtures.callbook import CallBook
from tests.fixtures.office import NOON, Office

HERE = "/console/disputes"
NEIGHBOUR = "13874500002"
UNKNOWN = "+8613874500099"  # nobody has said their name
TOMORROW = "2026-11-25T10:00"

_seeds = count(1)  # of ticket numbers


def words_of(page: str) -> str:
    """The text of a page on one line."""
    return " ".join(text_of(page).split())


def opened(office: Office, client: TestClient, **about: object) -> str:
    """A case from a fresh ticket about land; returns its page's address."""
    cases = Cases(office, Random(next(_seeds)))
    ticket = cases.opened("隔壁占了我家两分地", name="张三", **about)  # type: ignore[arg-type]
    answer = post(client, HERE, ticket=ticket)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def add_neighbour(client: TestClient, case: str, phone: str = NEIGHBOUR) -> None:
    answer = post(client, f"{case}/parties", role="respondent", name="李四", phone=phone,
                  language="zh-CN", address="龙潭镇二组", id_number="431200197001010011")  # fmt: skip
    assert answer.status_code == 303


def parties(office: Office, case: str) -> list[queries.PartyView]:
    with office.database.reading() as connection:
        found = queries.find_case(connection, case.rsplit("/", 1)[1], true(), None)
        assert found is not None
        return list(queries.parties_of(connection, found.id))


def plan(office: Office, client: TestClient, case: str, at: str = TOMORROW) -> int:
    chosen = [str(party.id) for party in parties(office, case)]
    return post(client, f"{case}/sessions", party=chosen, planned_at=at).status_code


def test_one_click_makes_a_case_of_a_ticket_and_only_one(office: Office) -> None:
    mediator = office.client("mediator")
    ticket = Cases(office).opened("隔壁占了我家两分地", name="张三")
    page = mediator.get(f"/console/tickets/{ticket}").text
    assert "立案调解" in page
    first = post(mediator, HERE, ticket=ticket).headers["location"]
    assert post(mediator, HERE, ticket=ticket).headers["location"] == first
    shown = words_of(mediator.get(first).text)
    assert "张三" in shown
    assert "农业农村局" in shown
    assert "隔壁占了我家两分地" in shown
    assert "补上另一方当事人" in shown or "约时间" in shown
    assert first.rsplit("/", 1)[1] in mediator.get(f"/console/tickets/{ticket}").text
    assert post(office.client("agent"), HERE, ticket=ticket).status_code == 403


def test_a_call_that_left_a_ticket_and_its_ticket_have_one_case(sqlite_office: Office) -> None:
    mediator = sqlite_office.client("mediator")
    ticket = Cases(sqlite_office).opened("网箱的补偿没有发", category="fisheries", name="张三")
    book = CallBook(sqlite_office.database, NOON)
    call = book.call("CA1", caller=CALLER)
    with sqlite_office.database.writing() as connection:
        connection.execute(update(Ticket).values(call_sid=call))
    case = post(mediator, HERE, call=call).headers["location"]
    page = words_of(mediator.get(case).text)
    assert [word in page for word in ("张三", "网箱的补偿没有发", "渔业")] == [True] * 3
    assert post(mediator, HERE, ticket=ticket).headers["location"] == case
    bare = post(mediator, HERE, call=book.call("CA2", caller=UNKNOWN)).headers["location"]
    assert bare not in (case, HERE)
    add_neighbour(mediator, bare)
    post(mediator, f"{bare}/agreement", terms="退地", copies="3", seen="0")
    assert f"还空着，打印出来要手填：{UNKNOWN}" in mediator.get(f"{bare}/agreement").text
    assert UNKNOWN not in mediator.get(f"{bare}/agreement/print").text, "no telephone is a name"


def test_from_a_ticket_to_a_settled_case_and_its_follow_up(office: Office) -> None:
    mediator = office.client_of(office.hire("mediator", name="周调解", phone="+8613900000009"))
    case = opened(office, mediator)
    add_neighbour(mediator, case)
    assert "已经是本案另一方的" in post(
        mediator, f"{case}/parties", role="other", name="王五", phone=NEIGHBOUR, language="zh-CN"
    ).text  # fmt: skip
    assert plan(office, mediator, case) == 303
    shown = words_of(mediator.get(case).text)
    assert "等约好的时间" in shown
    assert "短信丢了" in shown
    assert plan(office, mediator, case) == 422  # one at a time
    moved = post(mediator, f"{case}/sessions/1/move", planned_at="2026-11-26T09:30")
    assert moved.status_code == 303
    assert post(mediator, f"{case}/sessions/1/cancel", why="").status_code == 422
    assert post(mediator, f"{case}/sessions/1/cancel", why="下大雨").status_code == 303

    draft = {"facts": "去年春天垒墙。", "matters": "两分地", "terms": "一、退回两分地。\n二、不再起墙。",
             "performance": "十二月一日前，在村部。", "copies": "3", "recorder": "小陈"}  # fmt: skip
    assert post(mediator, f"{case}/agreement", seen="0", **draft).status_code == 303
    stale = post(mediator, f"{case}/agreement", seen="0", **draft | {"terms": "另一版"})
    assert stale.status_code == 422
    assert "刚才有人改过" in stale.text
    assert "另一版" in stale.text
    sheet = words_of(mediator.get(f"{case}/agreement/print").text)
    for words in (
        "人民调解协议书",
        "张三",
        "李四",
        "一、退回两分地。",
        "一式三份",
        "周调解",
        "小陈",
    ):
        assert words in sheet
    pdf = mediator.get(f"{case}/agreement.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert b"STSong-Light" in pdf.content

    settle = f"{case}/settle"
    assert post(mediator, settle, words="谈好了", follow_up_on="2026-11-24").status_code == 422
    assert post(mediator, settle, words="退地", follow_up_on="2026-12-09").status_code == 303
    assert "各方签字后" in words_of(mediator.get(case).text)
    assert post(mediator, f"{case}/effect", day="2026-11-25").status_code == 422
    assert post(mediator, f"{case}/effect", day="2026-11-24").status_code == 303
    assert "2026年12月24日 以前" in words_of(mediator.get(case).text)
    late = post(mediator, f"{case}/agreement", seen="1", **draft)
    assert late.status_code == 422
    office.clock.at = NOON + timedelta(days=15)
    again = office.client_of(office.hire("mediator"))
    assert "今天回访" in words_of(again.get(case).text)
    assert f"{case}" in again.get(f"{HERE}?due=follow_up").text
    done = post(again, f"{case}/follow-up", kept="yes", words="墙拆了，地退了。")
    assert done.status_code == 303
    shown = words_of(again.get(case).text)
    assert "墙拆了，地退了。" in shown
    assert "0 天和解" in shown


def test_a_sealed_ticket_seals_its_case(office: Office) -> None:
    owner = office.hire("mediator")
    client = office.client_of(owner)
    ticket = Cases(office).taken(owner, "邻居威胁我", sealed=True, name="张三")
    case = post(client, HERE, ticket=ticket).headers["location"]
    assert "邻居威胁我" in client.get(case).text
    for role in ("supervisor", "auditor", "mediator"):
        other = office.client(role)
        page = other.get(case).text
        assert "已加密，只有调解员" in page
        assert "邻居威胁我" not in page + other.get(HERE).text
        assert "张三" not in page
        assert other.get(f"{case}/agreement").status_code == 403
    assert post(office.client("mediator"), f"{case}/notes", words="看看").status_code == 403


def test_a_mediator_of_another_department_sees_nothing(office: Office) -> None:
    case = opened(office, office.client("mediator"))
    stranger = office.client("mediator", "housing")
    assert stranger.get(case).status_code == 404
    assert case not in stranger.get(HERE).text
    assert post(stranger, f"{case}/notes", words="x").status_code == 404


def test_the_list_is_filtered_by_its_address_and_exported(office: Office) -> None:
    supervisor = office.client("supervisor")
    land = opened(office, supervisor)
    roof = opened(office, supervisor, category="housing")
    assert post(supervisor, f"{roof}/give-up", how="withdrawn", words="谈好了").status_code == 303
    assert post(supervisor, f"{roof}/give-up", how="failed", words="不成").status_code == 422
    for query, is_land, is_roof in (
        ("", True, True), ("?state=unsettled", True, False), ("?state=withdrawn", False, True),
        ("?kind=housing", False, True), ("?mediator=me", True, True), ("?from=2026-11-25", False, False),
        ("?department=agriculture", True, False), ("?due=session", False, False), ("?state=xx", True, True),
    ):  # fmt: skip
        page = supervisor.get(f"{HERE}{query}").text
        assert ((land in page), (roof in page)) == (is_land, is_roof), query
    export = supervisor.get(f"{HERE}/export?format=csv&state=withdrawn").text
    rows = list(csv.reader(io.StringIO(export.lstrip("\ufeff"))))
    assert [row[0] for row in rows[1:-1]] == [roof.rsplit("/", 1)[1]]
    assert supervisor.get(f"{HERE}/export?format=xlsx").content.startswith(b"PK")
    assert office.client("mediator").get(f"{HERE}/export").status_code == 403


def test_the_days_to_settle_are_counted_by_month(office: Office) -> None:
    supervisor = office.client("supervisor")
    for days in (7, 4):
        case = opened(office, supervisor, at=NOON - timedelta(days=days))
        add_neighbour(supervisor, case)
        settled = post(supervisor, f"{case}/settle", words="谈好了", follow_up_on="2026-12-09")
        assert settled.status_code == 303
    with office.database.reading() as connection:
        this, before, *_ = lists.months(connection, true(), NOON)
    assert (this.opened, this.settled, this.days) == (2, 2, 5.5)
    assert (before.settled, before.days) == (0, None)
    assert "5.5 天" in supervisor.get(HERE).text


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-24T22:00", "不在夜里"),
        ("2026-11-24T12:05", "10 分钟以后"),
        ("", "请选日期和时间"),
        ("2027-06-01T10:00", "90 天以内"),
    ],
)
def test_an_hour_at_which_nobody_may_be_rung_is_refused(
    sqlite_office: Office, at: str, said: str
) -> None:
    mediator = sqlite_office.client("mediator")
    case = opened(sqlite_office, mediator)
    add_neighbour(mediator, case)
    chosen = [str(party.id) for party in parties(sqlite_office, case)]
    answer = post(mediator, f"{case}/sessions", party=chosen, planned_at=at)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_a_session_moved_to_a_bad_hour_keeps_what_was_typed(sqlite_office: Office) -> None:
    mediator = sqlite_office.client("mediator")
    case = opened(sqlite_office, mediator)
    add_neighbour(mediator, case)
    assert plan(sqlite_office, mediator, case) == 303
    night = "2026-11-25T22:00"
    refused = post(mediator, f"{case}/sessions/1/move", planned_at=night)
    assert refused.status_code == 422
    form = refused.text[refused.text.index('<details id="move-1"') :]
    assert form.startswith('<details id="move-1" open')
    assert f'value="{night}"' in form[: form.index("</details>")]


def test_an_open_page_follows_its_case(sqlite_office: Office) -> None:
    mediator = sqlite_office.client_of(sqlite_office.hire("mediator", phone="+8613900000009"))
    case = opened(sqlite_office, mediator)
    add_neighbour(mediator, case)
    assert f'hx-get="{case}/live"' in mediator.get(case).text
    chosen = [str(party.id) for party in parties(sqlite_office, case)]
    post(mediator, f"{case}/sessions", party=chosen, now="yes")
    assert "正在呼叫" in mediator.get(f"{case}/live").text
    post(mediator, f"{case}/give-up", how="withdrawn", words="不谈了")
    assert f"{case}/live" not in mediator.get(case).text, "nothing of it changes by itself any more"
    with sqlite_office.database.reading() as connection:
        assert connection.execute(LIVE_TOPICS["disputes"]).scalar()


def test_a_second_click_rings_nobody_again(office: Office) -> None:
    mediator = office.client_of(office.hire("mediator", phone="+8613900000009"))
    case = opened(office, mediator)
    add_neighbour(mediator, case)
    chosen = [str(party.id) for party in parties(office, case)]
    assert post(mediator, f"{case}/sessions", party=chosen, now="yes").status_code == 303
    assert post(mediator, f"{case}/sessions", party=chosen, now="yes").status_code == 422
    with office.database.reading() as connection:
        assert len(connection.execute(select(MediationSession.id)).all()) == 1
    assert "正在呼叫" in mediator.get(case).text


def test_a_party_who_leaves_and_one_brought_to_the_desk(sqlite_office: Office) -> None:
    mediator = sqlite_office.client("mediator")
    answer = post(mediator, HERE, kind="housing", key="one form")
    case = answer.headers["location"]
    assert post(mediator, HERE, kind="housing", key="one form").headers["location"] == case
    assert post(mediator, HERE, kind="nothing", key="x").status_code == 422
    add_neighbour(mediator, case)
    (party,) = parties(sqlite_office, case)
    facts = {"subject": "漏水", "kind": "housing", "department": "housing", "mediator": ""}
    assert post(mediator, f"{case}/facts", **facts).status_code == 303
    changed = {"role": "respondent", "name": "李四嫂", "phone": "", "language": "xx"}
    assert post(mediator, f"{case}/parties/{party.id}", **changed).status_code == 303
    assert "李四嫂" in mediator.get(case).text
    assert post(mediator, f"{case}/parties/{party.id}/remove").status_code == 303
    assert "退出的：李四嫂" in mediator.get(case).text


def test_what_was_typed_stays_in_the_form_when_it_is_refused(sqlite_office: Office) -> None:
    mediator = sqlite_office.client("mediator")
    case = opened(sqlite_office, mediator)
    typed = {"role": "other", "name": "王五", "phone": "12345", "address": "龙潭镇三组"}
    answer = post(mediator, f"{case}/parties", **typed)
    assert (answer.status_code, "不在允许拨打的范围内" in answer.text) == (422, True)
    assert [typed[name] in answer.text for name in ("name", "phone", "address")] == [True] * 3
    add_neighbour(mediator, case)
    (applicant, *_) = parties(sqlite_office, case)
    answer = post(mediator, f"{case}/sessions", party=str(applicant.id), planned_at=TOMORROW)
    assert (answer.status_code, f'value="{TOMORROW}"' in answer.text) == (422, True)
    chosen = re.findall(r'name="party" value="(\d+)" checked', answer.text)
    assert chosen == [str(applicant.id)]


def test_the_next_step_leads_to_the_floor_of_a_session_that_goes_on(
    sqlite_office: Office,
) -> None:
    mediator = sqlite_office.client_of(sqlite_office.hire("mediator", phone="+8613900000009"))
    case = opened(sqlite_office, mediator)
    add_neighbour(mediator, case)
    chosen = [str(party.id) for party in parties(sqlite_office, case)]
    post(mediator, f"{case}/sessions", party=chosen, now="yes")
    with sqlite_office.database.reading() as connection:
        session = connection.execute(select(MediationSession.id)).scalar_one()
    page = mediator.get(case).text
    step = page[page.index('id="do-next"') :][:200]
    assert f'href="/console/floor/{session}"' in step


def test_the_minutes_name_who_came_and_not_who_was_only_invited(sqlite_office: Office) -> None:
    mediator = sqlite_office.client_of(sqlite_office.hire("mediator", phone="+8613900000009"))
    case = opened(sqlite_office, mediator)
    add_neighbour(mediator, case)
    chosen = [str(party.id) for party in parties(sqlite_office, case)]
    post(mediator, f"{case}/sessions", party=chosen, now="yes")
    with sqlite_office.database.reading() as connection:
        session = connection.execute(select(MediationSession.id)).scalar_one()
    post(mediator, f"/console/floor/{session}", verb="add_department", name="water")
    with sqlite_office.database.writing() as connection:
        legs = connection.execute(select(MediationLeg.id, MediationLeg.name)).all()
        for leg, name in legs:
            if name in ("张三", "water"):
                note(connection, session, NOON, "leg", leg, ("consented", "on_floor"))
    sheet = text_of(mediator.get(f"{case}/sessions/1?print=1").text)
    came = sheet[sheet.index("参加人") :][:40]
    assert [name in came for name in ("张三", "水利局", "李四")] == [True, True, False]
    assert "water" not in sheet
    assert "张三（申请人）" in came


def test_whoever_was_rung_again_stands_once_in_the_minutes_with_each_coming(
    sqlite_office: Office,
) -> None:
    mediator = sqlite_office.client_of(sqlite_office.hire("mediator", phone="+8613900000009"))
    case = opened(sqlite_office, mediator)
    chosen = [str(party.id) for party in parties(sqlite_office, case)]
    post(mediator, f"{case}/sessions", party=chosen, now="yes")
    with sqlite_office.database.writing() as connection:
        session = connection.execute(select(MediationSession.id)).scalar_one()
        legs = connection.execute(select(MediationLeg.id, MediationLeg.name)).all()
        (leg,) = (leg for leg, name in legs if name == "张三")
        for minute, state in enumerate(("consented", "on_floor", "left") * 2):
            at = NOON + timedelta(minutes=minute)
            note(connection, session, at, "leg", leg, ("", state))
    sheet = text_of(mediator.get(f"{case}/sessions/1?print=1").text)
    came = sheet[sheet.index("参加人") : sheet.index("自动记录")]
    assert came.count("张三") == 1
    assert "12:00–12:02、12:03–12:05" in came
