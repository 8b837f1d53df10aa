"""The session cookie: its name and attributes, and putting a changed one on the answer.

A browser without a session carries a random cookie too, as soon as a form needs one: CSRF tokens
of the sign-in page and of the portal are bound to it.
"""

import secrets
from http.cookies import CookieError, SimpleCookie

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_BYTES = 32


def fresh_token() -> str:
    """256 random bits for a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class Browser:
    """The cookie of one request: what came, and what shall be kept instead."""

    def __init__(self, sent: str) -> None:
        self.sent = sent
        self._kept = sent

    @property
    def token(self) -> str:
        """The cookie's token; a browser without one is given one by asking for it."""
        if not self._kept:
            self._kept = fresh_token()
        return self._kept

    def keep(self, token: str) -> None:
        """Replace the cookie: at sign-in, so that nobody can have fixed it before, and after."""
        self._kept = token

    def forget(self) -> None:
        """Take the cookie away."""
        self._kept = ""

    @property
    def changed(self) -> str | None:
        """The new token, "" to take the cookie away, None when it stays as it came."""
        return None if self._kept == self.sent else self._kept


class SessionCookie:
    """ASGI middleware that gives each request its `Browser` and writes back what became of it.

    On https the name begins with `__Host-`: no other host may then have set it.
    """

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._name = "__Host-hotline" if is_https else "hotline"
        self._attributes = "; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if is_https else "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        browser = Browser(self._sent(Headers(scope=scope)))
        scope.setdefault("state", {})["browser"] = browser

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and browser.changed is not None:
                headers = MutableHeaders(scope=message)
                headers.append("set-cookie", self._written(browser.changed))
            await send(message)

        await self._app(scope, receive, send_with_cookie)

    def _sent(self, headers: Headers) -> str:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self._name)
        except CookieError:
            return ""
        return morsel.value if morsel else ""

    def _written(self, token: str) -> str:
        return f"{self._name}={token}{self._attributes}" + ("" if token else "; Max-Age=0")


def browser_of(request: Request) -> Browser:
    """The browser a request came from."""
    browser: Browser = request.state.browser
    return browser
