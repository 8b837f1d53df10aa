"""How much a request may carry: more is refused before it is read to its end."""

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEGABYTE = 1024 * 1024
LARGEST = 12 * MEGABYTE  # one file of ten megabytes, and the form around it
LARGEST_WITH_PHOTOS = 52 * MEGABYTE  # five of them
PHOTO_PATHS = ("/appeal", "/follow/ticket/")
SENTENCE = "内容太大，请减少照片后再试。 That is too large: please send fewer photos.\n".encode()


class TooLargeError(Exception):
    """A body without an end, or with a longer one than it said."""


class BodyLimit:
    """ASGI middleware that answers 413 to a body that is too large."""

    def __init__(self, app: ASGIApp, photo_paths: Sequence[str] = PHOTO_PATHS) -> None:
        self._app = app
        self._photo_paths = tuple(photo_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        photos = scope["path"].startswith(self._photo_paths)
        largest = LARGEST_WITH_PHOTOS if photos else LARGEST
        if _announced(scope) > largest:
            await _refuse(send)
            return
        body = _Counted(receive, send, largest)
        try:
            await self._app(scope, body.receive, body.send)
        except TooLargeError:
            if not body.answered:
                await _refuse(send)


class _Counted:
    """One request whose body is counted while it arrives."""

    def __init__(self, receive: Receive, send: Send, largest: int) -> None:
        self._receive, self._send, self._left = receive, send, largest
        self.answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise TooLargeError
        return message

    async def send(self, message: Message) -> None:
        self.answered = True
        await self._send(message)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(SENTENCE)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": SENTENCE})
