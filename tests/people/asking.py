"""Asks an application by ASGI alone: a stream that never ends is left after its first words."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

PATIENCE_SECONDS = 20.0
_NOTHING_MORE_SECONDS = 0.3


@dataclass
class Told:
    """What was answered."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


async def ask(
    app: FastAPI, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
) -> Told:
    """Send a request and return its answer, as much of it as comes at once."""
    told, ended = Told(), asyncio.Event()
    path, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "root_path": "", "server": ("testserver", 80), "client": ("192.0.2.1", 5000), "state": {},
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            await ended.wait()
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.status = message["status"]
            told.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            told.body += message.get("body", b"")
            if not message.get("more_body"):
                ended.set()

    task = asyncio.create_task(app(scope, receive, send))
    waited = asyncio.create_task(ended.wait())
    try:
        await asyncio.wait(
            {task, waited},
            timeout=PATIENCE_SECONDS if not _is_stream(path) else _NOTHING_MORE_SECONDS,
            return_when=asyncio.FIRST_COMPLETED,
        )
    finally:
        for one in (task, waited):
            one.cancel()
        await asyncio.gather(task, waited, return_exceptions=True)
    return told


def _is_stream(path: str) -> bool:
    return path.endswith("/events") and path.startswith("/console")
