"""A browser for the bench: one keep-alive connection, a cookie, and the way in."""

import re
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode

_CSRF = re.compile(rb'name="csrf" value="([^"]+)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATIENCE_SECONDS = 60.0
KEPT_ALIVE_SECONDS = 2.0  # the service hangs up on those who say nothing for five seconds


class BenchError(RuntimeError):
    """The service did not answer as it would answer a person; the text says how."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, how large it was, and how long it took to arrive whole, in seconds."""

    status: int
    body: bytes
    seconds: float


class Browser:
    """Fetches pages one after another, as somebody who has signed in or as a system with a token.

    `first` are headers that go with each request.
    """

    def __init__(self, port: int, first: dict[str, str] | None = None) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        self._headers = dict(first or {})
        self._heard_at = time.perf_counter()

    def sign_in(self, login: str, password: str) -> None:
        """Sign in by the form. Raises BenchError when that does not lead in."""
        page = self.get("/console/sign-in")
        csrf = _CSRF.search(page.body)
        if csrf is None:
            raise BenchError("the sign-in page has no form")
        form = {"login": login, "password": password, "csrf": csrf.group(1).decode()}
        if self._fetch("POST", "/console/sign-in", urlencode(form), _FORM).status != 303:
            raise BenchError(f"{login} cannot sign in with this password")
        if self.get("/console/account").status != 200:
            raise BenchError(f"{login} has more to do before being signed in")

    def get(self, path: str) -> Answer:
        """Fetch a page."""
        return self._fetch("GET", path, None, {})

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _fetch(self, method: str, path: str, body: str | None, more: dict[str, str]) -> Answer:
        begun = time.perf_counter()
        if begun - self._heard_at > KEPT_ALIVE_SECONDS:
            self._connection.close()  # the next request opens it anew
        self._connection.request(method, path, body, self._headers | more)
        response = self._connection.getresponse()
        content = response.read()
        self._heard_at = time.perf_counter()
        self._keep_cookie(response)
        return Answer(response.status, content, self._heard_at - begun)

    def _keep_cookie(self, response: HTTPResponse) -> None:
        for header in response.headers.get_all("Set-Cookie", []):
            for name, kept in SimpleCookie(header).items():
                self._headers["Cookie"] = f"{name}={kept.value}"
