"""What every REST request goes through: credentials, injected faults, refusals as JSON."""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.exchange.errors import RestError, not_found
from app.exchange.faults import RestFault
from app.exchange.rest.form import Form
from app.exchange.rest.replies import API_VERSION, refusal

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

Handler = Callable[[Request, Form], Awaitable[Response]]
Methods = Mapping[str, Handler]


class BrokenResponse(Response):
    """Promises a body that never comes, so that the connection breaks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


class Gatekeeper:
    """Makes routes out of handlers by path and method."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def route(self, path: str, methods: Methods) -> Route:
        """A route below the account's resource, such as `/Calls.json`."""

        async def endpoint(request: Request) -> Response:
            fault = self._exchange.faults.rest_fault()
            if fault is RestFault.REFUSE:
                return BrokenResponse()
            try:
                self._admit(request)
                _suffer(fault)
                text = (await request.body()).decode() or request.url.query
                response = await methods[request.method](request, Form.parse(text))
            except RestError as error:
                return refusal(error)
            return BrokenResponse() if fault is RestFault.LOSE else response

        whole = f"/{API_VERSION}/Accounts/{{account}}{path}"
        return Route(whole, endpoint, methods=list(methods))

    def _admit(self, request: Request) -> None:
        user, password = _credentials(request.headers.get("authorization", ""))
        known = {self._exchange.account_sid: self._exchange.auth_token, **self._exchange.api_keys}
        expected = known.get(user)
        if expected is None or not hmac.compare_digest(expected, password):
            raise RestError(401, 20003, "Authenticate")
        if request.path_params["account"] != self._exchange.account_sid:
            raise not_found(request.url.path)


def _suffer(fault: RestFault | None) -> None:
    if fault is RestFault.TOO_MANY:
        raise RestError(429, 20429, "Too many requests")
    if fault is RestFault.SERVER_ERROR:
        raise RestError(500, 20500, "An internal server error has occurred")


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, password = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password
