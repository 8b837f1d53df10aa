"""Departments, screening, other systems, alerts and the set-up, as pages."""

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from app.calls.number import ask_provider, wanted_settings
from app.calls.screening.queries import bans
from app.calls.telephony import NumberSettings, TryAgainLaterError
from app.console.departments import day_runs
from app.console.setup.directory_file import telephones, with_telephones
from app.flows.files import read_folder
from app.people.alerts.queries import count_open
from app.people.alerts.service import raise_alert
from app.people.audit.models import AuditEntry
from app.people.tokens.queries import find_token
from app.site_settings.queries import site_settings
from app.webhooks.queries import endpoints
from app.webhooks.service import add_endpoint
from sqlalchemy import select
from tests.console.cases import post
from tests.fixtures.office import FLOWS, NOON, Office


def test_departments_are_shown_with_their_promise_and_placeholders(office: Office) -> None:
    page = office.client("agent").get("/console/departments").text
    assert "农业农村局" in page
    assert "5 分钟响应，24 小时办结" in page
    assert "不是真实号码" in page
    assert "周一至周五" in page
    assert "directory.yaml" not in page
    assert "directory.yaml" in office.client("admin").get("/console/departments").text


@pytest.mark.parametrize(
    ("days", "runs"),
    [
        (["mon", "tue", "wed"], [("mon", "wed")]),
        (["sun", "mon", "tue"], [("mon", "tue"), ("sun", "sun")]),
        (["wed"], [("wed", "wed")]),
        ([], []),
    ],
)
def test_days_of_the_week_are_said_as_runs(days: list[str], runs: list[tuple[str, str]]) -> None:
    assert day_runs(days) == runs


def test_a_number_is_banned_and_the_ban_lifted(office: Office) -> None:
    ops = office.client("ops")
    ban = {"number": "138 0013 8000", "reason": "反复骚扰", "days": "7"}
    assert post(ops, "/console/screening/bans", **ban).status_code == 303
    with office.database.reading() as connection:
        (made,) = bans(connection, NOON)
    assert (made.number, made.until) == ("+8613800138000", NOON + timedelta(days=7))
    again = post(ops, "/console/screening/bans", **ban)
    assert again.status_code == 422
    assert "已经在黑名单里" in again.text
    lift = f"/console/screening/bans/{made.id}/lift"
    assert post(ops, lift).status_code == 303
    with office.database.reading() as connection:
        assert not bans(connection, NOON)[0].is_standing
    assert post(ops, "/console/screening/bans/99/lift").status_code == 404


def test_the_spoken_check_is_switched(office: Office) -> None:
    ops = office.client("ops")
    page = "/console/screening"
    answer = post(ops, f"{page}/challenge", who="busy", calls_per_hour="4")
    assert answer.status_code == 303
    with office.database.reading() as connection:
        settings = site_settings(connection)
    assert (settings.challenge, settings.challenge_calls_per_hour) == ("busy", 4)
    wrong = post(ops, f"{page}/challenge", who="busy", calls_per_hour="0")
    assert wrong.status_code == 422


def test_a_token_is_shown_once_and_revoked(office: Office) -> None:
    admin, page = office.client("admin"), "/console/systems"
    made = post(admin, f"{page}/tokens", name="town-portal",
                rights=["tickets.view", "departments.view"], days="30")  # fmt: skip
    assert made.status_code == 200
    token = re.search(r'<code class="token">([^<]+)</code>', made.text)
    assert token is not None
    with office.database.reading() as connection:
        assert find_token(connection, token[1], NOON) is not None
    again = admin.get(page).text
    assert "town-portal" in again
    assert token[1] not in again
    assert post(admin, f"{page}/tokens/1/revoke").status_code == 303
    with office.database.reading() as connection:
        assert find_token(connection, token[1], NOON) is None
    wrong = post(admin, f"{page}/tokens", name="no spaces", rights=["tickets.view"],
                 days="3")  # fmt: skip
    assert wrong.status_code == 422


def test_the_webhooks_of_a_revoked_token_are_sent_nothing(office: Office) -> None:
    admin, page = office.client("admin"), "/console/systems"
    post(admin, f"{page}/tokens", name="town", rights=["tickets.view"], days="30")
    with office.database.writing() as connection:
        for owner in ("api:town", "api:village"):
            add_endpoint(connection, name=owner, url="https://example.org/", secret="s",
                         events="*", department="*", by=owner, at=NOON)  # fmt: skip
    assert post(admin, f"{page}/tokens/1/revoke").status_code == 303
    with office.database.reading() as connection:
        standing = [one["name"] for one in endpoints(connection) if one["disabled_at"] is None]
    assert standing == ["api:village"]


def test_alerts_are_seen_and_noted(office: Office) -> None:
    person = office.hire("agent")
    with office.database.writing() as connection:
        for number in range(2):
            raise_alert(
                connection, key=f"k{number}", staff_id=person, kind="ticket.overdue", ticket_id=None,
                words={"zh-CN": f"第{number}件事", "en-US": f"matter {number}"}, at=NOON,
            )  # fmt: skip
    client, page = office.client_of(person), "/console/alerts"
    assert client.get(f"{page}/count").text == "2"
    shown = client.get(page).text
    assert "第1件事" in shown
    number = re.search(r"/alerts/(\d+)/acknowledge", shown)
    assert number is not None
    assert post(client, f"{page}/{number[1]}/acknowledge").status_code == 303
    assert client.get(f"{page}/count").text == "1"
    assert post(client, f"{page}/acknowledge").status_code == 303
    with office.database.reading() as connection:
        assert count_open(connection, person) == 0
    assert "没有待确认的提醒" in client.get(page).text
    assert "第1件事" in client.get(f"{page}?everything=true").text


def test_push_goes_only_to_browsers(office: Office) -> None:
    client = office.client("agent")
    csrf = re.search(r'data-csrf="([^"]+)"', client.get("/console/alerts").text)
    assert csrf is not None
    headers = {"X-CSRF-Token": csrf[1], "Accept": "application/json"}
    good = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "p256dh": "k", "auth": "a"}
    assert client.post("/console/alerts/push", json=good, headers=headers).status_code == 200
    bad = good | {"endpoint": "https://10.0.0.7/steal"}
    assert client.post("/console/alerts/push", json=bad, headers=headers).status_code == 422
    end = {"endpoint": good["endpoint"]}
    assert client.post("/console/alerts/push/end", json=end, headers=headers).status_code == 200


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    folder = tmp_path / "ivr_flows"
    shutil.copytree(FLOWS, folder)
    return folder


def test_telephones_are_changed_and_nothing_else(flows: Path) -> None:
    before = read_folder(flows)[0]
    after = with_telephones(before, {"departments.justice": ["+867452234567"]})
    assert telephones(after)["departments.justice"] == ["+867452234567"]
    told = before["directory.yaml"].replace(b'["+867451000301"]', b'["+867452234567"]')
    assert after == {**before, "directory.yaml": told}


def test_what_is_not_changed_stays_as_it_is(flows: Path) -> None:
    before = read_folder(flows)[0]
    assert with_telephones(before, telephones(before)) is before
    assert with_telephones(before, {}) is before


def test_the_first_sign_in_leads_to_the_set_up_until_it_is_left(office: Office) -> None:
    admin = office.client("admin")
    assert admin.get("/console").headers["location"] == "/console/setup"
    assert office.client("agent").get("/console").headers["location"] == "/console/desk"
    page = admin.get("/console/setup").text
    assert page.count("待完成") == 3
    assert post(admin, "/console/setup/later").status_code == 303
    assert admin.get("/console").headers["location"] == "/console/desk"


def test_the_set_up_saves_telephones(
    office: Office, flows: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.service.site.settings, "flows_dir", flows)
    admin, page = office.client("admin"), "/console/setup"
    given = {"numbers:departments.justice": "0745-2234567，138 0013 8000"}
    assert post(admin, f"{page}/departments", **given).status_code == 303
    kept = telephones(read_folder(flows)[0])
    assert kept["departments.justice"] == ["+867452234567", "+8613800138000"]
    with office.database.reading() as connection:
        audited = connection.execute(
            select(AuditEntry.detail).where(AuditEntry.act == "directory.telephones_changed")
        ).scalars().all()  # fmt: skip
    assert audited == ['{"places":["departments.justice"]}']
    wrong = post(admin, f"{page}/departments", **{"numbers:duty.officers": "110"})
    assert wrong.status_code == 422
    assert "directory.yaml" in wrong.text


class Provider:
    """A provider whose number leads somewhere."""

    def __init__(self, found: NumberSettings | None) -> None:
        self.found = found

    def number_settings(self) -> NumberSettings | None:
        if self.found is None:
            raise TryAgainLaterError("the provider could not be reached")
        return self.found

    def point_number(self, settings: NumberSettings) -> None:
        self.found = settings

    def application_settings(self, sid: str) -> NumberSettings | None:
        raise AssertionError(f"{sid} was not to be asked for")


def test_the_provider_is_compared_with_what_is_wanted() -> None:
    base = "https://hotline.example.org"
    right = wanted_settings(base)
    limited = NumberSettings(
        right.voice_url, f"{right.voice_fallback_url}#ct=2000", right.status_callback, right.sms_url
    )
    assert ask_provider(Provider(limited), base).is_right
    elsewhere = NumberSettings("https://old.example.org/", "", right.status_callback, right.sms_url)
    assert ask_provider(Provider(elsewhere), base).wrong == ["voice_url", "voice_fallback_url"]
    away = ask_provider(Provider(None), base)
    assert (away.is_right, away.problem) == (False, "the provider could not be reached")


def test_a_test_call_needs_a_telephone(office: Office) -> None:
    admin = office.client("admin")
    answer = post(admin, "/console/setup/call")
    assert answer.status_code == 422
    assert "请先在“我的账户”里填上您的电话" in answer.text
