"""The browser telephones of the demonstration, in a real Chromium at both widths."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 860}
MOBILE = {"width": 390, "height": 844}


@pytest.fixture(params=[DESKTOP, MOBILE], ids=["desktop", "mobile"])
def page(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[Page]:
    """The page with its three telephones; any error in its console fails the test."""
    context = browser.new_context(viewport=request.param)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    opened.goto(f"{demo.address}/phone")
    opened.wait_for_selector('.phone[data-state="idle"] >> nth=2')
    yield opened
    context.close()
    assert errors == []


def press(phone: Locator, key: str, after: str) -> None:
    """Press a key while its prompt is heard."""
    expect(phone.locator(".transcript")).to_contain_text(after, timeout=30_000)
    phone.locator(f'[data-key="{key}"]').click()


def fits(page: Page) -> bool:
    """Whether nothing is cut off or scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_one_person_plays_a_whole_mediation(page: Page, demo: Demo) -> None:
    caller, mediator, department = (page.locator(".phone").nth(index) for index in range(3))
    assert fits(page)
    caller.locator(".dial").click()
    press(caller, "4", "查询政策，请按 1")
    press(caller, "1", "请选择有关部门")
    press(caller, "1", "同意，请按 1")
    for party in (mediator, department):
        party.locator(".answer").click(timeout=30_000)
    for party in (mediator, department):
        press(party, "1", "同意，请按 1")
    press(mediator, "1", "可以开始了")  # nobody hears anybody until the mediator opens the floor
    for party in (caller, mediator, department):
        expect(party.locator(".conference li")).to_have_count(3, timeout=60_000)
    mediator.locator(".words").fill("三方都到了，请移民先说。")
    mediator.locator(".say").click()
    for party in (caller, department):
        expect(party.locator(".transcript")).to_contain_text("请移民先说", timeout=20_000)
    assert fits(page)
    mediator.locator(".hangup").click()
    expect(caller.locator(".transcript")).to_contain_text("调解通话已经结束", timeout=30_000)
    caller.locator(".hangup").click()
    expect(caller.locator(".state-zh")).to_have_text("空闲", timeout=10_000)

    exported = demo.command("export", "mediations", "--format", "json").stdout.splitlines()
    newest = [json.loads(line) for line in exported[:3]]
    assert {leg["role"] for leg in newest} == {"caller", "mediator", "department"}
    assert {leg["state"] for leg in newest} == {"closed"}


def test_a_telephone_is_used_by_keyboard_alone(page: Page) -> None:
    caller = page.locator(".phone").first
    caller.locator(".dial").focus()
    page.keyboard.press("Enter")
    expect(caller.locator(".transcript")).to_contain_text("查询政策，请按 1", timeout=30_000)
    caller.focus()
    page.keyboard.press("3")
    expect(caller.locator(".transcript")).to_contain_text("请输入八位工单编号", timeout=30_000)
    caller.locator(".hangup").click()
    expect(caller.locator(".state-zh")).to_have_text("空闲", timeout=10_000)


def test_words_and_a_declined_call(page: Page) -> None:
    caller, mediator, _ = (page.locator(".phone").nth(index) for index in range(3))
    caller.locator(".dial").click()
    expect(caller.locator(".transcript")).to_contain_text("查询政策，请按 1", timeout=30_000)
    caller.locator(".words").fill("我要调解")
    caller.locator(".say").click()
    press(caller, "1", "请选择有关部门")
    press(caller, "1", "同意，请按 1")
    mediator.locator(".decline").click(timeout=30_000)
    expect(mediator.locator(".state-zh")).to_have_text("空闲", timeout=10_000)
    caller.locator(".hangup").click()
    expect(caller.locator(".state-zh")).to_have_text("空闲", timeout=10_000)


def test_a_text_to_the_hotline_is_answered(page: Page) -> None:
    caller = page.locator(".phone").first
    caller.locator(".texts summary").click()
    caller.locator(".text-body").fill("村口的路灯不亮了")
    caller.locator(".send").click()
    expect(caller.locator(".text-list .heard").last).to_contain_text("工单", timeout=20_000)
    expect(caller.locator(".text-list .me").last).to_contain_text("村口的路灯不亮了")
    expect(caller.locator(".text-body")).to_have_value("")
    assert fits(page)
    page.reload()
    page.wait_for_selector('.phone[data-state="idle"] >> nth=2')
    expect(caller.locator(".unread")).to_contain_text("新", timeout=10_000)
