"""A recording of a prompt is uploaded in a real Chromium and can be listened to there."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Demo
from tests.browser.desk import MOBILE, SignIn, barriers, fits, signed_in
from tests.prompt_audio.sounds import tone

pytestmark = pytest.mark.browser
__all__ = ["signed_in"]


def test_a_prompt_is_uploaded_and_heard(signed_in: SignIn, demo: Demo, tmp_path: Path) -> None:
    page = signed_in("ops", MOBILE)
    page.goto(f"{demo.address}/console/flows/prompts?q=status.ask")
    assert fits(page)
    assert barriers(page) == []
    page.click("a[href='/console/flows/prompts/status.ask']")
    sound = tmp_path / "prompt.mp3"
    sound.write_bytes(tone(kind="MP3", rate=44_100))
    page.set_input_files("#file-zh-CN", sound)
    page.click("form:has(#file-zh-CN) button")
    expect(page.get_by_role("status").first).to_contain_text("已启用")
    assert fits(page)
    assert barriers(page) == []
    seconds = page.locator(".heard audio").first.evaluate(
        "sound => new Promise((heard) => { sound.onloadedmetadata = () => heard(sound.duration);"
        " sound.load(); })"
    )
    assert 2 < seconds < 3
    page.click("text=停用录音")
    expect(page.get_by_role("status").first).to_contain_text("改回朗读")
