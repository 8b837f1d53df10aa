"""The pages of versions, drafts and the preview."""

import asyncio
import re

import pytest
from app.flows.files import content_version
from app.publishing import queries
from app.publishing.service import publish, take_folder
from app.site_settings.service import change_setting
from tests.console.cases import post, text_of
from tests.fixtures.office import NOON, Office
from tests.publishing.sets import act, greeting, shipped

FIRST, SECOND = content_version(shipped()), content_version(greeting("汛期热线"))
PROMPTS = "prompts/zh-CN.yaml"
FLOOD = greeting("汛期热线")[PROMPTS].decode()
VERSIONS, DRAFTS = "/console/flows/versions", "/console/flows/drafts"


@pytest.fixture
def flows(office: Office) -> Office:
    """An office whose folder was taken into force."""
    with office.database.writing() as connection:
        take_folder(connection, shipped(), NOON)
    return office


def begin_draft(client: object, title: str = "汛期加提示") -> str:
    answer = post(client, DRAFTS, title=title)  # type: ignore[arg-type]
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def in_force(office: Office) -> str:
    with office.database.reading() as connection:
        return queries.in_force(connection)


def test_an_office_without_versions_says_what_to_do(office: Office) -> None:
    page = office.client("ops").get(VERSIONS).text
    assert "还没有版本" in text_of(page)


def test_versions_are_listed_compared_and_rolled_back(flows: Office) -> None:
    with flows.database.writing() as connection:
        publish(connection, greeting("汛期热线"), act())
    ops = flows.client("ops")
    page = text_of(ops.get(VERSIONS).text)
    assert page.index(SECOND) < page.index(FIRST)
    assert "汛期" in page
    changes = text_of(ops.get(f"{VERSIONS}/{SECOND}/changes?since={FIRST}").text)
    assert "提示 main.greeting（zh-CN）现在说：“您好，汛期热线" in changes
    assert f"{PROMPTS}" in changes
    assert "main.greeting" in ops.get(f"{VERSIONS}/{FIRST}?file={PROMPTS}").text
    assert post(ops, f"{VERSIONS}/{FIRST}/roll-back", why="听不清").status_code == 303
    assert in_force(flows) == FIRST
    again = post(ops, f"{VERSIONS}/{FIRST}/roll-back", why="听不清")
    assert (again.status_code, "现在使用的版本" in again.text) == (422, True)
    assert ops.get(f"{VERSIONS}/{'0' * 12}").status_code == 404


def test_a_draft_is_edited_checked_heard_and_published(flows: Office) -> None:
    ops = flows.client("ops")
    draft = begin_draft(ops)
    text = greeting("汛期热线")[PROMPTS].decode()
    bad = post(ops, f"{draft}/file", name=PROMPTS, text=text + "\nbroken: [\n", revision="0")
    assert "文件要是正确的 YAML" in text_of(bad.text)
    assert "A value is missing here" in text_of(bad.text)
    line = text.count("\n") + 3
    assert f'data-line="{line}"' in bad.text
    page = ops.get(draft).text
    assert "disabled" in page
    assert '最后改动 <time datetime="2026-11-24T04:00:00+00:00"' in page
    refused = post(ops, f"{draft}/publish", why="x")
    assert (refused.status_code, in_force(flows)) == (200, FIRST)
    good = post(ops, f"{draft}/file", name=PROMPTS, text=text, revision="1")
    assert "这个文件没有问题" in good.text
    assert "现在说：“您好，汛期热线" in text_of(ops.get(draft).text)
    assert "汛期热线" in ops.get(f"{draft}/preview").text
    assert post(ops, f"{draft}/publish", why="汛期").status_code == 303
    assert in_force(flows) == SECOND
    asyncio.run(flows.service.flows.follower.look())
    assert flows.library.current.version == SECOND


def test_two_editors_do_not_overwrite_each_other(flows: Office) -> None:
    one, other = flows.client("ops"), flows.client("ops")
    draft = begin_draft(one)
    post(one, f"{draft}/file", name="flood.yaml", text="nodes: {}\n", revision="0")
    late = post(other, f"{draft}/file", name="flood.yaml", text="nodes: {a: 1}\n", revision="0")
    assert late.status_code == 409
    assert "+nodes: {}" in text_of(late.text)
    assert "nodes: {a: 1}" in late.text
    assert 'name="revision" value="1"' in late.text


def test_with_two_people_the_author_is_offered_no_approval(flows: Office) -> None:
    with flows.database.writing() as connection:
        change_setting(connection, "flows_need_second_person", True, "staff:9", NOON)
    author, colleague = flows.client("ops"), flows.client("admin")
    draft = begin_draft(author)
    post(author, f"{draft}/file", name=PROMPTS, text=FLOOD, revision="0")
    assert post(author, f"{draft}/publish", why="汛期").status_code == 303
    assert in_force(flows) == FIRST
    assert "/approve" not in author.get(VERSIONS).text
    found = re.search(r"/console/flows/proposals/\d+/approve", colleague.get(VERSIONS).text)
    assert found is not None
    assert post(author, found.group()).status_code == 422
    assert post(colleague, found.group()).status_code == 303
    assert in_force(flows) == SECOND


def test_the_preview_plays_what_a_caller_does(flows: Office) -> None:
    ops = flows.client("ops")
    here = f"{VERSIONS}/{FIRST}/preview"
    begun = text_of(ops.get(here).text)
    assert "二十四小时为您服务" in begun
    assert "main.warnings → main.greeting → main.news → main.menu" in begun
    assert "policy.ask" in text_of(ops.get(f"{here}?did=k1").text)
    spoken = ops.get(f"{here}?did=k1&words=补贴").text
    assert "说“补贴”" in text_of(spoken)
    assert "did=k1&amp;did=w" in spoken
    assert "我没有听到您的选择" in text_of(ops.get(f"{here}?did=s").text)
    recorded = text_of(ops.get(f"{here}?did=k2&did=k1&did=r").text)
    assert "登记工单" in recorded
    assert "open day and night" in text_of(ops.get(f"{here}?language=en-US").text)
    night = text_of(ops.get(f"{here}?did=k0&at=2026-11-24T02:30").text)
    assert "接通" in night
    assert ops.get(f"{here}?did=boo").status_code == 422
    assert ops.get(f"{here}?entry=nowhere").status_code == 404


def test_supervisors_look_and_agents_do_not(flows: Office) -> None:
    assert flows.client("supervisor").get(VERSIONS).status_code == 200
    assert flows.client("agent").get(VERSIONS).status_code == 403
    assert post(flows.client("supervisor"), DRAFTS, title="x").status_code == 403
