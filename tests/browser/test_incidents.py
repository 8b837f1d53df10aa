"""A drill in a real browser: begun, seen on every page, taken, closed; also on a telephone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Demo
from tests.browser.desk import WIDTHS, SignIn, barriers, fits, signed_in

pytestmark = pytest.mark.browser
__all__ = ["signed_in"]


@WIDTHS
def test_a_drill_from_its_beginning_to_its_end(
    demo: Demo, signed_in: SignIn, tmp_path: Path, width: dict[str, int]
) -> None:
    page = signed_in("he", width)
    page.goto(f"{demo.address}/console/incidents")
    page.locator("details.incident-part summary").click()
    page.select_option("#drill-place", "dam")
    page.fill("#drill-people", "4")
    page.screenshot(path=tmp_path / "list.png", full_page=True)
    page.locator("form[action='/console/incidents/drill'] button").click()
    address = page.url
    page.goto(f"{demo.address}/console/desk")
    banner = page.locator(".incident-banner")
    expect(banner).to_contain_text("大坝和库区")
    page.screenshot(path=tmp_path / "banner.png")
    assert fits(page)
    banner.locator("a").click()
    page.screenshot(path=tmp_path / "one.png", full_page=True)
    page.locator("form[action$='/take'] button").click()
    expect(page.locator(".page-head .chip.good")).to_be_visible()
    page.fill("#outcome", "演练完成，人员安全。")
    page.locator("form[action$='/close'] button").click()
    page.goto(address)
    expect(page.locator(".incident-timeline")).to_contain_text("演练完成")
    assert fits(page)
    assert barriers(page) == []
    page.screenshot(path=tmp_path / "closed.png", full_page=True)
    page.goto(f"{demo.address}/console/desk")
    expect(page.locator(".incident-banner")).to_have_count(0)
