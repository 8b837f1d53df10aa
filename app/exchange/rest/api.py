"""The REST API as routes."""

from typing import TYPE_CHECKING

from starlette.routing import Route

from app.exchange.rest.calls import CallRoutes
from app.exchange.rest.conferences import ConferenceRoutes
from app.exchange.rest.gatekeeper import Gatekeeper
from app.exchange.rest.messages import MessageRoutes
from app.exchange.rest.numbers import NumberRoutes
from app.exchange.rest.queues import QueueRoutes
from app.exchange.rest.recordings import RecordingRoutes

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange


def rest_routes(exchange: "Exchange") -> list[Route]:
    """All routes of the REST API."""
    gate = Gatekeeper(exchange)
    return [
        *CallRoutes(exchange, gate).routes(),
        *ConferenceRoutes(exchange, gate).routes(),
        *RecordingRoutes(exchange, gate).routes(),
        *QueueRoutes(exchange, gate).routes(),
        *MessageRoutes(exchange, gate).routes(),
        *NumberRoutes(exchange, gate).routes(),
    ]
