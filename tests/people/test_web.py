"""Signing in and staying so, at the edge: cookies, fixation, CSRF, redirects, the account's pages."""

import re
from collections.abc import Callable
from datetime import datetime

import pyotp
import pytest
from app.main import Service
from app.people.access.rights import Role
from app.people.audit.queries import Filters, entries
from app.people.staff.service import give_grant
from app.web.onward import local_path
from app.web.sessions import SessionCookie
from fastapi import Request
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.people.browser import Browser
from tests.people.people import MORNING, OPERATOR, PASSWORD, StoppedClock, person_of, take_on

Opener = Callable[..., Browser]
NEW = "four rivers meet here"


def code_now(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def secret_on(page: str) -> str:
    found = re.search(r"<code>([A-Z2-7 ]{32,})</code>", page)
    assert found
    return found.group(1).replace(" ", "")


def codes_on(page: str) -> list[str]:
    return re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", page)


def test_somebody_signs_in_and_out(service: Service, browse: Opener) -> None:
    take_on(service.database, "boss", Role.admin)
    browser = browse()
    asked = browser.open("/console/staff?role=agent")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/console/sign-in?next=%2Fconsole%2Fstaff%3Frole%3Dagent"
    page = browser.open(asked.headers["location"])
    assert 'name="next" value="/console/staff?role=agent"' in page.text
    answer = browser.submit(
        "/console/sign-in", login="boss", password=PASSWORD, next="/console/staff?role=agent"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/staff?role=agent")
    assert browser.open("/console/staff").status_code == 200
    former = browser.cookie
    assert browser.submit("/console/sign-out").headers["location"] == "/console/sign-in"
    assert browser.cookie is None
    browser.carry(former)
    assert browser.open("/console/staff").status_code == 303


def test_a_wrong_password_is_told_without_saying_what_is_wrong(
    service: Service, browse: Opener
) -> None:
    take_on(service.database, "boss")
    pages = []
    for login in ("boss", "nobody"):
        browser = browse()
        browser.open("/console/sign-in")
        answer = browser.submit("/console/sign-in", login=login, password="a wrong password")
        assert answer.status_code == 401
        pages.append(re.sub(r"[0-9a-f]{64}", "", answer.text.replace(login, "")))
    assert pages[0] == pages[1]
    for _ in range(4):
        browser.submit("/console/sign-in", login="nobody", password="a wrong password")
    answer = browser.submit("/console/sign-in", login="nobody", password="a wrong password")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "30")


def test_the_cookie_is_new_at_sign_in_whatever_it_was_before(
    service: Service, browse: Opener
) -> None:
    take_on(service.database, "boss")
    browser = browse()
    browser.carry("fixed-by-somebody-else")
    browser.open("/console/sign-in")
    browser.submit("/console/sign-in", login="boss", password=PASSWORD)
    first = browser.cookie
    assert first not in (None, "fixed-by-somebody-else")
    browser.sign_in("boss")
    assert browser.cookie != first
    old = browse()
    old.carry(first)
    assert old.open("/console/account").status_code == 303  # the session signed in over has ended


def test_a_change_of_roles_gives_a_new_cookie_and_keeps_the_page_alive(
    service: Service, browse: Opener
) -> None:
    person = take_on(service.database, "yang", Role.agent)
    browser = browse()
    browser.sign_in("yang")
    former, token = browser.cookie, browser.csrf
    with service.database.writing() as connection:
        give_grant(connection, person, Role.admin, by=OPERATOR, at=MORNING)
    assert browser.get("/console/staff").status_code == 200
    assert browser.cookie != former
    browser.csrf = token  # a form that was open before
    assert browser.submit("/console/account/sessions/end").status_code == 303


def test_idleness_ends_it_and_a_page_that_looks_by_itself_does_not_keep_it(
    service: Service, browse: Opener, clock: StoppedClock
) -> None:
    take_on(service.database, "yang", Role.agent)
    browser = browse()
    browser.sign_in("yang")
    for _ in range(3):
        clock.forward(minutes=29)
        assert browser.open("/console/account").status_code == 200
    clock.forward(minutes=29)
    assert browser.get("/console/desk/work").status_code == 200  # the page by itself
    clock.forward(minutes=1)
    assert browser.open("/console/account").status_code == 303


@pytest.mark.parametrize("is_https", [False, True])
def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(is_https: bool) -> None:
    async def keep(request: Request) -> PlainTextResponse:
        request.state.browser.keep("a-token")
        return PlainTextResponse("")

    inner = Starlette(routes=[Route("/", keep)])
    client = TestClient(SessionCookie(inner, is_https=is_https), base_url="https://testserver")
    name, secure = ("__Host-hotline", "; Secure") if is_https else ("hotline", "")
    expected = f"{name}=a-token; Path=/; HttpOnly; SameSite=Lax{secure}"
    assert client.get("/").headers["set-cookie"] == expected


@pytest.mark.parametrize(
    ("headers", "field", "status"),
    [
        ({}, True, 303),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, True, 303),
        ({"x-csrf-token": "yes"}, False, 303),
        ({}, False, 403),
        ({"x-csrf-token": "0" * 64}, False, 403),
        ({"x-csrf-token": "é"}, False, 403),
        ({"origin": "https://evil.example"}, True, 403),
        ({"origin": "http://testserver.evil.example"}, True, 403),
        ({"origin": "null"}, True, 403),
        ({"sec-fetch-site": "cross-site"}, True, 403),
        ({"sec-fetch-site": "same-site"}, True, 403),
    ],
)
def test_what_changes_something_comes_from_our_own_pages(
    service: Service, browse: Opener, headers: dict[str, str], field: bool, status: int
) -> None:
    take_on(service.database, "yang")
    browser = browse()
    browser.sign_in("yang")
    if headers.get("x-csrf-token") == "yes":
        headers = {"x-csrf-token": browser.csrf}
    sent = {name: value.encode() for name, value in headers.items()}
    answer = browser.post(
        "/console/account/sessions/end",
        data={"csrf": browser.csrf} if field else {},
        headers=sent,
    )
    assert answer.status_code == status


def test_the_token_of_one_session_is_no_good_in_another(service: Service, browse: Opener) -> None:
    take_on(service.database, "yang")
    take_on(service.database, "li")
    mine, theirs = browse(), browse()
    mine.sign_in("yang")
    theirs.sign_in("li")
    mine.csrf = theirs.csrf
    assert mine.submit("/console/account/sessions/end").status_code == 403


def test_signing_in_needs_a_token_too(service: Service, browse: Opener) -> None:
    take_on(service.database, "yang")
    browser = browse()
    answer = browser.submit("/console/sign-in", login="yang", password=PASSWORD)
    assert answer.status_code == 403
    assert browser.open("/console/account").status_code == 303


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("/console/tickets?state=open", True),
        ("/", True),
        ("//evil.example", False),
        ("///evil.example", False),
        ("/\\evil.example", False),
        ("\\\\evil.example", False),
        ("https://evil.example/console", False),
        ("javascript:alert(1)", False),
        ("console", False),
        ("", False),
        ("/\tevil", False),
        ("/\n/evil.example", False),
        ("/ /evil.example", False),
        (" //evil.example", False),
    ],
)
def test_nobody_is_led_elsewhere(address: str, local: bool) -> None:
    assert local_path(address) == (address if local else "/console")


def test_signing_in_leads_nobody_elsewhere(service: Service, browse: Opener) -> None:
    take_on(service.database, "yang")
    browser = browse()
    browser.open("/console/sign-in?next=//evil.example")
    answer = browser.submit(
        "/console/sign-in", login="yang", password=PASSWORD, next="https://evil.example"
    )
    assert answer.headers["location"] == "/console"


@pytest.mark.parametrize(
    ("headers", "path", "status", "name", "value"),
    [
        ({}, "/console/account", 303, "location", "/console/sign-in?next=%2Fconsole%2Faccount"),
        (
            {"hx-request": "true", "hx-current-url": "http://testserver/console/desk?a=1"},
            "/console/account", 401, "hx-redirect", "/console/sign-in?next=%2Fconsole%2Fdesk%3Fa%3D1",
        ),
        ({"accept": "application/json"}, "/console/account", 401, "content-type", "application/problem+json"),
        ({}, "/api/v1/tickets", 401, "www-authenticate", "Bearer"),
    ],
)  # fmt: skip
def test_who_has_not_signed_in_is_told_in_their_own_way(
    browse: Opener, headers: dict[str, str], path: str, status: int, name: str, value: str
) -> None:
    answer = browse().get(path, headers=headers)
    assert (answer.status_code, answer.headers[name]) == (status, value)


def test_a_one_time_password_is_replaced_before_anything_else(
    service: Service, browse: Opener
) -> None:
    take_on(service.database, "boss", Role.admin, one_time=True)
    browser = browse()
    browser.open("/console/sign-in")
    browser.submit("/console/sign-in", login="boss", password=PASSWORD)
    asked = browser.open("/console/staff")
    assert asked.headers["location"] == "/console/sign-in/password?next=%2Fconsole%2Fstaff"
    browser.open(asked.headers["location"])
    for new, again in (("short", "short"), (NEW, "another sentence"), (PASSWORD, PASSWORD)):
        answer = browser.submit("/console/sign-in/password", new=new, again=again)
        assert answer.status_code == 422
        assert browser.get("/console/staff").status_code == 303
    answer = browser.submit("/console/sign-in/password", new=NEW, again=NEW, next="/console/staff")
    assert answer.headers["location"] == "/console/staff"
    assert browser.open("/console/staff").status_code == 200
    assert browse().sign_in("boss", PASSWORD).status_code == 401
    assert browse().sign_in("boss", NEW).status_code == 303


def enrolled(browser: Browser, at: datetime) -> tuple[str, list[str]]:
    """Set the second factor up on the account's page; its secret and recovery codes."""
    secret = secret_on(browser.open("/console/account/totp").text)
    assert secret_on(browser.open("/console/account/totp").text) == secret
    assert browser.submit("/console/account/totp", code="000000").status_code == 422
    page = browser.submit("/console/account/totp", code=code_now(secret, at))
    assert page.status_code == 200
    return secret, codes_on(page.text)


def test_two_steps_from_set_up_to_the_lost_telephone(
    service: Service, browse: Opener, clock: StoppedClock
) -> None:
    take_on(service.database, "yang")
    browser = browse()
    browser.sign_in("yang")
    secret, codes = enrolled(browser, clock.now())
    assert len(codes) == 10
    used = code_now(secret, clock.now())

    browser = browse()
    browser.open("/console/sign-in")
    browser.submit("/console/sign-in", login="yang", password=PASSWORD)
    half = browser.cookie
    assert browser.open("/console/account").headers["location"].startswith("/console/sign-in/code")
    for forbidden in ("/console/sign-in/totp", "/console/sign-in/password"):
        assert browser.open(forbidden).status_code in (303, 409)
    browser.open("/console/sign-in/code")
    assert browser.submit("/console/sign-in/code", code=used).status_code == 401  # set up by it
    clock.forward(seconds=30)
    answer = browser.submit("/console/sign-in/code", code=code_now(secret, clock.now()))
    assert answer.status_code == 303
    assert browser.cookie != half
    assert browser.open("/console/account").status_code == 200

    browser = browse()
    browser.open("/console/sign-in")
    browser.submit("/console/sign-in", login="yang", password=PASSWORD)
    browser.open("/console/sign-in/code")
    answer = browser.submit("/console/sign-in/code", code=codes[3].upper())
    assert answer.headers["location"] == "/console/account?done=recovery_used"
    assert "9" in re.sub(r"<[^>]+>", "", browser.open("/console/account").text)

    page = browser.submit("/console/account/recovery-codes", current=PASSWORD)
    assert set(codes_on(page.text)).isdisjoint(codes)
    browser.open("/console/account")
    assert browser.submit("/console/account/totp/remove", current="wrong").status_code == 422
    assert browser.submit("/console/account/totp/remove", current=PASSWORD).status_code == 303
    assert browse().sign_in("yang").headers["location"] == "/console"


class TestNeeded:
    """Somebody whose role needs a second factor."""

    @pytest.fixture
    def settings_given(self) -> dict[str, object]:
        return {"totp_roles": "auditor,admin"}

    def test_it_is_set_up_at_the_first_sign_in_and_stays(
        self, service: Service, browse: Opener, clock: StoppedClock
    ) -> None:
        take_on(service.database, "wu", Role.auditor)
        browser = browse()
        browser.open("/console/sign-in")
        browser.submit("/console/sign-in", login="wu", password=PASSWORD)
        asked = browser.open("/console/audit")
        assert asked.headers["location"] == "/console/sign-in/totp?next=%2Fconsole%2Faudit"
        secret = secret_on(browser.open(asked.headers["location"]).text)
        page = browser.submit(
            "/console/sign-in/totp", code=code_now(secret, clock.now()), next="/console/audit"
        )
        assert 'href="/console/audit"' in page.text
        assert browser.open("/console/audit").status_code == 200
        assert browser.submit("/console/account/totp/remove", current=PASSWORD).status_code == 422

    def test_other_roles_are_left_alone(self, service: Service, browse: Opener) -> None:
        take_on(service.database, "yang", Role.agent)
        browser = browse()
        browser.sign_in("yang")
        assert browser.open("/console/account").status_code == 200


def test_a_new_password_signs_out_everywhere_else(service: Service, browse: Opener) -> None:
    take_on(service.database, "yang")
    here, there = browse(), browse()
    here.sign_in("yang")
    there.sign_in("yang")
    for current, new, again in (
        ("wrong", NEW, NEW),
        (PASSWORD, NEW, "other"),
        (PASSWORD, "x", "x"),
    ):
        answer = here.submit("/console/account/password", current=current, new=new, again=again)
        assert answer.status_code == 422
    answer = here.submit("/console/account/password", current=PASSWORD, new=NEW, again=NEW)
    assert answer.headers["location"] == "/console/account?done=password"
    assert here.open("/console/account").status_code == 200
    assert there.open("/console/account").status_code == 303


def test_my_sessions_are_ended_by_me_alone(service: Service, browse: Opener) -> None:
    take_on(service.database, "yang")
    take_on(service.database, "li")
    here, there, other = browse(), browse(), browse()
    here.sign_in("yang")
    there.sign_in("yang")
    other.sign_in("li")
    keys = re.findall(r"/console/account/sessions/(\w+)/end", here.open("/console/account").text)
    assert len(keys) == 1
    assert other.submit(f"/console/account/sessions/{keys[0]}/end").status_code == 404
    assert there.open("/console/account").status_code == 200
    assert here.submit(f"/console/account/sessions/{keys[0]}/end").status_code == 303
    assert there.open("/console/account").status_code == 303


def test_a_profile_is_changed(service: Service, browse: Opener) -> None:
    take_on(service.database, "yang")
    browser = browse()
    browser.sign_in("yang")
    wished = {"name": "杨 <b>小玲</b>", "language": "en-US", "phone": "+86 138 0013 8000"}
    assert browser.submit("/console/account/profile", **wished).status_code == 303
    person = person_of(service.database, "yang")
    assert (person.name, person.language, person.phone) == (
        "杨 <b>小玲</b>", "en-US", "+8613800138000",
    )  # fmt: skip
    page = browser.open("/console/account")
    assert "<b>小玲</b>" not in page.text
    assert "My account" in page.text
    assert browser.submit("/console/account/profile", name="", phone="12").status_code == 422


def test_staff_are_administered(service: Service, browse: Opener) -> None:
    take_on(service.database, "boss", Role.admin)
    boss = browse()
    boss.sign_in("boss")
    boss.open("/console/staff/new")
    page = boss.submit(
        "/console/staff",
        login="yang",
        name="杨小玲",
        role="agent",
        department="agriculture",
        region="*",
    )
    password = re.search(r"<code>([a-z0-9-]{23})</code>", page.text)
    assert password
    person = person_of(service.database, "yang")
    here = f"/console/staff/{person.id}"
    assert password.group(1) not in boss.open(here).text  # shown once
    yang = browse()
    yang.open("/console/sign-in")
    assert (
        yang.submit("/console/sign-in", login="yang", password=password.group(1)).status_code == 303
    )
    yang.open("/console/sign-in/password")
    yang.submit("/console/sign-in/password", new=NEW, again=NEW)
    assert yang.open("/console/account").status_code == 200
    assert yang.open("/console/staff").status_code == 403
    for path, fields, status in (
        ("/grants", {"role": "supervisor", "department": "nowhere", "region": "*"}, 422),
        ("/grants", {"role": "chief", "department": "*", "region": "*"}, 422),
        ("/grants", {"role": "supervisor", "department": "agriculture", "region": "*"}, 303),
        ("/profile", {"name": "杨大玲", "phone": "", "language": "zh-CN"}, 303),
        ("/sign-out", {}, 303),
    ):
        assert boss.submit(here + path, **fields).status_code == status
    assert yang.open("/console/account").status_code == 303
    assert boss.submit(f"{here}/deactivate").status_code == 303
    assert browse().sign_in("yang", NEW).status_code == 401
    assert boss.submit(f"{here}/reactivate").status_code == 303
    assert boss.submit(f"{here}/reset", totp="1").status_code == 200
    assert browse().sign_in("yang", NEW).status_code == 401
    own = person_of(service.database, "boss").id
    assert boss.submit(f"/console/staff/{own}/deactivate").status_code == 422
    assert boss.open("/console/staff/99999").status_code == 404
    with service.database.reading() as connection:
        found = entries(connection, Filters(act="staff.", target=f"staff:{person.id}"))
    assert {entry.actor for entry in found} == {f"staff:{own}"}
    assert [entry.act.removeprefix("staff.") for entry in reversed(found)] == [
        "added", "granted", "granted", "profile_changed", "signed_out", "deactivated",
        "reactivated", "reset",
    ]  # fmt: skip


def test_the_audit_is_read_and_checked(service: Service, browse: Opener) -> None:
    take_on(service.database, "wu", Role.auditor)
    browser = browse()
    browser.sign_in("wu")
    page = browser.open("/console/audit?act=sign_in.&since=2026-11-23&until=2026-11-23")
    assert "Wu" in page.text
    assert "staff.granted" not in page.text
    assert browser.open("/console/audit?since=nonsense&until=9999-12-31").status_code == 200
    assert "notice good" in browser.open("/console/audit/verify").text
