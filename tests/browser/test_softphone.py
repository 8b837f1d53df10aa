"""The staff's telephone in a real Chromium: a whole call at the width of a mobile."""

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Demo
from tests.browser.desk import MOBILE, SignIn, barriers, fits, signed_in
from tests.browser.test_phone_page import press

__all__ = ["signed_in"]

pytestmark = pytest.mark.browser


def opens_telephone(page: Page, demo: Demo) -> None:
    """The page is plugged in, and takes calls."""
    page.goto(f"{demo.address}/console/softphone")
    page.wait_for_selector("[data-line=idle]")
    page.get_by_role("button", name="开始接听").click()
    expect(page.locator(".softphone-state .good")).to_have_text("接听")


def test_an_agent_takes_holds_and_writes_up_a_call(
    browser: Browser, demo: Demo, signed_in: SignIn
) -> None:
    agent = signed_in("zhang", MOBILE)
    agent.emulate_media(reduced_motion="reduce")  # colours are judged as they end
    opens_telephone(agent, demo)
    assert fits(agent)
    assert barriers(agent) == []
    context = browser.new_context()
    phones = context.new_page()
    phones.goto(f"{demo.address}/phone")
    phones.wait_for_selector('.phone[data-state="idle"] >> nth=2')
    citizen = phones.locator(".phone").first
    citizen.locator(".dial").click()
    press(citizen, "0", "查询政策，请按 1")
    agent.wait_for_selector("[data-line=ringing]", timeout=30_000)
    expect(agent.locator(".caller-card")).to_contain_text("138 0013 8000")
    agent.get_by_role("button", name="接听", exact=True).click()
    expect(agent.locator(".softphone-state")).to_contain_text("通话中")
    agent.fill("#say-words", "您好，请讲。")
    agent.get_by_role("button", name="说", exact=True).click()
    expect(citizen.locator(".transcript")).to_contain_text("您好，请讲", timeout=15_000)
    agent.get_by_role("button", name="请对方等候").click()
    expect(citizen.locator(".transcript")).to_contain_text("请稍候，不要挂机", timeout=15_000)
    assert fits(agent)
    assert barriers(agent) == []
    agent.get_by_role("button", name="继续通话").click()
    agent.get_by_role("button", name="静音").click()
    expect(agent.get_by_role("button", name="已静音")).to_be_visible()
    agent.get_by_role("button", name="挂断").click()
    expect(citizen.locator(".transcript")).to_contain_text("感谢来电", timeout=15_000)
    agent.fill("#wrap-note", "问补贴，已答复。")
    assert fits(agent)
    agent.get_by_role("button", name="记下，先离开").click()
    expect(agent.locator(".softphone-state")).to_contain_text("暂离")
    context.close()
