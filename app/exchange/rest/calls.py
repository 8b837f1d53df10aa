"""Calls, their recordings, events and notifications (contract, sections 4.1 and 4.4)."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.exchange.call_recording import CallRecording
from app.exchange.callbacks import Subscription
from app.exchange.calls import CallOrder, CallUpdate
from app.exchange.errors import RestError
from app.exchange.legs import LONGEST_CALL_SECONDS, Leg
from app.exchange.rest.filters import matches_dates
from app.exchange.rest.form import Form
from app.exchange.rest.gatekeeper import Gatekeeper
from app.exchange.rest.replies import API_VERSION, Json, date, listing, number
from app.exchange.ringing import MachineDetection

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

PROGRESS_EVENTS = {"initiated": "", "ringing": "", "answered": "", "completed": ""}
LONGEST_SEND_DIGITS = 32
LONGEST_RINGING = 600


class CallRoutes:
    """The routes of Calls."""

    def __init__(self, exchange: "Exchange", gate: Gatekeeper) -> None:
        self._exchange = exchange
        self._gate = gate

    def routes(self) -> list[Route]:
        """All routes."""
        return [
            self._gate.route("/Calls.json", {"POST": self.create, "GET": self.list}),
            self._gate.route(
                "/Calls/{sid}.json",
                {"GET": self.fetch, "POST": self.update, "DELETE": self.delete},
            ),
            self._gate.route("/Calls/{sid}/Events.json", {"GET": self.events}),
            self._gate.route("/Calls/{sid}/Notifications.json", {"GET": self.notifications}),
        ]

    async def create(self, _request: Request, form: Form) -> Response:
        """Place a call."""
        leg = self._exchange.calls.place(order_of(form))
        return JSONResponse(self.show(leg), status_code=201)

    async def list(self, request: Request, form: Form) -> Response:
        """Calls, newest first."""
        wanted = {name: form.text(name) for name in ("To", "From", "ParentCallSid", "Status")}
        chosen = [
            leg
            for leg in self._exchange.calls.newest_first()
            if wanted["To"] in ("", leg.ends.to)
            and wanted["From"] in ("", leg.ends.from_)
            and wanted["ParentCallSid"] in ("", leg.parent.sid if leg.parent else "")
            and wanted["Status"] in ("", leg.status)
            and matches_dates(form, "StartTime", leg.start_time)
            and matches_dates(form, "EndTime", leg.end_time)
        ]
        return listing(request, "calls", chosen, self.show)

    async def fetch(self, request: Request, _form: Form) -> Response:
        """One call."""
        return JSONResponse(self.show(self._exchange.calls.get(request.path_params["sid"])))

    async def update(self, request: Request, form: Form) -> Response:
        """End or redirect a call."""
        if form.text("Url") and form.text("Twiml"):
            raise RestError(400, 20001, "Url and Twiml exclude each other.")
        change = CallUpdate(
            status=form.text("Status"),
            url=form.text("Url"),
            method=form.text("Method", "POST"),
            twiml=form.text("Twiml"),
            fallback=_fallback(form) if form.has("FallbackUrl") else None,
            progress=form.callback() if form.has("StatusCallback") else None,
            time_limit=form.number("TimeLimit", 0) or None,
        )
        return JSONResponse(
            self.show(self._exchange.calls.update(request.path_params["sid"], change))
        )

    async def delete(self, request: Request, _form: Form) -> Response:
        """Remove the log of a call that has ended."""
        self._exchange.calls.delete(request.path_params["sid"])
        return Response(status_code=204)

    async def events(self, request: Request, _form: Form) -> Response:
        """The webhooks that were sent for a call, and what was answered."""
        leg = self._exchange.calls.get(request.path_params["sid"])
        sent = self._exchange.ledger.webhooks(CallSid=leg.sid)
        return listing(
            request,
            "events",
            sent,
            lambda delivery: {
                "request": {
                    "method": delivery.method,
                    "url": delivery.url,
                    "parameters": dict(delivery.parameters),
                },
                "response": {
                    "response_code": delivery.status,
                    "response_body": delivery.body,
                    "date_created": date(delivery.at),
                },
            },
        )

    async def notifications(self, request: Request, _form: Form) -> Response:
        """What the debugger says about a call."""
        leg = self._exchange.calls.get(request.path_params["sid"])
        entries = [e for e in self._exchange.debugger.notifications if e.call_sid == leg.sid]
        account = self._exchange.account_sid
        return listing(
            request,
            "notifications",
            entries,
            lambda entry: {
                "account_sid": account,
                "api_version": API_VERSION,
                "call_sid": entry.call_sid,
                "date_created": date(entry.at),
                "date_updated": date(entry.at),
                "error_code": str(entry.code),
                "log": "0" if entry.level == "error" else "1",
                "message_date": date(entry.at),
                "message_text": entry.message,
                "more_info": f"https://www.twilio.com/docs/errors/{entry.code}",
                "request_method": "POST",
                "request_url": entry.url,
                "sid": entry.sid,
                "uri": f"/{API_VERSION}/Accounts/{account}/Notifications/{entry.sid}.json",
            },
        )

    def show(self, leg: Leg) -> Json:
        """A call as the API shows it."""
        account = self._exchange.account_sid
        uri = f"/{API_VERSION}/Accounts/{account}/Calls/{leg.sid}"
        own = self._exchange.numbers.get(leg.ends.to) or self._exchange.numbers.get(leg.ends.from_)
        return {
            "sid": leg.sid,
            "date_created": date(leg.date_created),
            "date_updated": date(leg.date_updated),
            "parent_call_sid": leg.parent.sid if leg.parent else None,
            "account_sid": account,
            "to": leg.ends.to,
            "to_formatted": leg.ends.to,
            "from": leg.ends.from_,
            "from_formatted": leg.ends.from_,
            "phone_number_sid": own.sid if own else None,
            "status": leg.status,
            "start_time": date(leg.start_time),
            "end_time": date(leg.end_time),
            "duration": number(leg.duration) if leg.is_final else None,
            "price": None,
            "price_unit": "USD",
            "direction": leg.direction,
            "answered_by": leg.answered_by or None,
            "api_version": API_VERSION,
            "forwarded_from": leg.forwarded_from or None,
            "group_sid": None,
            "caller_name": None,
            "queue_time": str(leg.queue_milliseconds),
            "trunk_sid": None,
            "uri": f"{uri}.json",
            "subresource_uris": {
                "recordings": f"{uri}/Recordings.json",
                "notifications": f"{uri}/Notifications.json",
                "events": f"{uri}/Events.json",
            },
        }


def order_of(form: Form) -> CallOrder:
    """The order that a form for a new call makes. Raises RestError for what Twilio refuses."""
    digits = form.text("SendDigits")
    if len(digits) > LONGEST_SEND_DIGITS:
        raise RestError(400, 20001, f"SendDigits has more than {LONGEST_SEND_DIGITS} characters.")
    return CallOrder(
        to=form.text("To"),
        from_=form.text("From"),
        url=form.text("Url"),
        method=form.text("Method", "POST"),
        twiml="" if form.text("Url") else form.text("Twiml"),
        application_sid=form.text("ApplicationSid"),
        fallback=_fallback(form),
        progress=form.callback(known=PROGRESS_EVENTS),
        timeout=form.number("Timeout", 60, 1, LONGEST_RINGING),
        time_limit=form.number("TimeLimit", LONGEST_CALL_SECONDS, 1),
        caller_id=form.text("CallerId"),
        send_digits=digits,
        recording=_recording(form),
        machine_detection=machine_detection_of(form, "AsyncAmdStatusCallback"),
    )


def machine_detection_of(form: Form, callback: str) -> MachineDetection | None:
    """How answering machines are looked for, or None."""
    mode = form.text("MachineDetection")
    if not mode:
        return None
    if mode not in ("Enable", "DetectMessageEnd"):
        raise RestError(400, 20001, "MachineDetection must be Enable or DetectMessageEnd.")
    return MachineDetection(
        mode=mode,
        timeout=form.number("MachineDetectionTimeout", 30, 3, 60),
        asynchronous=form.truth("AsyncAmd"),
        callback=Subscription(form.text(callback), form.text(f"{callback}Method", "POST")),
    )


def _recording(form: Form) -> CallRecording | None:
    if not form.truth("Record"):
        return None
    return CallRecording(
        channels=2 if form.text("RecordingChannels") == "dual" else 1,
        track=form.text("RecordingTrack", "both"),
        trim=form.text("Trim", "trim-silence") == "trim-silence",
        callback=form.callback("RecordingStatusCallback"),
    )


def _fallback(form: Form) -> Subscription:
    return Subscription(form.text("FallbackUrl"), form.text("FallbackMethod", "POST"))
