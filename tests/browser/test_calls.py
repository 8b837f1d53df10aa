"""Live, the log, a call and the search in a real browser, at both widths."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import HOTLINE, ROOT, Demo
from tests.browser.desk import MOBILE, WIDTHS, SignIn, barriers, fits, signed_in

__all__ = ["signed_in"]

EMERGENCY_CALLER = "+8613999990009"
PAGES = [
    "/console/live",
    "/console/calls",
    "/console/calls?direction=inbound&ticket=yes",
    "/console/search",
    "/console/search?q=水",
]


def is_in_order(page: Page) -> None:
    assert barriers(page) == []
    assert fits(page)


@pytest.fixture
def emergency(demo: Demo) -> Iterator[subprocess.Popen[bytes]]:
    """Somebody calls the emergency desk and stays on the line."""
    call = subprocess.Popen(
        [*HOTLINE, "call", "--keys", "9", "--from", EMERGENCY_CALLER, "--port", str(demo.port)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield call
    call.terminate()
    call.wait(timeout=20)


@WIDTHS
@pytest.mark.parametrize("login", ["zhang", "he", "shu"])
def test_the_pages_as_each_role(
    signed_in: SignIn, demo: Demo, login: str, width: dict[str, int]
) -> None:
    page = signed_in(login, width)
    for address in PAGES:
        page.goto(demo.address + address)
        expect(page.locator("h1")).to_be_visible()
        is_in_order(page)


@WIDTHS
def test_ops_see_calls_but_no_callers(signed_in: SignIn, demo: Demo, width: dict[str, int]) -> None:
    page = signed_in("ops", width)
    for address in ("/console/live", "/console/calls"):
        page.goto(demo.address + address)
        is_in_order(page)
    expect(page.locator(".call-rows .title").first).to_contain_text("****")
    expect(page.get_by_text("导出")).to_have_count(0)


@WIDTHS
def test_a_call_as_heard(signed_in: SignIn, demo: Demo, width: dict[str, int]) -> None:
    page = signed_in("he", width)
    page.goto(f"{demo.address}/console/calls?direction=inbound&ticket=yes&recording=yes")
    page.locator(".call-rows a").first.click()
    expect(page.locator(".transcript .from-hotline").first).to_be_visible()
    expect(page.locator(".path li").first).to_be_visible()
    page.locator(".technical summary").click()
    expect(page.locator(".events li").first).to_be_visible()
    is_in_order(page)


@WIDTHS
def test_an_emergency_appears_by_itself_first_and_red(
    signed_in: SignIn, demo: Demo, width: dict[str, int], request: pytest.FixtureRequest
) -> None:
    page = signed_in("zhang", width)
    page.goto(f"{demo.address}/console/live")
    request.getfixturevalue("emergency")
    card = page.locator(".live-calls > :first-child.emergency")
    expect(card).to_contain_text("139 9999 0009", timeout=15_000)
    expect(page.get_by_role("alert").filter(has_text="紧急来电正在进行")).to_be_visible()
    assert card.evaluate("one => getComputedStyle(one).borderTopColor") == "rgb(179, 38, 30)"
    is_in_order(page)


@WIDTHS
def test_search_while_typing_and_by_keyboard(
    signed_in: SignIn, demo: Demo, width: dict[str, int]
) -> None:
    page = signed_in("zhang", width)
    page.goto(f"{demo.address}/console/search")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("安置点")
    first = page.locator("#found-tickets ~ .rows a").first
    expect(first).to_be_visible(timeout=10_000)
    is_in_order(page)
    number = re.search(r"\d{8}", str(first.get_attribute("href")))
    assert number
    page.locator("#q").fill(number.group())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/console/tickets/{number.group()}")


def test_the_log_is_walked_and_filtered_by_keyboard(signed_in: SignIn, demo: Demo) -> None:
    page = signed_in("zhang")
    page.goto(f"{demo.address}/console/calls")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".call-rows li").nth(1)).to_have_class(re.compile("current"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/calls/*")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/console/calls")
    page.keyboard.press("n")
    page.wait_for_url("**/console/calls?*after=*")


def test_more_filters_on_a_telephone(signed_in: SignIn, demo: Demo) -> None:
    page = signed_in("he", MOBILE)
    page.goto(f"{demo.address}/console/calls")
    page.get_by_text("更多条件").click()
    page.select_option("#filter-direction", "inbound")
    page.select_option("#filter-ticket", "yes")
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**direction=inbound**")
    expect(page.locator("#filter-ticket")).to_have_value("yes")
    expect(page.locator("#filter-ticket")).to_be_visible()
    is_in_order(page)


def test_an_export_is_downloaded(signed_in: SignIn, demo: Demo, tmp_path: Path) -> None:
    page = signed_in("he")
    page.goto(f"{demo.address}/console/calls?direction=inbound")
    page.get_by_text("导出", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="导出 Excel").click()
    path = tmp_path / "calls.xlsx"
    waiting.value.save_as(path)
    log, about = openpyxl.load_workbook(path).worksheets
    assert log.max_row > 10
    assert {log.cell(line, 4).value for line in range(2, log.max_row + 1)} == {"来电"}
    assert "导出人" in str(about["A1"].value)


def test_in_english(signed_in: SignIn, demo: Demo) -> None:
    page = signed_in("he", language="en-US")
    for address, title in (
        ("/console/live", "Live"),
        ("/console/calls", "Calls"),
        ("/console/search", "Search"),
    ):
        page.goto(demo.address + address)
        expect(page.locator("h1")).to_have_text(title)
        is_in_order(page)
