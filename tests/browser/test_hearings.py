"""A hearing is planned and opened in a real browser, at both widths."""

from pathlib import Path

import pytest
from tests.browser.conftest import Demo
from tests.browser.desk import WIDTHS, SignIn, barriers, fits, picture, signed_in

pytestmark = pytest.mark.browser
__all__ = ["signed_in"]


@WIDTHS
def test_a_hearing_is_planned_and_opened(
    signed_in: SignIn, demo: Demo, width: dict[str, int], tmp_path: Path
) -> None:
    page = signed_in("he", width)
    page.goto(f"{demo.address}/console/hearings/new")
    page.fill("#title", "征地补偿方案听证会")
    page.fill("#starts-at", "2099-01-01T09:00")
    page.fill("#items", "方案说明 | 15\n代表发言")
    page.click("main form button.btn-primary")
    page.wait_for_selector("#pasted")
    page.fill("#pasted", "张三，13800138101\n李四，13800138102，旁听")
    page.click("form[action$='/members'] button")
    page.wait_for_selector(".hearing-seat")
    assert page.locator(".hearing-seat").count() == 2
    assert fits(page)
    assert barriers(page) == []
    page.click("a[href$='/change']")
    page.fill("#starts-at", "2099-01-02T10:30")
    page.fill("#people", page.input_value("#people") + "\n王五，13800138103")
    assert fits(page)
    assert barriers(page) == []
    page.click("main form button.btn-primary")
    page.wait_for_selector(".hearing-seat >> text=王五")
    page.click("form[action$='/acts/open'] button")
    page.wait_for_selector("form[action$='/acts/next_item']")
    page.click("form[action$='/acts/next_item'] button")
    page.wait_for_selector("[aria-current='step']")
    assert fits(page)
    picture(page, "hearing", tmp_path)
    page.click("form[action$='/acts/end'] button")
    page.click("[data-sure-yes]")
    page.wait_for_selector("form[action$='/acts/end']", state="detached")
    page.goto(page.url + "/minutes")
    assert "听证会结束" in page.inner_text("main")
    assert fits(page)
