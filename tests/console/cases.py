"""Tickets for tests of the console: opened and moved by the domain's own verbs."""

import html
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.tickets.handover.service import claim
from app.tickets.numbers import fresh_number
from app.tickets.routing import routing_of
from app.tickets.service import Appeal, open_ticket, transition
from httpx2 import Response
from starlette.testclient import TestClient
from tests.fixtures.office import NOON, Office

CSRF = "x-kept-csrf"  # no header that the application knows
CALLER = "+8613874500001"


@dataclass
class Cases:
    """Opens tickets in an office; `land` belongs to the department of agriculture."""

    office: Office
    random: Random = field(default_factory=lambda: Random(1))

    def opened(
        self,
        words: str = "承包地被占",
        *,
        category: str = "land",
        at: datetime = NOON - timedelta(minutes=5),
        caller: str = CALLER,
        name: str = "",
        place: str = "",
        sealed: bool = False,
        kind: str = "appeal",
    ) -> str:
        """A new ticket; returns its number."""
        appeal = Appeal(
            number=fresh_number(self.random.randrange),
            source=f"test:{self.random.random()}",
            kind=kind,
            category=category,
            channel="phone",
            language="zh-CN",
            caller=caller,
            caller_name=name,
            place=place,
            words=words,
            confidential=sealed,
        )
        directory = self.office.library.current.directory
        with self.office.database.writing() as connection:
            return open_ticket(connection, appeal, routing_of(directory, category), at).number

    def taken(self, staff_id: int, words: str = "承包地被占", **about: object) -> str:
        """A ticket that somebody has taken and works on."""
        number = self.opened(words, **about)  # type: ignore[arg-type]
        with self.office.database.writing() as connection:
            claim(connection, number, staff_id, NOON)
            transition(connection, number, "in_progress", f"staff:{staff_id}", "", NOON)
        return number


def csrf_of(client: TestClient) -> str:
    """The token that pages of a browser carry, read once."""
    if CSRF not in client.headers:
        found = re.search(r'data-csrf="([^"]+)"', client.get("/console/desk").text)
        assert found is not None
        client.headers[CSRF] = found.group(1)
    return client.headers[CSRF]


def post(
    client: TestClient, path: str, *, htmx: bool = False, dialog: bool = False, **fields: Any
) -> Response:
    """Send a form as a browser does; by htmx, from the page or from its dialog."""
    headers = {"hx-request": "true"} if htmx or dialog else {}
    if dialog:
        headers["hx-target"] = "dialog#dialog"
    files = fields.pop("files", None)
    data = {"csrf": csrf_of(client), **fields}
    return client.post(path, data=data, headers=headers, files=files)


def text_of(page: str) -> str:
    """The text of a page, tags left out."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page))
