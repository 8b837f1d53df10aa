"""Pages of the flows: the picture, a node, the numbers, what nobody understood; and to whom."""

import csv
import html
import io
import json
import re
from datetime import date, timedelta

import pytest
from app.calls.facts import CallFacts
from app.console.flow_graph.naming import FlowNames
from app.flows.directory import Entries
from app.flows.effects import NotUnderstood
from app.flows.locale import Locale
from app.flows.nodes import NODE_TYPES
from app.insight.flow_numbers.models import JourneyCount, NodeCount, WayCount
from app.policies.service import record_unanswered
from sqlalchemy import insert
from tests.console.cases import text_of
from tests.fixtures.office import NOON, Office

TODAY = date(2026, 11, 24)
SEERS = ("ops", "supervisor", "auditor", "admin")
OTHERS = ("agent", "mediator")


@pytest.fixture
def counted(office: Office) -> Office:
    """An office on a day with some callers; half of those at the status question left."""
    version = office.library.current.version
    nodes = [
        {"node": "main.menu", "visits": 41, "callers": 40, "wrongs": 3, "seconds": 410},
        {"node": "status.ask", "visits": 12, "callers": 12, "hang_ups": 6, "lost": 6},
        {"node": "gone.node", "visits": 1, "callers": 1},
        {"node": "main", "callers": 40},
    ]
    measures = {name: 0 for node in nodes for name in node if name != "node"}
    with office.database.writing() as connection:
        for node in nodes:
            connection.execute(
                insert(NodeCount).values(**({"day": TODAY, "version": version} | measures | node))
            )
        for target, cause, count in (
            ("policy.ask", "1", 20), ("policy.ask", "words", 4), ("person.ring", "person", 7)
        ):  # fmt: skip
            connection.execute(
                insert(WayCount).values(
                    day=TODAY,
                    version=version,
                    node="main.menu",
                    target=target,
                    cause=cause,
                    count=count,
                )
            )
        for stage, outcome, count in (("chose", "policy", 30), ("heard", "abandoned", 10)):
            connection.execute(
                insert(JourneyCount).values(
                    day=TODAY, version=version, stage=stage, outcome=outcome, count=count
                )
            )
    return office


@pytest.fixture
def spoken(office: Office) -> Office:
    """An office in which somebody said what no menu understood."""
    facts = CallFacts("CA1", "+8613800138000", "zh-CN", NOON - timedelta(hours=1))
    with office.database.writing() as connection:
        record_unanswered(connection, NotUnderstood("main.menu", "=医保<b>"), facts)
    return office


def page(office: Office, path: str, role: str = "ops", status: int = 200) -> str:
    answer = office.client(role).get(path)
    assert answer.status_code == status
    return answer.text


def drawing(text: str) -> dict[str, list[dict[str, object]]]:
    """What the browser is given to draw."""
    found = re.search(r'data-graph="([^"]*)"', text)
    assert found is not None
    drawn: dict[str, list[dict[str, object]]] = json.loads(html.unescape(found.group(1)))
    return drawn


def test_the_list_of_flows_says_who_called_and_what_is_wrong(counted: Office) -> None:
    text = text_of(page(counted, "/console/flows"))
    assert "近 7 天 40 通电话走过" in text
    assert "检查通过" in text
    assert "Where every call begins." in text
    assert "打给工作人员" in text


def test_a_graph_and_its_list_say_the_same(counted: Office) -> None:
    text = page(counted, "/console/flows/all")
    drawn = drawing(text)
    assert {node["id"] for node in drawn["nodes"]} == set(counted.library.current.nodes)
    said = " ".join(text_of(text).split())
    ways = {(edge["source"], edge["target"]): edge for edge in drawn["edges"]}
    policy = ways["main.menu", "policy.ask"]
    assert (policy["label"], policy["count"]) == ("1", 24)
    assert "1 → policy.ask (24)" in said
    assert "按 0 → person.ring (7)" in said
    assert {rule["target"] for rule in drawn["rules"]} == {"person.ring"}
    tones = {node["id"]: node["tone"] for node in drawn["nodes"]}
    assert (tones["status.ask"], tones["main.menu"]) == ("soon", "")


def test_a_node_shows_its_lines_prompts_and_callers(counted: Office) -> None:
    text = page(counted, "/console/flows/main/nodes/main.menu")
    said = " ".join(text_of(text).split())
    assert "查询政策，请按 1。" in said
    assert "press 1" in said
    assert "文件 main.yaml 第 " in said
    assert 'data-line="14"' in text
    assert "options:" in said
    assert "没有发现问题。" in said
    assert "平均停留秒 10" in said
    whole = page(counted, "/console/flows/main?node=main.menu")
    assert "文件 main.yaml 第 " in whole


def test_days_and_versions_narrow_the_numbers(counted: Office) -> None:
    version = counted.library.current.version
    for query, count in (
        ("days=1", 24), (f"days=30&version={version}", 24), ("version=another", 0), ("days=junk", 24)
    ):  # fmt: skip
        drawn = drawing(page(counted, f"/console/flows/main?{query}"))
        ways = {(edge["source"], edge["target"]): edge["count"] for edge in drawn["edges"]}
        assert ways["main.menu", "policy.ask"] == count
    assert "已经不在内存里" in page(counted, "/console/flows/main?version=another")
    counted.clock.at = NOON + timedelta(days=8)
    drawn = drawing(page(counted, "/console/flows/main"))
    assert all(edge["count"] == 0 for edge in drawn["edges"])


def test_what_is_not_there_is_not_found(office: Office) -> None:
    page(office, "/console/flows/nowhere", status=404)
    page(office, "/console/flows/..%2Fdirectory", status=404)
    page(office, "/console/flows/main/nodes/escalation.answer", status=404)


def test_the_numbers_as_a_funnel_a_list_and_a_table(counted: Office) -> None:
    text = page(counted, "/console/flows/numbers")
    said = " ".join(text_of(text).split())
    assert "打进来 40 100%" in said
    assert "选到了 30 75%" in said
    assert "办到了事 30 75%" in said
    assert "中途挂机 10 25%" in said
    assert "status.ask 查询办理进度 6 人离开，占 50%" in said
    assert "gone.node 现行版本没有" in said
    assert "status.ask" not in text_of(page(counted, "/console/flows/numbers?flow=main"))


def test_the_numbers_are_exported(counted: Office) -> None:
    answer = counted.client("ops").get("/console/flows/numbers/export?format=csv&days=1")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["节点", "类型", "到达", "电话"]
    assert rows[1][:5] == ["main.menu", "选择菜单", "41", "40", "10.0"]


def test_an_empty_page_says_what_to_do(office: Office) -> None:
    assert "打一个测试电话" in page(office, "/console/flows/numbers")
    assert "换一段更长的时间" in page(office, "/console/flows/words")


def test_what_nobody_understood_is_found_and_exported(spoken: Office) -> None:
    text = page(spoken, "/console/flows/words?q=医保")
    assert "=医保&lt;b&gt;" in text
    assert "/console/calls/CA1" in text
    assert "没有找到这样的话" in page(spoken, "/console/flows/words?q=低保&before=junk")
    answer = spoken.client("ops").get("/console/flows/words/export?format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][:3] == ["'=医保<b>", "1", "main.menu"]


def test_who_sees_pictures_numbers_and_words(office: Office) -> None:
    paths = ("", "/main", "/main/nodes/main.menu", "/numbers", "/words", "/words/export")
    for role in (*SEERS, *OTHERS):
        client = office.client(role)
        expected = 200 if role in SEERS else 403
        assert {client.get(f"/console/flows{path}").status_code for path in paths} == {expected}


def test_words_of_the_county_are_not_for_a_single_department(office: Office) -> None:
    client = office.client("supervisor", department="agriculture")
    assert client.get("/console/flows/numbers").status_code == 200
    assert client.get("/console/flows/words").status_code == 403
    assert "/console/flows/words" not in client.get("/console/flows/numbers").text


def test_every_node_type_and_every_entry_has_a_name_in_both_languages(office: Office) -> None:
    directory = office.library.current.directory
    for names in (FlowNames(directory, "zh-CN"), FlowNames(directory, "en-US")):
        unnamed = [key for key in NODE_TYPES if names.kind(key) == key]
        assert unnamed + [one for one in Entries.model_fields if names.entry(one) == one] == []


def test_a_language_that_was_added_by_a_file_goes_by_its_own_name(office: Office) -> None:
    """Neither the words of the pages nor their tag: what the file of its prompts calls it."""
    directory = office.library.current.directory.speaking({"miao": Locale(name="Dut Xongb")})
    for language, mandarin in (("zh-CN", "普通话"), ("en-US", "Mandarin")):
        names = FlowNames(directory, language)
        assert [names.spoken_in(tag) for tag in ("miao", "zh-CN")] == ["Dut Xongb", mandarin]
