"""Queues and their members (contract, section 4.3)."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.exchange.errors import RestError
from app.exchange.queues import DEFAULT_SIZE, Queue, QueueMember
from app.exchange.rest.form import Form
from app.exchange.rest.gatekeeper import Gatekeeper
from app.exchange.rest.replies import API_VERSION, Json, date, listing

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange


class QueueRoutes:
    """The routes of Queues and Members."""

    def __init__(self, exchange: "Exchange", gate: Gatekeeper) -> None:
        self._exchange = exchange
        self._gate = gate

    def routes(self) -> list[Route]:
        """All routes."""
        one = {"GET": self.fetch, "POST": self.update, "DELETE": self.delete}
        return [
            self._gate.route("/Queues.json", {"GET": self.list, "POST": self.create}),
            self._gate.route("/Queues/{sid}.json", one),
            self._gate.route("/Queues/{sid}/Members.json", {"GET": self.members}),
            self._gate.route(
                "/Queues/{sid}/Members/{key}.json", {"GET": self.member, "POST": self.dequeue}
            ),
        ]

    async def list(self, request: Request, _form: Form) -> Response:
        """Queues, newest first."""
        return listing(request, "queues", self._exchange.queues.newest_first(), self.show)

    async def create(self, _request: Request, form: Form) -> Response:
        """Make a queue."""
        size = form.number("MaxSize", DEFAULT_SIZE)
        queue = self._exchange.queues.create(form.text("FriendlyName"), size)
        return JSONResponse(self.show(queue), status_code=201)

    async def fetch(self, request: Request, _form: Form) -> Response:
        """One queue."""
        return JSONResponse(self.show(self._exchange.queues.get(request.path_params["sid"])))

    async def update(self, request: Request, form: Form) -> Response:
        """Rename or resize a queue."""
        queue = self._exchange.queues.get(request.path_params["sid"])
        changed = self._exchange.queues.update(
            queue.sid,
            friendly_name=form.text("FriendlyName", queue.friendly_name),
            max_size=form.number("MaxSize", queue.max_size),
        )
        return JSONResponse(self.show(changed))

    async def delete(self, request: Request, _form: Form) -> Response:
        """Remove an empty queue."""
        self._exchange.queues.delete(request.path_params["sid"])
        return Response(status_code=204)

    async def members(self, request: Request, _form: Form) -> Response:
        """Who waits, first come first."""
        queue = self._exchange.queues.get(request.path_params["sid"])
        return listing(request, "queue_members", queue.members, self.show_member)

    async def member(self, request: Request, _form: Form) -> Response:
        """One who waits, by call SID or `Front`."""
        return JSONResponse(
            self.show_member(
                self._exchange.queues.member(request.path_params["sid"], request.path_params["key"])
            )
        )

    async def dequeue(self, request: Request, form: Form) -> Response:
        """Take somebody out of the queue to play the TwiML at a URL."""
        url = form.text("Url")
        if not url:
            raise RestError(400, 20001, "Url is required.")
        member = self._exchange.queues.dequeue(
            request.path_params["sid"],
            request.path_params["key"],
            url,
            form.text("Method", "POST"),
        )
        return JSONResponse(self.show_member(member))

    def show(self, queue: Queue) -> Json:
        """A queue as the API shows it."""
        account = self._exchange.account_sid
        uri = f"/{API_VERSION}/Accounts/{account}/Queues/{queue.sid}"
        return {
            "sid": queue.sid,
            "account_sid": account,
            "friendly_name": queue.friendly_name,
            "current_size": queue.current_size,
            "average_wait_time": queue.average_wait_time,
            "max_size": queue.max_size,
            "date_created": date(queue.date_created),
            "date_updated": date(queue.date_updated or queue.date_created),
            "uri": f"{uri}.json",
            "subresource_uris": {"members": f"{uri}/Members.json"},
        }

    def show_member(self, member: QueueMember) -> Json:
        """A member as the API shows it."""
        account = self._exchange.account_sid
        uri = f"/{API_VERSION}/Accounts/{account}/Queues/{member.queue.sid}"
        return {
            "call_sid": member.leg.sid,
            "queue_sid": member.queue.sid,
            "date_enqueued": date(member.date_enqueued),
            "position": member.position,
            "wait_time": member.wait_time,
            "uri": f"{uri}/Members/{member.leg.sid}.json",
        }
