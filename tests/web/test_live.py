"""What an open page fetches by itself: it keeps nobody signed in, and ends when the session does."""

import asyncio
import re
from pathlib import Path
from typing import Any

import app
import pytest
from app.people.sessions.models import StaffSession
from app.web import live
from app.web.route_check import declared_routes
from sqlalchemy import update
from tests.fixtures.office import NOON, Office

TEMPLATES = sorted((Path(app.__file__).parent / "console" / "templates").rglob("*.html"))
TAG = re.compile(r"<(?:[^<>{]|\{[{%].*?[}%]\})*>", re.DOTALL)
BY_ITSELF = re.compile(r'hx-trigger="[^"]*(live-|every |load|revealed)')
FETCHED = re.compile(r'hx-get="([^"]+)"')
EXPRESSION, PARAMETER = re.compile(r"\{\{.*?\}\}"), re.compile(r"\{[^}]*\}")
HERE = "{{ here }}"  # the ticket's page, where templates have it


def fetched_by_themselves() -> dict[str, str]:
    """The addresses that pages fetch without anybody doing anything, and where that stands."""
    found = {}
    for path in TEMPLATES:
        for tag in TAG.findall(path.read_text(encoding="utf-8")):
            address = FETCHED.search(tag)
            if address and BY_ITSELF.search(tag):
                written = address.group(1).replace(HERE, "/console/tickets/{}")
                found[EXPRESSION.sub("{}", written).split("?")[0]] = path.name
    return found


def test_what_a_page_fetches_by_itself_keeps_nobody_signed_in(office: Office) -> None:
    routes = {
        PARAMETER.sub("{}", route.path): route.access
        for route in declared_routes(office.app)
        if route.method == "GET"
    }
    addresses = fetched_by_themselves()
    assert {"/console/desk/work", "/console/alerts/count", "/console/tickets/{}/history"} <= set(
        addresses
    )
    active = {
        f"{where}: {address}"
        for address, where in addresses.items()
        if (access := routes[address]) is None or not access.passive
    }
    assert active == set()


def test_the_stream_of_changes_ends_with_the_session(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.01)
    staff_id = office.hire("agent")
    cookie = office.client_of(staff_id).cookies["hotline"]
    beats = 0

    async def send(message: Any) -> None:
        nonlocal beats
        beats += b"beat" in message.get("body", b"")
        if beats == 2:
            sign_out(office, staff_id)

    asyncio.run(_listen(office, cookie, send))
    assert beats >= 2


def sign_out(office: Office, staff_id: int) -> None:
    ended = update(StaffSession).where(StaffSession.staff_id == staff_id).values(ended_at=NOON)
    with office.database.writing() as connection:
        connection.execute(ended)


async def _listen(office: Office, cookie: str, send: Any) -> None:
    """Ask for the stream and read it to its end."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": "/console/live/events", "raw_path": b"/console/live/events",
        "query_string": b"", "root_path": "", "server": ("testserver", 80),
        "client": ("192.0.2.1", 5000), "state": {},
        "headers": [(b"host", b"testserver"), (b"cookie", f"hotline={cookie}".encode())],
    }  # fmt: skip
    asked = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if asked.is_set():
            await asyncio.Event().wait()
        asked.set()
        return {"type": "http.request", "body": b"", "more_body": False}

    async with asyncio.timeout(20):
        await office.app(scope, receive, send)
    await office.app.state.live.close()


@pytest.mark.parametrize(
    ("back", "there"),
    [
        ("/console/tickets?state=new", "/console/tickets?state=new"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example/", "/"),
    ],
)
def test_the_language_is_kept_and_leads_nowhere_else(office: Office, back: str, there: str) -> None:
    answer = office.client().get("/language/en-US", params={"back": back})
    assert answer.headers["location"] == there
    assert "en-US" in answer.headers["set-cookie"]
