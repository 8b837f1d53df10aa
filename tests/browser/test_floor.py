"""A mediation is led from the console while three browser telephones take part in it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.conftest import Demo
from tests.browser.desk import DESKTOP, MOBILE, SignIn, barriers, fits, picture, signed_in
from tests.browser.test_phone_page import press

pytestmark = pytest.mark.browser
__all__ = ["signed_in"]


def telephones(browser: Browser, demo: Demo) -> Page:
    """Caller, mediator and department side by side."""
    page = browser.new_context(viewport=DESKTOP).new_page()
    page.goto(f"{demo.address}/phone")
    page.wait_for_selector('.phone[data-state="idle"] >> nth=2')
    return page


def convene(page: Page) -> tuple[Locator, Locator, Locator]:
    """A caller asks for a mediation, and all agree: nobody hears anybody yet."""
    caller, mediator, department = (page.locator(".phone").nth(index) for index in range(3))
    caller.locator(".dial").click()
    press(caller, "4", "查询政策，请按 1")
    press(caller, "1", "请选择有关部门")
    press(caller, "1", "同意，请按 1")
    for party in (mediator, department):
        party.locator(".answer").click(timeout=30_000)
    for party in (mediator, department):
        press(party, "1", "同意，请按 1")
    return caller, mediator, department


def click(page: Page, verb: str, where: str = "") -> None:
    page.locator(f'{where} button[name="verb"][value="{verb}"]').first.click()


def test_a_mediation_is_led_from_the_console(
    signed_in: SignIn, browser: Browser, demo: Demo, tmp_path: Path
) -> None:
    console = signed_in("he", DESKTOP)
    phones = telephones(browser, demo)
    caller, mediator, department = convene(phones)
    console.goto(f"{demo.address}/console/floor")
    console.locator(".rows .row-link").first.click()
    click(console, "open", ".floor-main")  # shown once everybody is there
    for party in (caller, mediator, department):
        expect(party.locator(".conference li")).to_have_count(3, timeout=60_000)
    expect(console.locator(".floor-seat.is-floor")).to_have_count(3, timeout=20_000)
    assert fits(console)
    assert barriers(console) == []
    picture(console, "floor-1280", tmp_path)
    picture(phones, "phones", tmp_path)

    console.set_viewport_size(MOBILE)
    bureau = ".floor-seat:has(.floor-number:text-is('2'))"
    click(console, "hold", bureau)
    expect(console.locator(".floor-seat.is-aside")).to_have_count(1, timeout=20_000)
    expect(caller.locator(".conference li")).to_have_count(2, timeout=20_000)
    expect(department.locator(".transcript")).to_contain_text("请不要挂机", timeout=20_000)
    assert fits(console)
    assert barriers(console) == []
    picture(console, "floor-390", tmp_path)
    click(console, "unhold", bureau)
    expect(caller.locator(".conference li")).to_have_count(3, timeout=30_000)

    click(console, "end", ".floor-main")
    console.click("[data-sure-yes]")
    expect(caller.locator(".transcript")).to_contain_text("调解通话已经结束", timeout=30_000)
    caller.locator(".hangup").click()
    phones.context.close()
