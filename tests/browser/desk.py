"""Signing in to the console of the demonstration, at both widths, and what every page must be."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page
from tests.browser.conftest import Demo

DESKTOP = {"width": 1280, "height": 860}
MOBILE = {"width": 390, "height": 844}
WIDTHS = pytest.mark.parametrize("width", [DESKTOP, MOBILE], ids=["desktop", "mobile"])

SignIn = Callable[..., Page]


@pytest.fixture
def signed_in(browser: Browser, demo: Demo) -> Iterator[SignIn]:
    """Gives a page on which somebody of the demonstration has signed in.

    `signed_in("zhang", MOBILE)`; any error on it, a refusal by the CSP included, fails the test.
    With `refused` the pages that this person may not see are no error.
    """
    errors: list[str] = []
    contexts = []

    def sign_in(
        login: str,
        viewport: dict[str, int] = DESKTOP,
        language: str = "",
        *,
        refused: bool = False,
    ) -> Page:
        context = browser.new_context(viewport=viewport, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.extend(complaints(line, refused)))
        if language:
            page.goto(f"{demo.address}/language/{language}?back=/console/sign-in")
        page.goto(f"{demo.address}/console/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", password_of(demo))
        page.click("main button[type=submit], main form button")
        page.wait_for_url(f"{demo.address}/console/**")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert not errors, "\n".join(errors)


def complaints(line: ConsoleMessage, refused: bool) -> list[str]:
    """What a line of the browser's console complains of."""
    is_refusal = refused and "status of 403" in line.text
    where = line.location.get("url", "")
    return [f"{line.text} {where}"] if line.type == "error" and not is_refusal else []


def password_of(demo: Demo) -> str:
    """The password of all made-up staff of the demonstration."""
    kept = json.loads((Path(demo.var) / "demo-secrets.json").read_text())
    return str(kept["password"])


def fits(page: Page) -> bool:
    """Whether nothing scrolls sideways."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def barriers(page: Page) -> list[str]:
    """What keeps somebody out: serious and critical findings of axe, with their places."""
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['target']}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def picture(page: Page, name: str, folder: Path) -> Path:
    """A screenshot of the whole page, for people to look at."""
    path = folder / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
