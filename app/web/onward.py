"""Where a visitor goes on to: addresses that browsers hand us, and only our own are followed."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Form, Query, Request
from pydantic import AfterValidator


def local_path(address: str, otherwise: str = "/console") -> str:
    r"""An address of our own, as given; `otherwise` for anything that could lead elsewhere.

    Browsers take `//host`, `/\host` and control characters for other hosts; so does nobody here.
    """
    parts = urlsplit(address)
    is_plain = address.isprintable() and "\\" not in address and " " not in address
    is_local = address.startswith("/") and not address.startswith("//")
    if not (is_plain and is_local) or parts.scheme or parts.netloc:
        return otherwise
    return address


def form_page(request: Request) -> str:
    """The page with the form that is answered by a page, a refusal mostly; "" when none was sent.

    An answer to a form stands under an address that cannot be visited: a reload would send the form
    again. The page it was sent from can be, and browsers say which it was.
    """
    if request.method in ("GET", "HEAD"):
        return ""
    sent_from = urlsplit(request.headers.get("referer", ""))
    return local_path(sent_from._replace(scheme="", netloc="", fragment="").geturl(), "")


def page_address(request: Request) -> str:
    """The address under which what is shown can be visited again."""
    url = request.url
    return form_page(request) or (f"{url.path}?{url.query}" if url.query else url.path)


# `next` of a page's address and of its form, already made harmless.
Onward = Annotated[str, Query(alias="next"), AfterValidator(local_path)]
OnwardField = Annotated[str, Form(alias="next", max_length=2_000), AfterValidator(local_path)]
