"""The exchange as an ASGI application: REST API, telephones for browsers and terminals."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from app.exchange.exchange import Exchange
from app.exchange.faults import FaultPlan
from app.exchange.phones.browser import serve_phone
from app.exchange.phones.demo import CastMember, seat
from app.exchange.rest.api import rest_routes

STATIC = Path(__file__).resolve().parent / "phones" / "static"
OWNED_PREFIXES = ("/2010-04-01/", "/phone", "/exchange/")

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(self)",
    "Cache-Control": "no-cache",
}


def build_exchange_app(exchange: Exchange, cast: Sequence[CastMember] = ()) -> Starlette:
    """The application; it can stand alone or be mounted by path beside another.

    The telephones of the cast are listed in its directory and answer by their scripts.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        seat(exchange, cast)
        yield
        await exchange.close()

    async def page(_request: Request) -> Response:
        return FileResponse(STATIC / "phone.html", headers=SECURITY_HEADERS)

    async def directory(_request: Request) -> Response:
        hotline = next(iter(exchange.numbers), "")
        phones = [{"number": one.number, "zh": one.zh, "en": one.en} for one in cast]
        return JSONResponse({"hotline": hotline, "phones": phones})

    async def ledger(_request: Request) -> Response:
        return JSONResponse(_ledger(exchange))

    async def faults(request: Request) -> Response:
        try:
            exchange.faults = FaultPlan(**await request.json())
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return Response(status_code=204)

    async def phone(socket: WebSocket) -> None:
        await serve_phone(exchange, socket)

    routes = [
        *rest_routes(exchange),
        Route("/phone", page),
        Mount("/phone/static", StaticFiles(directory=STATIC)),
        Route("/exchange/directory", directory),
        Route("/exchange/ledger", ledger),
        Route("/exchange/faults", faults, methods=["POST"]),
        WebSocketRoute("/exchange/phones/{number}", phone),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def _ledger(exchange: Exchange) -> dict[str, object]:
    """What was heard, rung and delivered, without the bodies of answers."""
    ledger = exchange.ledger
    return {
        "heard": [
            {"at": line.at.isoformat(), "number": line.number, "text": line.text,
             "language": line.language, "speaker": line.speaker}
            for line in ledger.utterances
        ],
        "rung": [
            {"at": ring.at.isoformat(), "number": ring.number, "caller": ring.caller}
            for ring in ledger.rings
        ],
        "texts": [
            {"at": text.at.isoformat(), "sender": text.sender, "receiver": text.receiver,
             "body": text.body, "arrived": text.arrived}
            for text in ledger.texts
        ],
        "webhooks": [
            {"at": request.at.isoformat(), "kind": request.kind, "path": request.path,
             "status": request.status, "error": request.error}
            for request in ledger.requests
        ],
        "notifications": [
            {"at": entry.at.isoformat(), "code": entry.code, "level": entry.level,
             "message": entry.message}
            for entry in exchange.debugger.notifications
        ],
    }  # fmt: skip
