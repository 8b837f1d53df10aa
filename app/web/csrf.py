"""Requests that change something must come from our own pages.

Twofold: the browser's own word (`Sec-Fetch-Site`, `Origin`), and a token bound to the session that
htmx sends in the header `X-CSRF-Token` and forms in the hidden field `csrf`.
"""

import hmac
from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import Request

from app.database import fingerprint
from app.web.site import site_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER, FIELD = "x-csrf-token", "csrf"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ForgedRequestError(Exception):
    """A request that changes something and does not come from our own pages."""


class CsrfToken:
    """The token for a page, made when the page writes it: only then is a cookie needed."""

    def __init__(self, bound_to: Callable[[], str]) -> None:
        self._bound_to = bound_to

    def __str__(self) -> str:
        return fingerprint(f"csrf\n{self._bound_to()}")


async def refuse_forged(request: Request, token: CsrfToken) -> None:
    """Raise ForgedRequestError unless an unsafe request comes from our own pages."""
    if request.method in SAFE_METHODS:
        return
    if not _from_our_origin(request):
        raise ForgedRequestError
    given = request.headers.get(HEADER) or await _form_field(request)
    if not hmac.compare_digest(given.encode(), str(token).encode()):
        raise ForgedRequestError


def _from_our_origin(request: Request) -> bool:
    """What the browser says; old browsers say nothing, then the token alone decides."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    ours = urlsplit(site_of(request).settings.base_url)
    given = urlsplit(origin)
    return (given.scheme, given.netloc) == (ours.scheme, ours.netloc) or (
        bool(given.netloc) and given.netloc == request.headers.get("host")
    )


async def _form_field(request: Request) -> str:
    if not request.headers.get("content-type", "").startswith(_FORMS):
        return ""
    field = (await request.form()).get(FIELD)
    return field if isinstance(field, str) else ""
