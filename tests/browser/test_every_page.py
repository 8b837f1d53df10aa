"""Every page of the console as each role at both widths: it fits, and nobody is kept out of it.

What a role may not see is refused by a page that fits and reads just as well. A page is fetched
once and made narrow, as a telephone that is turned does.
"""

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import Demo
from tests.browser.desk import DESKTOP, MOBILE, SignIn, barriers, fits, signed_in

pytestmark = pytest.mark.browser
__all__ = ["signed_in"]

ROLES = {
    "zhang": "agent",
    "xiang": "mediator",
    "he": "supervisor",
    "ops": "ops",
    "shu": "auditor",
    "admin": "admin",
}
WIDTHS = {"desktop": DESKTOP, "mobile": MOBILE}
# Between them they see every form of every page, one of them on a small screen; axe takes its time.
EXAMINED = {"zhang": "mobile", "he": "desktop", "admin": "desktop"}
PLACES = (
    "desk",
    "tickets",
    "tickets/new",
    "live",
    "incidents",
    "calls",
    "disputes",
    "hearings",
    "hearings/new",
    "search",
    "search?q=停水",
    "flows",
    "flows/all",
    "flows/main?node=main.menu",
    "flows/numbers",
    "flows/words",
    "roster",
    "departments",
    "staff",
    "notices",
    "flows/prompts?q=main",
    "flows/prompts/main.greeting",
    "screening",
    "outbound",
    "systems",
    "audit",
    "setup",
    "flows/versions",
    "flows/drafts",
    "alerts",
    "account",
)
FORBIDDEN = 403
SETTLES_IN = 250  # milliseconds for what a page fetches by itself


def first_link(page: Page, address: str, selector: str) -> str | None:
    """Where the first link of a list leads, if there is one."""
    page.goto(address)
    page.wait_for_timeout(SETTLES_IN)
    link = page.locator(selector).first
    return link.get_attribute("href") if link.count() else None


@pytest.mark.parametrize("login", ROLES, ids=ROLES.values())
def test_every_page(signed_in: SignIn, demo: Demo, login: str) -> None:
    page = signed_in(login, DESKTOP, refused=True)
    places = [f"/console/{place}" for place in PLACES]
    for listing, selector in (
        ("tickets", "main a[href^='/console/tickets/'][href$='0'], main .row-link"),
        ("calls", "main a[href^='/console/calls/CA']"),
        ("disputes", "main td a[href^='/console/disputes/']"),
        ("disputes?state=settled", "main td a[href^='/console/disputes/']"),
    ):
        found = first_link(page, f"{demo.address}/console/{listing}", selector)
        if found:
            places.append(found)
    problems = []
    refusals = 0
    for place in places:
        answer = page.goto(f"{demo.address}{place}")
        assert answer is not None
        if answer.status not in (200, FORBIDDEN):
            problems.append(f"{place}: {answer.status}")
        page.wait_for_timeout(SETTLES_IN)  # what is cut off by leaving would be an error
        refusals += answer.status == FORBIDDEN
        if answer.status == FORBIDDEN and refusals > 1:
            continue  # one refusal looks like the other
        for name, width in WIDTHS.items():
            page.set_viewport_size(width)
            if not fits(page):
                problems.append(f"{place}, {name}: scrolls sideways")
            if name == EXAMINED.get(login):
                problems += [f"{place}, {name}: {barrier}" for barrier in barriers(page)]
        page.set_viewport_size(DESKTOP)
    assert problems == []
