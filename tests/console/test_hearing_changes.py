"""The pages on which a planned hearing is changed: filled in, kept after a refusal, two at once."""

import html
import re

import pytest
from starlette.testclient import TestClient
from tests.console.cases import post, text_of
from tests.console.test_hearings import PLAN, planned
from tests.fixtures.office import Office

PEOPLE = "张三，+8613800138001，代表，zh-CN\n李四，+8613800138002，旁听，en-US"
QUESTION = {"question:zh-CN": "同意吗？", "options:zh-CN": "同意\n反对"}


def filled(client: TestClient, address: str) -> dict[str, str]:
    """What a form is filled in with."""
    page = client.get(address).text
    page = page[page.index('name="seen"') - 40 :]
    fields = dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', page))
    fields |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', page))
    kind = re.search(r'name="quorum_kind" value="(\w+)" checked', page)
    fields |= {"quorum_kind": kind[1]} if kind else {}
    fields.pop("csrf", None)
    return {name: html.unescape(value).replace("\n", "\r\n") for name, value in fields.items()}


@pytest.fixture
def here(office: Office) -> str:
    """A hearing with two members."""
    found = planned(office)
    post(office.client("supervisor"), f"{found}/members", pasted=PEOPLE)
    return found


def test_the_form_is_filled_in_and_saved(office: Office, here: str) -> None:
    lead = office.client("supervisor")
    assert f'href="{here}/change"' in lead.get(here).text
    typed = filled(lead, f"{here}/change")
    assert {name: typed[name].replace("\r", "") for name in (*PLAN, "people")} == {
        **PLAN, "items": "方案说明 | 15\n代表发言 | 10", "people": PEOPLE,
    }  # fmt: skip
    typed |= {"starts_at": "2026-11-26T14:30", "items": "代表发言", "quorum": "2"}
    typed["people"] = '张三，13800138001\n"王、五"，13800138003'
    assert post(lead, f"{here}/change", **typed).status_code == 303
    page = lead.get(here).text
    assert "138 0013 8002" not in page
    assert "王、五" in page
    assert filled(lead, f"{here}/change")["people"].count('"王、五"') == 1
    course = text_of(lead.get(f"{here}/minutes").text)
    assert "修改听证会：法定人数、议题、名单" in course
    assert "时间改到：2026-11-26 14:30" in course


def test_a_refusal_keeps_what_was_typed(office: Office, here: str) -> None:
    lead = office.client("supervisor")
    typed = filled(lead, f"{here}/change") | {"title": "新的题目"}
    for wrong, said in (
        ({"starts_at": "2020-01-01T09:00"}, "开始时间已经过去"),
        ({"people": "赵六，12"}, "第 1 行的电话“12”不对"),
        ({"items": "x" * 300}, "议题最多"),
    ):
        answer = post(lead, f"{here}/change", **(typed | wrong))
        assert answer.status_code == 422
        assert said in answer.text
        assert "新的题目" in answer.text
        assert next(iter(wrong.values())) in answer.text
        assert "现在是" not in answer.text


def test_a_change_against_somebody_elses_is_told_and_may_be_kept(office: Office, here: str) -> None:
    one, other = office.client("supervisor"), office.client("supervisor")
    first, second = (filled(client, f"{here}/change") for client in (one, other))
    assert post(one, f"{here}/change", **(first | {"title": "甲的题目"})).status_code == 303
    told = post(other, f"{here}/change", **(second | {"title": "乙的题目"}))
    assert told.status_code == 422
    assert "刚才有人改过" in told.text
    assert text_of(told.text).count("现在是：") == 1
    assert "现在是：甲的题目" in told.text
    assert "乙的题目" in told.text
    seen = re.search(r'name="seen" value="(\w+)"', told.text)
    assert seen is not None
    again = second | {"title": "乙的题目", "seen": seen[1]}
    assert post(other, f"{here}/change", **again).status_code == 303
    assert "乙的题目" in one.get(here).text


def test_a_vote_is_changed_and_taken_back(office: Office, here: str) -> None:
    lead, other = office.client("supervisor"), office.client("supervisor")
    wrong = post(lead, f"{here}/votes", **(QUESTION | {"options:en-US": "Yes"}))
    assert "选项个数要一样" in wrong.text
    assert "同意吗？" in wrong.text
    post(lead, f"{here}/votes", **QUESTION)
    vote = re.search(rf"{here}/votes/\d+", lead.get(here).text)
    assert vote is not None
    typed, late = (filled(client, f"{vote[0]}/change") for client in (lead, other))
    typed["question:zh-CN"] = "同意修路吗？"
    assert post(lead, f"{vote[0]}/change", **typed).status_code == 303
    told = post(other, f"{vote[0]}/change", **late)
    assert "刚才有人改过" in told.text
    assert "现在是：同意修路吗？" in told.text
    assert post(lead, f"{vote[0]}/remove").status_code == 303
    assert "还没有准备表决" in lead.get(here).text
    assert lead.get(f"{vote[0]}/change").status_code == 404


def test_who_may_not_plan_may_not_change(office: Office, here: str) -> None:
    auditor, lead = office.client("auditor"), office.client("supervisor")
    assert auditor.get(f"{here}/change").status_code == 403
    assert post(auditor, f"{here}/change", title="别的").status_code == 403
    assert f"{here}/change" not in auditor.get(here).text
    typed = filled(lead, f"{here}/change")
    post(lead, f"{here}/acts/open")
    assert f'href="{here}/change"' not in lead.get(here).text
    assert lead.get(f"{here}/change", follow_redirects=False).status_code == 303
    late = post(lead, f"{here}/change", **(typed | {"title": "太晚"}))
    assert "已经开始拨打或者已经结束" in late.text
    assert "太晚" in late.text
