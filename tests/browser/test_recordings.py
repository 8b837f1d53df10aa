"""Listening to a recording in a real Chromium: why, sound, keys, a note, a redaction."""

import re
import time

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Demo
from tests.browser.desk import WIDTHS, SignIn, barriers, fits, signed_in

pytestmark = pytest.mark.browser
__all__ = ["signed_in"]

SID = re.compile(r"(RE[0-9a-f]{32})")


@pytest.fixture(scope="module")
def sid(demo: Demo) -> str:
    """A recording that a caller has just left and the service has fetched."""
    called = demo.command(
        "call", "--keys", "2,1", "--say", "我家的后期扶持资金没有到账，请帮忙查一查"
    )
    assert called.returncode == 0, called.stdout + called.stderr
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        listed = demo.command(
            "recordings", "list", "--state", "playable", "--var", str(demo.var)
        ).stdout
        if found := SID.search(listed):
            return found.group(1)
    raise AssertionError("the recording did not become playable")


@pytest.fixture
def page(request: pytest.FixtureRequest, signed_in: SignIn, demo: Demo, sid: str) -> Page:
    """The player, as the supervisor sees it."""
    opened = signed_in("he", request.param)
    opened.goto(f"{demo.address}/console/recordings/{sid}")
    opened.wait_for_selector("[data-wave] > div:not([data-pins])")
    return opened


EACH_WIDTH = pytest.mark.parametrize(
    "page", WIDTHS.args[1], ids=["desktop", "mobile"], indirect=True
)


def now(page: Page) -> int:
    return int(page.locator("[data-wave]").get_attribute("aria-valuenow") or 0)


def listen(page: Page) -> None:
    page.click("[data-toggle]")
    page.fill("[data-why] input", "核对到账时间")
    page.click("[data-why] button")
    expect(page.locator("[data-toggle-label]")).to_have_text("暂停")


@EACH_WIDTH
def test_the_reason_comes_before_the_sound(page: Page) -> None:
    listen(page)
    expect(page.locator("[data-now]")).not_to_have_text("0:00", timeout=10_000)
    expect(page.locator("[data-problem]")).to_be_hidden()
    assert fits(page)
    assert barriers(page) == []


@EACH_WIDTH
def test_it_is_played_by_keyboard_alone(page: Page) -> None:
    listen(page)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(" ")
    expect(page.locator("[data-toggle-label]")).to_have_text("播放")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-now]")).to_have_text("0:00")
    page.keyboard.press("n")
    page.keyboard.type("说到到账时间")
    page.keyboard.press("Enter")
    note = page.locator("[data-note]", has_text="说到到账时间")
    expect(note).to_have_count(1)
    expect(page.locator(".recording-pin")).to_have_count(1)
    note.locator("form button").click()
    expect(page.locator("[data-note]")).to_have_count(0)
    expect(page.locator(".recording-pin")).to_have_count(0)


@pytest.mark.parametrize("page", WIDTHS.args[1][:1], ids=["desktop"], indirect=True)
def test_a_redacted_stretch_is_marked_and_the_player_comes_back(page: Page) -> None:
    page.click(".recording-steward > summary")
    page.click(".recording-more >> nth=0 >> summary")
    form = page.locator("form[action$='/redactions']")
    form.locator("[name=begin]").fill("0.5")
    form.locator("[name=end]").fill("1.5")
    form.locator("[name=reason]").fill("身份证号")
    form.locator("button.btn-danger").click()
    expect(page.locator(".recording-hidden")).to_have_count(1, timeout=30_000)
    page.click("[data-redaction] button")
    expect(page.locator("[data-redaction]")).to_have_count(0)
    page.wait_for_selector("[data-toggle]", timeout=30_000)
    expect(page.locator(".recording-hidden")).to_have_count(0)
