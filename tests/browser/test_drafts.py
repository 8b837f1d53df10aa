"""A draft of the menus in a real browser: written, mended where it is marked, heard, published."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Demo
from tests.browser.desk import WIDTHS, SignIn, barriers, fits, picture, signed_in

pytestmark = pytest.mark.browser
__all__ = ["signed_in"]

EDITOR = "textarea[name=text]"


def good(page: Page, name: str, folder: Path) -> None:
    """A page fits, keeps nobody out, and is kept as a picture."""
    assert fits(page), name
    assert barriers(page) == [], name
    picture(page, name, folder)


@WIDTHS
def test_a_draft_from_its_first_word_to_its_release(
    signed_in: SignIn, demo: Demo, tmp_path: Path, width: dict[str, int]
) -> None:
    page = signed_in("ops", width)
    page.goto(f"{demo.address}/console/flows/versions")
    good(page, "versions", tmp_path)
    page.goto(f"{demo.address}/console/flows/drafts")
    page.fill("#title", f"汛期提示 {width['width']}")
    page.click("main form.stack button")
    good(page, "draft", tmp_path)

    page.click("a:has-text('prompts/zh-CN.yaml')")
    page.wait_for_load_state()  # only then do its keys work
    written = page.input_value(EDITOR)
    assert written.startswith("# What callers hear")
    page.fill(EDITOR, written + "main.menu: 又一遍\n")
    page.keyboard.press("Control+s")
    mark = page.locator(".findings a[data-line]").first
    expect(mark).to_be_visible()
    expect(page.locator(".gutter .marked")).to_have_count(1)
    mark.click()
    assert page.evaluate("document.activeElement.name") == "text"
    good(page, "editor", tmp_path)

    page.fill(EDITOR, re.sub("这里是[^，]+", f"这里是汛期热线{width['width']}", written, count=1))
    page.click(".editor-bar button")
    expect(page.locator(".notice.good")).to_be_visible()
    page.click(".page-head a:has-text('试听')")
    expect(page.locator(".conversation")).to_contain_text(f"汛期热线{width['width']}")
    page.wait_for_load_state()
    page.keyboard.press("1")
    expect(page.locator(".conversation .did").last).to_contain_text("按 1")
    good(page, "preview", tmp_path)

    page.click(".page-head a:has-text('返回')")
    expect(page.locator(".changes")).to_contain_text("main.greeting")
    good(page, "draft-changed", tmp_path)
    page.click("#publish + p + form button")
    page.wait_for_url("**/console/flows/versions")
    first = page.locator(".rows li").first
    expect(first).to_contain_text("现在使用")
    first.locator("a:has-text('改了什么')").click()
    expect(page.locator(".changes")).to_contain_text(f"汛期热线{width['width']}")
    good(page, "changes", tmp_path)
