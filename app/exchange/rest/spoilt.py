"""What is answered instead of a recording's sound when the plan of faults says so."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.exchange.errors import not_found
from app.exchange.faults import MediaFault

WAV = "audio/x-wav"
_XML = (
    '<?xml version="1.0" encoding="UTF-8"?><TwilioResponse><RestException><Code>20404</Code>'
    "<Message>The requested resource was not found</Message><Status>404</Status>"
    "</RestException></TwilioResponse>"
)
_HTML = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


class CutResponse(Response):
    """Promises its whole body, sends half of it, and breaks the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        half = bytes(self.body)[: len(self.body) // 2]
        headers = self.raw_headers
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": half})


def spoilt(fault: MediaFault, sound: bytes, path: str) -> Response:
    """The answer. Raises RestError for a 404."""
    match fault:
        case MediaFault.MISSING:
            raise not_found(path)
        case MediaFault.XML:
            return Response(_XML, media_type=WAV)
        case MediaFault.HTML:
            return Response(_HTML, media_type=WAV)
        case MediaFault.TRUNCATED:
            return Response(sound[: len(sound) // 2], media_type=WAV)
        case MediaFault.CUT:
            return CutResponse(sound, media_type=WAV)
