"""Pages that only tell."""

import pytest
from tests.fixtures.office import Office
from tests.flows.folders import SHELF
from tests.portal.visitor import Visitor

KEYS = SHELF.keys()
PATHS = ["/", "/appeal", "/follow", "/policies", "/callback", "/privacy", "/policies?q=后期扶持"]


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
@pytest.mark.parametrize("path", [*PATHS, *(f"/policies/{key}" for key in KEYS)])
def test_every_page_in_both_languages(office: Office, path: str, language: str) -> None:
    visitor = Visitor(office)
    visitor.browser.cookies.set("hotline_language", language)
    page = visitor.get(path)
    assert f'<html lang="{language}">' in page
    assert 'href="tel:+867451012345"' in page
    assert "按 0" not in page
    assert "ress 0" not in page


def test_articles_tell_their_source_and_date(office: Office) -> None:
    page = Visitor(office).get("/policies/support-amount")
    assert "国发〔2006〕17号" in page
    assert "2026-11-23" in page


def test_a_question_in_plain_words(office: Office) -> None:
    page = Visitor(office).get("/policies?q=一年补助多少钱")
    assert "/policies/support-amount" in page.partition("<h2>")[2].partition("</section>")[0]


def test_nothing_found_leads_on(office: Office) -> None:
    page = Visitor(office).get("/policies?q=xyzzy")
    assert "没有找到" in page
    assert 'href="/appeal"' in page


def test_an_article_that_does_not_exist(office: Office) -> None:
    assert Visitor(office).browser.get("/policies/nonsense").status_code == 404


def test_the_demo_alone_shows_the_browser_telephone(office: Office) -> None:
    assert 'href="/phone"' not in Visitor(office).get("/")


@pytest.mark.parametrize("path", ["/nothing", "/policies/nonsense"])
def test_a_page_that_is_not_there_leads_home(office: Office, path: str) -> None:
    page = Visitor(office).browser.get(path)
    assert page.status_code == 404
    assert "没有这个页面" in page.text
    assert 'href="/"' in page.text


def test_a_body_that_is_too_large_is_refused_unread(office: Office) -> None:
    browser = Visitor(office).browser
    answer = browser.post("/appeal", content=b"x", headers={"content-length": str(60 * 2**20)})
    assert answer.status_code == 413
    assert browser.post("/follow", content=b"x" * (13 * 2**20)).status_code == 413
    endless = (b"x" * 2**20 for _ in range(14))
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.post("/follow", content=endless, headers=form).status_code in (400, 413)
