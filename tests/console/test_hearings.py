"""The pages of hearings: plan, members, votes, what the moderator does, minutes and files."""

import re

from app.hearings.models import Hearing
from sqlalchemy import update
from tests.console.cases import post
from tests.fixtures.office import NOON, Office

HERE = "/console/hearings"
PLAN = {
    "title": "征地补偿方案听证会", "starts_at": "2026-11-25T09:00", "quorum_kind": "number",
    "quorum": "1", "floor_minutes": "3", "items": "方案说明 | 15\n代表发言",
}  # fmt: skip


def planned(office: Office) -> str:
    """The address of a new hearing."""
    answer = post(office.client("supervisor"), HERE, **PLAN)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_a_hearing_is_planned_with_members_and_a_question(office: Office) -> None:
    lead = office.client("supervisor")
    assert "还没有听证会" in lead.get(HERE).text
    here = planned(office)
    assert "还没有人员" in lead.get(here).text
    assert "取消听证会" in lead.get(here).text
    assert "结束听证会" not in lead.get(here).text, "nothing has begun"
    added = post(lead, f"{here}/members", pasted="张三，13800138001\n李四，13800138002，旁听")
    assert added.status_code == 303
    page = lead.get(here).text
    assert "138 0013 8001" in page
    assert "方案说明" in page
    asked = {"question:zh-CN": "同意吗？", "options:zh-CN": "同意\n反对"}
    assert post(lead, f"{here}/votes", **asked).status_code == 303
    assert "同意吗？" in lead.get(here).text
    assert PLAN["title"] in lead.get(HERE + "?state=coming").text
    member = re.search(rf"{here}/members/(\d+)/remove", lead.get(here).text)
    assert member is not None
    assert post(lead, member.group(0)).status_code == 303
    assert "138 0013 8001" not in lead.get(here).text


def test_what_cannot_be_is_said_on_the_page_and_nothing_typed_is_lost(office: Office) -> None:
    lead = office.client("supervisor")
    late = post(lead, HERE, **{**PLAN, "starts_at": "2020-01-01T09:00"})
    assert late.status_code == 422
    assert "开始时间已经过去" in late.text
    assert "代表发言" in late.text
    here = planned(office)
    wrong = post(lead, f"{here}/members", pasted="张三，12")
    assert wrong.status_code == 422
    assert "第 1 行的电话“12”不对" in wrong.text
    assert "张三，12" in wrong.text
    abroad = post(lead, f"{here}/members", pasted="Smith, +14155550100")
    assert "不能拨打：不在允许拨打的号码范围内" in abroad.text
    refused = post(lead, f"{here}/acts/next_speaker")
    assert refused.status_code == 422
    assert "现在没有人要求发言" in refused.text
    assert post(lead, f"{HERE}/99/acts/open").status_code == 404


def test_a_vote_waits_for_the_end_of_the_roll(office: Office) -> None:
    lead = office.client("supervisor")
    here = planned(office)
    post(lead, f"{here}/members", pasted="张三，13800138001")
    post(lead, f"{here}/votes", **{"question:zh-CN": "同意吗？", "options:zh-CN": "同意\n反对"})
    post(lead, f"{here}/acts/open")
    with office.database.writing() as connection:
        connection.execute(update(Hearing).values(roll_until=NOON))
    page = lead.get(here).text
    form = page[page.index('/open" data-sure') :]
    assert "disabled" in form[: form.index("</button>")]
    assert "正在点名" in form[: form.index("</form>")]


def test_the_auditor_reads_and_exports_and_conducts_nothing(office: Office) -> None:
    lead, auditor = office.client("supervisor"), office.client("auditor")
    here = planned(office)
    post(lead, f"{here}/members", pasted="张三，13800138001")
    assert post(lead, f"{here}/acts/open").status_code == 303
    assert post(lead, f"{here}/acts/next_item").status_code == 303
    assert post(lead, f"{here}/announce", words="现在开始。").status_code == 303
    assert post(lead, f"{here}/acts/end").status_code == 303
    assert post(auditor, f"{here}/acts/open").status_code == 403
    page = auditor.get(here).text
    assert "听证会为所有人结束" not in page
    assert "不足法定人数" not in page  # when it is over everybody has left
    minutes = auditor.get(f"{here}/minutes").text
    assert "听证会开始" in minutes
    assert "现在开始。" in minutes
    assert "未到会" in minutes
    assert "法定人数：1 位代表中须到会 1 位" in minutes
    for name in ("attendance", "results"):
        for form in ("csv", "xlsx"):
            assert auditor.get(f"{here}/{name}?format={form}").status_code == 200
    assert "+86" in auditor.get(f"{here}/attendance?format=csv").text
    assert office.client("agent").get(HERE).status_code == 403
