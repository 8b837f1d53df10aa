"""The desk, the list and a ticket in a real browser: a day's work by keys, two people at once."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Demo
from tests.browser.desk import DESKTOP, WIDTHS, SignIn, barriers, fits, signed_in

pytestmark = pytest.mark.browser
__all__ = ["signed_in"]

FORMS = ("wait", "handover", "category", "priority", "details", "caller", "attach", "link", "merge", "seal")  # fmt: skip


def is_in_order(page: Page) -> None:
    """Nothing scrolls sideways and nobody is kept out."""
    assert fits(page), page.url
    assert barriers(page) == [], page.url


def open_ticket(
    page: Page, demo: Demo, words: str, *, mine: bool = True, sealed: bool = False
) -> str:
    """Open a ticket at the desk; returns its number."""
    page.goto(f"{demo.address}/console/tickets/new")
    page.fill("#n-name", "测试人")
    page.fill("#n-words", words)
    page.select_option("#n-category", "land")
    page.set_checked("[name=mine]", mine)
    page.set_checked("[name=sealed]", sealed)
    page.get_by_role("button", name="登记", exact=True).click()
    if mine:
        page.wait_for_url("**/console/tickets/*")
        return page.url.split("/")[-1]
    page.wait_for_url("**/console/desk?opened=*")
    return page.url.split("=")[-1]


def colleague(page: Page) -> Page:
    """The same person in another window, where refusals may happen."""
    browser = page.context.browser
    assert browser is not None
    return browser.new_context(
        storage_state=page.context.storage_state(),
        viewport=page.viewport_size,
        service_workers="block",  # or its requests could not be held back
    ).new_page()


@WIDTHS
@pytest.mark.parametrize("login", ["zhang", "he", "shu"])
def test_the_pages_as_each_role(
    signed_in: SignIn, demo: Demo, login: str, width: dict[str, int]
) -> None:
    page = signed_in(login, width)
    for place in ("desk", "tickets", "tickets?filters=open&state=open", "tickets?q=没有这样的事情"):
        page.goto(f"{demo.address}/console/{place}")
        expect(page.locator("h1")).to_be_visible()
        is_in_order(page)
    page.goto(f"{demo.address}/console/tickets?sealed=no")
    page.locator(".tickets-table .subject a").first.click()
    expect(page.locator("#history .timeline li").first).to_be_visible()
    is_in_order(page)
    page.goto(f"{page.url.partition('?')[0]}?print=1")
    expect(page.locator("h1")).to_have_text("移民热线办理单")
    assert fits(page)
    page.goto(f"{demo.address}/console/tickets?print=1&state=open")
    expect(page.locator("table")).to_be_visible()


@WIDTHS
def test_each_form_as_a_dialog_and_as_a_page(
    signed_in: SignIn, demo: Demo, width: dict[str, int]
) -> None:
    page = signed_in("zhang", width)
    number = open_ticket(page, demo, "要求重新丈量承包地")
    here = f"{demo.address}/console/tickets/{number}"
    page.locator("#do-start").click()
    expect(page.locator("#do-wait")).to_be_visible()
    for form in FORMS:
        page.evaluate("form => document.querySelector(`#do-${form}`).click()", form)
        dialog = page.locator("#dialog")
        expect(dialog.locator("h2")).to_be_visible()
        is_in_order(page)
        page.keyboard.press("Escape")
        expect(dialog).not_to_be_visible()
    for form in ("wait", "category?category=danger", "handover"):
        page.goto(f"{here}/{form}")
        expect(page.locator("main form").last).to_be_visible()
        is_in_order(page)


@WIDTHS
def test_from_the_desk_to_the_outcome(signed_in: SignIn, demo: Demo, width: dict[str, int]) -> None:
    page = signed_in("zhang", width)
    number = open_ticket(page, demo, "村里的水渠占了我家的地", mine=False)
    row = page.locator(f"#row-unowned-{number}")
    row.get_by_role("button", name="接单").click()
    expect(page.locator(".toast-line")).to_have_text("已接单，由您承办")
    expect(page.locator(f"#row-mine-{number}")).to_be_visible()
    page.goto(f"{demo.address}/console/tickets/{number}")
    page.locator("#history li").first.wait_for()
    page.keyboard.press("a")
    page.fill("#f-note", "说明天上午去看地")
    page.get_by_role("button", name="已联系，开始办理").click()
    expect(page.locator("#head .chip").first).to_have_text("办理中")
    page.fill("#note-body", "写了一半")
    page.reload()
    expect(page.locator("#note-body")).to_have_value("写了一半")
    page.get_by_role("button", name="记下来").click()
    expect(page.locator("#note-body")).to_have_value("")
    expect(page.locator("#history li").first).to_contain_text("写了一半")
    page.fill("#clause-words", "调解要不要钱")
    page.locator(".hits a").filter(has_text="人民调解收不收钱").click()
    expect(page.locator("article.clause")).to_contain_text("不收取任何费用")
    is_in_order(page)
    page.get_by_role("button", name="已完整宣读").click()
    expect(page.locator("#history li").first).to_contain_text(
        "宣读政策：人民调解收不收钱（全文读完）"
    )
    page.locator("#do-next").click()
    page.fill("#f-outcome", "双方签了协议，界桩已埋好。")
    page.locator("#dialog .btn-primary").click()
    expect(page.locator("#head .chip").first).to_have_text("已办结")
    expect(page.locator("#head")).to_contain_text("界桩已埋好")
    is_in_order(page)


def test_of_two_who_take_it_one_learns_who_was_first(signed_in: SignIn, demo: Demo) -> None:
    first = signed_in("zhang")
    number = open_ticket(first, demo, "两个人同时接的一件", mine=False)
    second = colleague(signed_in("li"))
    second.route("**/live", lambda route: route.abort())  # it will not hear of the change
    second.goto(f"{demo.address}/console/tickets/{number}")
    first.goto(f"{demo.address}/console/tickets/{number}")
    first.keyboard.press("a")
    expect(first.locator("#head .chip").first).to_have_text("已响应")
    second.locator("#do-next").click()
    expect(second.locator(".toast-line").first).to_contain_text("张晓雯已在 今天")
    second.context.close()


def test_what_was_written_survives_somebody_elses_change(signed_in: SignIn, demo: Demo) -> None:
    owner = signed_in("zhang")
    number = open_ticket(owner, demo, "被别人改动的一件")
    owner.locator("#do-start").click()
    expect(owner.locator("#do-next")).to_contain_text("办结")
    window = colleague(owner)
    window.goto(f"{demo.address}/console/tickets/{number}")
    window.locator("#do-next").click()
    window.fill("#f-outcome", "一大段办理结果")
    boss = signed_in("he")
    boss.goto(f"{demo.address}/console/tickets/{number}/priority")
    boss.check("input[value=urgent]")
    boss.locator("main .btn-primary").click()
    boss.wait_for_url(f"**/console/tickets/{number}")
    window.locator("#dialog .btn-primary").click()
    expect(window.locator("#dialog [role=alert]")).to_contain_text("何主任 紧急程度改为紧急")
    expect(window.locator("#f-outcome")).to_have_value("一大段办理结果")
    window.locator("#dialog .btn-primary").click()
    expect(window.locator("#head .chip").first).to_have_text("已办结")
    window.context.close()


def test_others_see_what_happens_at_once(signed_in: SignIn, demo: Demo) -> None:
    owner = signed_in("zhang")
    number = open_ticket(owner, demo, "大家都看着的一件")
    boss = signed_in("he")
    boss.goto(f"{demo.address}/console/tickets/{number}")
    boss.fill("#note-body", "主任正在写")
    owner.fill("#note-body", "刚刚查到了台账")
    owner.get_by_role("button", name="记下来").click()
    expect(boss.locator("#history li").first).to_contain_text("刚刚查到了台账")
    expect(boss.locator("#note-body")).to_have_value("主任正在写")


@WIDTHS
def test_a_sealed_caller(signed_in: SignIn, demo: Demo, width: dict[str, int]) -> None:
    page = signed_in("zhang", width)
    number = open_ticket(page, demo, "举报冒领资金", mine=False, sealed=True)
    boss = signed_in("he", width)
    boss.goto(f"{demo.address}/console/tickets/{number}")
    expect(boss.locator("h1")).to_have_text("保密工单")
    expect(boss.locator("main")).not_to_contain_text("冒领")
    boss.locator(".at-caller a.btn").click()
    boss.fill("#f-why", "核实举报")
    boss.locator("#dialog .btn-primary").click()
    expect(boss.locator("#dialog")).to_contain_text("举报冒领资金")
    is_in_order(boss)
    boss.locator("#dialog .dialog-end button").click()
    expect(boss.locator("#history li").first).to_contain_text("查看了保密来电人")


def test_many_at_once_saved_filters_and_the_file(
    signed_in: SignIn, demo: Demo, tmp_path: Path
) -> None:
    page = signed_in("he")
    made = [open_ticket(page, demo, f"批量处理的第{n}件", mine=False) for n in (1, 2)]
    page.goto(f"{demo.address}/console/tickets?q=批量处理的第")
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    page.locator("[data-select-all]").check()
    page.select_option("#bulk-action", "priority")
    page.select_option("#bulk-priority", "urgent")
    expect(page.locator("#bulk-person")).to_be_hidden()
    is_in_order(page)
    page.get_by_role("button", name="执行").click()
    expect(page.locator("[role=status].notice")).to_contain_text("2 件完成，0 件没有完成")
    is_in_order(page)
    page.get_by_role("link", name="回到列表").click()
    expect(page.locator(".priority-urgent")).to_have_count(2)
    page.get_by_text("保存这个筛选").click()
    page.fill("#saved-name", "批量的")
    page.locator(".saved-form button").last.click()
    page.goto(f"{demo.address}/console/tickets")
    page.get_by_role("link", name="批量的").click()
    expect(page.locator(".tickets-table tbody tr")).to_have_count(2)
    page.get_by_text("导出", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert sorted(row[0] for row in list(csv.reader(io.StringIO(text)))[1:-1]) == sorted(made)


def test_by_keys_alone(signed_in: SignIn, demo: Demo) -> None:
    page = signed_in("zhang", DESKTOP)
    number = open_ticket(page, demo, "只用键盘办的一件")
    page.keyboard.press("Control+k")
    page.keyboard.type("保密")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("设为保密")
    page.keyboard.press("Enter")
    expect(page.locator("#f-why")).to_be_focused()
    page.keyboard.type("来电人要求")
    page.locator("#dialog .btn-primary").press("Enter")
    expect(page.locator("#head .sealed")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/console/tickets")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/tickets/*")
    page.goto(f"{demo.address}/console/desk")
    page.keyboard.press("n")
    page.wait_for_url("**/console/tickets/new")
    assert number.isdigit()
