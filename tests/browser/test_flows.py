"""The picture of the flows and their numbers in a real browser, at both widths."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Demo
from tests.browser.desk import WIDTHS, SignIn, barriers, fits, picture, signed_in

pytestmark = pytest.mark.browser
__all__ = ["signed_in"]


def is_drawn(page: Page) -> None:
    expect(page.locator("#graph")).to_have_attribute("aria-busy", "false")


def open_graph(page: Page, address: str) -> None:
    page.goto(address)
    is_drawn(page)


def is_in_order(page: Page) -> None:
    assert barriers(page) == []
    assert fits(page)


@WIDTHS
def test_a_node_is_found_by_keys_and_by_search(
    signed_in: SignIn, demo: Demo, width: dict[str, int], tmp_path: Path
) -> None:
    page = signed_in("ops", width)
    open_graph(page, f"{demo.address}/console/flows/all")
    page.locator("#graph").focus()
    page.keyboard.press("ArrowDown")
    told = page.locator("[data-graph-told]")
    expect(told).to_contain_text(re.compile("^main.warnings"))
    for name in ("main.greeting", "main.news", "main.menu"):
        page.keyboard.press("ArrowDown")
        expect(told).to_contain_text(re.compile(f"^{name}"))
    page.keyboard.press("Enter")
    panel = page.locator("#node")
    expect(panel.locator("h2")).to_have_text("main.menu")
    expect(panel.locator(".yaml")).to_contain_text("options:")
    expect(panel.locator(".said").first).to_contain_text("查询政策")
    page.locator("[data-graph-find]").fill("by_hours")
    expect(page.locator("[data-node-line]:not([hidden])")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(panel.locator("h2")).to_have_text("person.by_hours")
    is_in_order(page)
    assert picture(page, "graph", tmp_path).stat().st_size > 20_000


@WIDTHS
def test_a_click_opens_a_node_and_the_drawing_follows_the_window(
    signed_in: SignIn, demo: Demo, width: dict[str, int]
) -> None:
    page = signed_in("ops", width)
    open_graph(page, f"{demo.address}/console/flows/main")
    page.locator("[data-graph-find]").fill("main.more")  # it now stands in the middle
    page.locator("#graph").scroll_into_view_if_needed()
    page.evaluate("new Promise(requestAnimationFrame)")  # only then is the canvas told of it
    page.locator("#graph").click()
    expect(page.locator("#node h2")).to_have_text("main.more")
    page.locator("[data-graph-find]").fill("")
    page.locator("[data-node='main.menu']").click()
    expect(page.locator("#node h2")).to_have_text("main.menu")
    page.set_viewport_size({"width": 700, "height": 900})
    wide = page.locator("#graph").evaluate("graph => graph.clientWidth")
    expect(page.locator("#graph canvas").first).to_have_css("width", f"{wide}px")
    # A browser without a voice says so instead of keeping silent.
    page.locator("[data-say]").first.click()
    expect(page.locator("[data-no-voice]")).to_be_visible()
    page.locator("[data-node='main.farewell']").click()
    expect(page.locator("#node h2")).to_have_text("main.farewell")


@WIDTHS
def test_the_numbers_lead_to_the_picture(
    signed_in: SignIn, demo: Demo, width: dict[str, int], tmp_path: Path
) -> None:
    page = signed_in("ops", width)
    page.goto(f"{demo.address}/console/flows/numbers?days=30")
    expect(page.locator(".bars .fill").first).to_be_visible()
    assert picture(page, "numbers", tmp_path).stat().st_size > 20_000
    is_in_order(page)
    page.locator(".node-table a", has_text="main.menu").click()
    is_drawn(page)
    expect(page.locator("#node .measures dd").first).not_to_have_text("0")
