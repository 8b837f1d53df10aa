"""The page of temporary notices, and what the portal shows of them."""

from datetime import timedelta

import pytest
from app.notices.queries import standing
from tests.console.cases import post
from tests.fixtures.office import NOON, Office

HERE = "/console/notices"


def follow(office: Office) -> None:
    """What every worker does each moment."""
    office.service.notices.refresh(office.clock.now())


def test_one_click_switches_a_notice_on_and_off(office: Office) -> None:
    ops = office.client("ops")
    page = ops.get(HERE).text
    assert "现在没有通知" in page
    assert "洪水预警" in page
    assert "到 <time" in page
    assert post(ops, f"{HERE}/ready", template="flood_warning").status_code == 303
    with office.database.reading() as connection:
        (on,) = standing(connection, NOON)
    assert (on.template, on.urgent, on.ends_at) == (
        "flood_warning",
        True,
        NOON + timedelta(hours=24),
    )
    assert set(on.words) == {"zh-CN", "en-US", "yue-HK"}
    page = ops.get(HERE).text
    assert "现在没有通知" not in page
    assert "已打开，改结束时间" in page
    evening = post(ops, f"{HERE}/ready", template="flood_warning", end="evening")
    assert evening.status_code == 303
    assert post(ops, f"{HERE}/{on.id}/off").status_code == 303
    assert post(ops, f"{HERE}/99/off").status_code == 404
    assert "提前关掉" in ops.get(HERE).text


def test_ones_own_words_by_language(office: Office) -> None:
    ops = office.client("supervisor")
    sent = {"words:zh-CN": "今天大坪村停水。", "words:en-US": "", "words:xx": "?", "urgent": "on",
            "end": "chosen", "chosen": "2026-11-24T18:30"}  # fmt: skip
    assert post(ops, f"{HERE}/written", **sent).status_code == 303
    with office.database.reading() as connection:
        (on,) = standing(connection, NOON)
    assert (on.words, on.urgent) == ({"zh-CN": "今天大坪村停水。"}, True)
    assert on.ends_at == NOON + timedelta(hours=6, minutes=30)


@pytest.mark.parametrize(
    ("path", "sent", "said"),
    [
        ("ready", {"template": "nothing"}, "没有这条预设通知"),
        ("ready", {"template": "road_closed", "end": "chosen"}, "请选结束时间"),
        ("written", {"words:zh-CN": "水" * 150}, "最多 20 秒"),
        ("written", {"words:en-US": "<b>Only English"}, "主要语言"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    office: Office, path: str, sent: dict[str, str], said: str
) -> None:
    answer = post(office.client("ops"), f"{HERE}/{path}", **sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<b>Only" not in answer.text
    for text in sent.values():
        assert path == "ready" or text.replace("<", "&lt;").replace(">", "&gt;") in answer.text


def test_how_long_it_takes_is_told_while_it_is_typed(office: Office) -> None:
    ops = office.client("ops")
    short = post(ops, f"{HERE}/length", **{"words:zh-CN": "今天停水，明天来水。"}).text
    assert "最多 20 秒" in short
    assert "field-error" not in short
    assert "field-error" in post(ops, f"{HERE}/length", **{"words:zh-CN": "水" * 150}).text


def test_who_may_not_switch_is_refused(office: Office) -> None:
    agent = office.client("agent")
    assert agent.get(HERE).status_code == 403
    assert post(agent, f"{HERE}/ready", template="road_closed").status_code == 403
    assert "/console/notices" not in agent.get("/console/desk").text


def test_the_portal_shows_what_is_on(office: Office) -> None:
    post(office.client("ops"), f"{HERE}/ready", template="flood_warning")
    anybody = office.client("agent")
    follow(office)
    for path in ("/", "/policies"):
        assert "今天有洪水预警" in anybody.get(path).text
    anybody.cookies.set("hotline_language", "en-US")
    assert "flood warning today" in anybody.get("/").text
    office.clock.at = NOON + timedelta(hours=25)
    assert "flood warning" not in anybody.get("/").text
