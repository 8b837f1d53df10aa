"""A browser as far as these tests need one: cookies, forms with their CSRF field, no redirects."""

import re
from typing import Any

from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient
from tests.people.people import PASSWORD

CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"|data-csrf="([0-9a-f]+)"')


class Browser(TestClient):
    """Reads the CSRF token of the last page and sends it with the next form."""

    def __init__(self, app: FastAPI, base_url: str = "http://testserver") -> None:
        super().__init__(
            app, base_url=base_url, follow_redirects=False, raise_server_exceptions=False
        )
        self.csrf = ""

    def open(self, path: str, **options: Any) -> Response:
        """Get a page and note its CSRF token."""
        answer = self.get(path, **options)
        found = CSRF.search(answer.text)
        if found:
            self.csrf = found.group(1) or found.group(2)
        return answer

    def submit(self, path: str, **fields: str) -> Response:
        """Post a form with the token of the last page."""
        return self.post(path, data={"csrf": self.csrf, **fields})

    def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> Response:
        """Sign in by the form, and open a page of the console for its token."""
        self.open("/console/sign-in")
        answer = self.submit("/console/sign-in", login=login, password=password, **fields)
        self.open("/console/account")
        return answer

    @property
    def cookie(self) -> str | None:
        """The session cookie."""
        return self.cookies.get("hotline") or self.cookies.get("__Host-hotline")

    def carry(self, cookie: str | None) -> None:
        """Carry a cookie that somebody else has had, or made."""
        self.cookies.set("hotline", cookie or "", domain="testserver.local")
