"""Messages (contract, section 4.5)."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.exchange.messages import Message, MessageOrder
from app.exchange.rest.filters import matches_dates
from app.exchange.rest.form import Form
from app.exchange.rest.gatekeeper import Gatekeeper
from app.exchange.rest.replies import API_VERSION, Json, date, listing

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange


class MessageRoutes:
    """The routes of Messages."""

    def __init__(self, exchange: "Exchange", gate: Gatekeeper) -> None:
        self._exchange = exchange
        self._gate = gate

    def routes(self) -> list[Route]:
        """All routes."""
        one = {"GET": self.fetch, "POST": self.update, "DELETE": self.delete}
        return [
            self._gate.route("/Messages.json", {"GET": self.list, "POST": self.create}),
            self._gate.route("/Messages/{sid}.json", one),
        ]

    async def list(self, request: Request, form: Form) -> Response:
        """Messages, newest first."""
        chosen = [
            message
            for message in self._exchange.messages.newest_first()
            if form.text("To") in ("", message.to)
            and form.text("From") in ("", message.from_)
            and matches_dates(form, "DateSent", message.date_sent)
        ]
        return listing(request, "messages", chosen, self.show)

    async def create(self, _request: Request, form: Form) -> Response:
        """Send a message."""
        order = MessageOrder(
            to=form.text("To"),
            from_=form.text("From"),
            body=form.text("Body"),
            media_urls=tuple(form.texts("MediaUrl")),
            messaging_service_sid=form.text("MessagingServiceSid"),
            status_callback=form.text("StatusCallback"),
        )
        message = self._exchange.messages.send(order)
        return JSONResponse(self.show(message), status_code=201)

    async def fetch(self, request: Request, _form: Form) -> Response:
        """One message."""
        return JSONResponse(self.show(self._exchange.messages.get(request.path_params["sid"])))

    async def update(self, request: Request, form: Form) -> Response:
        """Redact a message's body, or cancel one that was not sent yet."""
        message = self._exchange.messages.update(
            request.path_params["sid"],
            body=form.text("Body") if form.has("Body") else None,
            status=form.text("Status"),
        )
        return JSONResponse(self.show(message))

    async def delete(self, request: Request, _form: Form) -> Response:
        """Remove a message."""
        self._exchange.messages.delete(request.path_params["sid"])
        return Response(status_code=204)

    def show(self, message: Message) -> Json:
        """A message as the API shows it."""
        account = self._exchange.account_sid
        uri = f"/{API_VERSION}/Accounts/{account}/Messages/{message.sid}"
        return {
            "sid": message.sid,
            "account_sid": account,
            "api_version": API_VERSION,
            "body": message.body,
            "num_segments": str(message.segments),
            "num_media": str(len(message.media_urls)),
            "direction": message.direction,
            "from": message.from_ or None,
            "to": message.to,
            "status": message.status,
            "error_code": message.error_code,
            "error_message": None,
            "messaging_service_sid": message.messaging_service_sid or None,
            "date_created": date(message.date_created),
            "date_sent": date(message.date_sent),
            "date_updated": date(message.date_updated or message.date_created),
            "price": None,
            "price_unit": "USD",
            "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }
