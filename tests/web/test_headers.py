"""The headers of every answer, of failures too."""

import pytest
from app.web.headers import HEADERS
from fastapi import APIRouter
from starlette.testclient import TestClient
from tests.fixtures.office import Office


@pytest.fixture
def browser(office: Office) -> TestClient:
    router = APIRouter()

    @router.get("/fails")
    def fails() -> None:
        raise RuntimeError("on purpose")

    office.app.include_router(router)
    signed_in = office.client("agent")
    return TestClient(
        office.app,
        cookies=dict(signed_in.cookies),
        follow_redirects=False,
        raise_server_exceptions=False,
    )


ANSWERS = {
    "/": 200,
    "/appeal": 200,
    "/nowhere": 404,
    "/console": 303,
    "/console/desk": 200,
    "/console/audit": 403,
    "/console/tickets/1": 404,
    "/static/app.css": 200,
    "/static/none.css": 404,
    "/api/v1/tickets": 401,
    "/fails": 500,
}


@pytest.mark.parametrize(("path", "status"), ANSWERS.items())
def test_every_answer_has_the_headers(browser: TestClient, path: str, status: int) -> None:
    answer = browser.get(path)
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers[name] == value, name
    caching = "no-cache" if path == "/static/app.css" else "no-store"
    assert answer.headers["cache-control"].startswith(caching) or path == "/static/none.css"


def test_a_body_that_is_too_large_is_refused_with_them_too(browser: TestClient) -> None:
    answer = browser.post(
        "/console/tickets/new", content=b"x", headers={"content-length": "99999999"}
    )
    assert answer.status_code == 413
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "////evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:0",
    ],
)
def test_the_switch_of_language_leads_nowhere_else(browser: TestClient, back: str) -> None:
    answer = browser.get("/language/en-US", params={"back": back})
    assert answer.headers["location"] == "/"
