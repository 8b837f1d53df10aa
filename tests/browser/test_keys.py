"""Keys, what was written in between, and a line that is down, in a real browser."""

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Demo
from tests.browser.desk import SignIn, barriers, signed_in
from tests.browser.test_tickets import open_ticket

pytestmark = pytest.mark.browser
__all__ = ["signed_in"]


def test_a_note_by_keys_alone(signed_in: SignIn, demo: Demo) -> None:
    page = signed_in("zhang")
    open_ticket(page, demo, "只用键盘办的一件")
    page.keyboard.press("m")
    page.keyboard.type("键盘写的备注")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#history li").first).to_contain_text("键盘写的备注")
    expect(page.locator("#note-body")).to_have_value("")


def test_the_help_knows_the_keys_of_the_page(signed_in: SignIn, demo: Demo) -> None:
    page = signed_in("zhang")
    page.goto(f"{demo.address}/console/desk")
    page.keyboard.press("?")
    help_ = page.locator("#shortcuts")
    expect(help_.locator(".of-page").filter(has_text="登记来电").locator("kbd")).to_have_text("n")
    page.keyboard.press("Escape")
    page.goto(f"{demo.address}/console/roster")
    page.keyboard.press("?")
    expect(help_).not_to_contain_text("登记来电")


def test_menus_close_as_menus_do(signed_in: SignIn, demo: Demo) -> None:
    page = signed_in("zhang")
    open_ticket(page, demo, "打开菜单又不选")
    more = page.locator("#head .menu summary")
    shown = page.locator("details.menu[open]")
    more.click()
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    expect(more).to_be_focused()
    more.click()
    page.locator("h1").click()
    expect(shown).to_have_count(0)
    more.click()
    page.locator("#do-priority").click()
    expect(page.locator("#dialog")).to_be_visible()
    expect(shown).to_have_count(0)
    page.keyboard.press("Escape")
    expect(more).to_be_focused()


def test_what_cannot_be_taken_back_is_asked_about(signed_in: SignIn, demo: Demo) -> None:
    page = signed_in("admin")
    page.goto(f"{demo.address}/console/systems")
    page.fill("[name=name]", "ask-first")
    page.locator("[name=rights]").first.check()
    page.get_by_role("button", name="生成令牌").click()
    page.goto(f"{demo.address}/console/systems")
    revoke = page.locator(".alert-row", has_text="ask-first").locator("button")
    revoke.click()
    asked = page.locator("#sure")
    expect(asked).to_contain_text("“ask-first”")
    expect(asked.get_by_role("button", name="取消")).to_be_focused()
    assert barriers(page) == []
    page.keyboard.press("Enter")
    expect(asked).not_to_be_visible()
    expect(revoke).to_be_focused()
    revoke.click()
    asked.locator("[data-sure-yes]").click()
    expect(page.locator(".alert-row.done", has_text="ask-first")).to_be_visible()


def test_escape_closes_the_palette_at_once(signed_in: SignIn, demo: Demo) -> None:
    page = signed_in("zhang")
    page.keyboard.press("Control+k")
    page.keyboard.type("值班")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()


def test_without_a_line_the_page_says_so_and_comes_back(signed_in: SignIn, demo: Demo) -> None:
    page = signed_in("zhang")
    page.goto(f"{demo.address}/console/roster")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto("about:blank")  # nothing of the page may be on its way when the line is cut
    page.route("**/*", lambda route: route.abort())
    page.context.set_offline(True)
    page.goto(f"{demo.address}/console/roster")
    expect(page.locator("h1")).to_have_text("暂时连不上")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(244, 241, 234)"
    page.unroute("**/*")
    page.context.set_offline(False)
    page.get_by_role("link", name="重试").click()
    page.wait_for_url("**/console/roster")
    expect(page.locator("h1")).to_have_text("值班表")
