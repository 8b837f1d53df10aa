"""The portal in a real Chromium at both widths: whole matters, with scripts and without."""

import base64
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.browser.conftest import Demo
from tests.browser.desk import DESKTOP, MOBILE, barriers, fits

pytestmark = pytest.mark.browser

PAGES = ["/", "/appeal", "/follow", "/policies", "/policies?q=一年补助多少钱", "/policies/support-amount",
         "/callback", "/privacy", "/nothing-here"]  # fmt: skip
FASTEST = 2_200  # milliseconds: nobody fills a form sooner
DRAW = """() => {
  const canvas = document.createElement('canvas');
  canvas.width = 2400; canvas.height = 1600;
  const pen = canvas.getContext('2d');
  for (let n = 0; n < 3000; n += 1) {
    pen.fillStyle = `hsl(${n % 360} 50% 50%)`;
    pen.fillRect(Math.random() * 2400, Math.random() * 1600, 60, 60);
  }
  return canvas.toDataURL('image/jpeg', 0.95);
}"""

Opening = Callable[..., Page]


@pytest.fixture(params=[DESKTOP, MOBILE], ids=["desktop", "mobile"])
def visit(request: pytest.FixtureRequest, browser: Browser, demo: Demo) -> Iterator[Opening]:
    """Opens a page of the portal; any error in its console, a refusal by the CSP too, fails."""
    errors: list[str] = []
    contexts: list[BrowserContext] = []

    def opening(path: str, *, scripts: bool = True) -> Page:
        context = browser.new_context(viewport=request.param, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda line: (
                errors.append(line.text)
                if line.type == "error" and "status of 4" not in line.text
                else None
            ),
        )
        page.goto(demo.address + path)
        return page

    yield opening
    for context in contexts:
        context.close()
    assert errors == []


def number_of(page: Page) -> str:
    return page.inner_text(".ticket-number").replace(" ", "")


def texted(demo: Demo, number: str, pattern: str) -> str:
    """What a text to a number says, as soon as it has arrived."""
    for _ in range(200):
        texts = httpx2.get(f"{demo.address}/exchange/ledger").json()["texts"]
        mine = [text["body"] for text in texts if text["receiver"] == number and text["arrived"]]
        found = [match.group() for body in mine if (match := re.search(pattern, body))]
        if found:
            return found[-1]
        time.sleep(0.2)
    raise AssertionError(f"{number} got no text with {pattern}")


def fill_appeal(page: Page, phone: str) -> None:
    page.check("input[value=housing]")
    page.fill("#words", "安置房二楼漏水三个月了，墙都发霉了。")
    page.fill("#place", "清水镇 移民新村三组")
    page.fill("#phone", phone)
    page.wait_for_timeout(FASTEST)


def press(page: Page, action: str) -> None:
    page.click(f'form[action="{action}"] button.big')


def follow(page: Page, demo: Demo, number: str, phone: str) -> None:
    page.goto(f"{demo.address}/follow")
    page.fill("#number", number)
    page.fill("#phone", phone)
    page.wait_for_timeout(FASTEST)
    press(page, "/follow")
    page.wait_for_url("**/follow/code")
    page.fill("#code", texted(demo, phone, r"\b\d{6}(?=，)"))
    press(page, "/follow/code")
    page.wait_for_url("**/follow/ticket")


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_every_page_fits_and_keeps_nobody_out(visit: Opening, demo: Demo, language: str) -> None:
    page = visit(f"/language/{language}?back=/")
    for path in PAGES:
        page.goto(demo.address + path)
        assert fits(page), path
        assert barriers(page) == [], path


def test_a_whole_matter_from_appeal_to_the_last_word(
    visit: Opening, demo: Demo, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    phone = "+8613700137001" if "mobile" in request.node.name else "+8613700137002"
    page = visit("/appeal")
    photo = tmp_path / "漏水.jpg"
    photo.write_bytes(base64.b64decode(page.evaluate(DRAW).partition(",")[2]))
    page.set_input_files("#photos", str(photo))
    expect(page.locator(".previews img")).to_have_count(1)
    size = page.evaluate("document.querySelector('#photos').files[0].size")
    assert 0 < size < photo.stat().st_size
    fill_appeal(page, phone)
    page.reload()
    assert "漏水三个月" in page.input_value("#words")  # what was written survives a reload
    fill_appeal(page, phone)
    page.set_input_files("#photos", str(photo))
    press(page, "/appeal")
    page.wait_for_url("**/appeal/done**")
    number = number_of(page)
    assert fits(page)
    assert barriers(page) == []
    assert texted(demo, phone, r"(?<=编号 )\d{8}") == number

    follow(page, demo, number, phone)
    expect(page.locator(".chip")).to_have_text("等待响应")
    expect(page.locator(".timeline")).to_contain_text("漏水.jpg")
    page.fill("#words", "今天又漏得更厉害了")
    page.click('form[action="/follow/ticket/words"] button.button:not(.plain)')
    expect(page.locator(".notice.good")).to_contain_text("已经补充进去了")
    expect(page.locator(".timeline")).to_contain_text("今天又漏得更厉害了")
    assert fits(page)
    assert barriers(page) == []
    page.click('form[action="/follow/leave"] button')
    page.goto(f"{demo.address}/follow/ticket")
    assert page.url.endswith("/follow")


def test_without_scripts_it_works_all_the_same(
    visit: Opening, demo: Demo, request: pytest.FixtureRequest
) -> None:
    phone = "+8613700137003" if "mobile" in request.node.name else "+8613700137004"
    page = visit("/appeal", scripts=False)
    fill_appeal(page, phone)
    press(page, "/appeal")
    page.wait_for_url("**/appeal/done**")
    number = number_of(page)
    follow(page, demo, number, phone)
    expect(page.locator("h1")).to_contain_text(f"{number[:4]} {number[4:]}")


def test_what_is_wrong_is_told_at_the_field(visit: Opening) -> None:
    page = visit("/appeal")
    page.evaluate("document.querySelector('form.card').noValidate = true")
    page.fill("#phone", "12")
    page.wait_for_timeout(FASTEST)
    press(page, "/appeal")
    expect(page.locator("#problems li")).to_have_count(3)
    expect(page.locator("#problems")).to_be_focused()
    assert page.input_value("#phone") == "12"
    assert fits(page)
    assert barriers(page) == []
    with page.expect_request("**/appeal") as asked:
        page.reload()
    assert asked.value.method == "GET"  # nothing is sent a second time


def test_a_call_back_is_for_ones_own_telephone(
    visit: Opening, demo: Demo, request: pytest.FixtureRequest
) -> None:
    phone = "+8613700137005" if "mobile" in request.node.name else "+8613700137006"
    page = visit("/callback")
    page.fill("#phone", phone)
    page.fill("#wish", "问问扶持款")
    page.wait_for_timeout(FASTEST)
    press(page, "/callback")
    page.fill("#code", "000000")
    press(page, "/callback/code")
    expect(page.locator(".notice.late")).to_contain_text("验证码不对")
    page.fill("#code", texted(demo, phone, r"\b\d{6}(?=，)"))
    press(page, "/callback/code")
    expect(page.locator("h1")).to_contain_text("已经登记")
    assert number_of(page).isdigit()


def test_the_front_page_leads_to_telephones_and_staff(visit: Opening, demo: Demo) -> None:
    page = visit("/")
    page.click('footer a[href="/phone"]')
    page.wait_for_selector(".phone")
    page.goto(demo.address)
    page.click('footer a[href="/console"]')
    page.wait_for_url("**/console/sign-in**")
