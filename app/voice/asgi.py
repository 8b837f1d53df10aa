"""Webhooks as bare ASGI endpoints, answered before the web framework is asked.

Routing, request and response objects of the framework would cost a fifth of a step
(docs/benchmarks.md); a webhook needs none of them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

Endpoint = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes = b""
    content_type: bytes = b""


class RefusedRequestError(Exception):
    """The request is not one of ours; `status` is all that it is told."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class HotlineApplication(FastAPI):
    """FastAPI for people, with bare endpoints for the telephone network in front."""

    def __init__(self, endpoints: Mapping[str, Endpoint], **settings: Any) -> None:
        super().__init__(**settings)
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        endpoint = self._endpoints.get(scope["path"]) if scope["type"] == "http" else None
        if endpoint is None:
            await super().__call__(scope, receive, send)
        else:
            await endpoint(scope, receive, send)


async def read_body(receive: Receive, largest: int) -> bytes:
    """The whole body. Raises RefusedRequestError when it is too large or never arrives."""
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedRequestError(400)
        body += bytes(message.get("body", b""))
        if len(body) > largest:
            raise RefusedRequestError(413)
        if not message.get("more_body"):
            return body


async def reply(send: Send, answer: Answer) -> None:
    """Send an answer."""
    headers = [(b"content-length", b"%d" % len(answer.body))] if answer.status != 204 else []
    if answer.content_type:
        headers.append((b"content-type", answer.content_type))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
