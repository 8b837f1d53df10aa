"""Where a page that answers a form stands, and where its links lead back to."""

import pytest
from app.web.onward import form_page, page_address
from fastapi import Request


def asked(method: str, path: str, query: str = "", referer: str = "") -> Request:
    headers = [(b"host", b"hotline.example"), (b"referer", referer.encode())]
    return Request(
        {"type": "http", "method": method, "path": path, "query_string": query.encode(),
         "headers": headers, "scheme": "https", "server": ("hotline.example", 443)}
    )  # fmt: skip


def test_a_page_that_was_visited_stands_where_it_is() -> None:
    request = asked("GET", "/console/tickets", "due=late", "https://hotline.example/console/desk")
    assert form_page(request) == ""
    assert page_address(request) == "/console/tickets?due=late"


def test_a_page_that_answers_a_form_stands_at_the_form() -> None:
    request = asked(
        "POST", "/console/hearings", referer="https://hotline.example/console/hearings/new?x=1#top"
    )
    assert form_page(request) == page_address(request) == "/console/hearings/new?x=1"


@pytest.mark.parametrize("referer", ["", "https://hotline.example//elsewhere.example/", "nonsense"])
def test_without_a_form_that_can_be_named_it_stands_where_it_is(referer: str) -> None:
    request = asked("POST", "/console/hearings", referer=referer)
    assert form_page(request) == ""
    assert page_address(request) == "/console/hearings"
