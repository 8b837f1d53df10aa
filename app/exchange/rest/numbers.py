"""IncomingPhoneNumbers and Applications (contract, section 4.6)."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.exchange.errors import RestError, not_found
from app.exchange.numbers import Application, PhoneNumber, VoiceSettings, is_dialable
from app.exchange.rest.form import Form
from app.exchange.rest.gatekeeper import Gatekeeper
from app.exchange.rest.replies import API_VERSION, Json, date, listing

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

FALLBACK_WITHOUT_URL = 21405


class NumberRoutes:
    """The routes of the account's telephone numbers and TwiML applications."""

    def __init__(self, exchange: "Exchange", gate: Gatekeeper) -> None:
        self._exchange = exchange
        self._gate = gate

    def routes(self) -> list[Route]:
        """All routes."""
        number = {"GET": self.fetch_number, "POST": self.update_number, "DELETE": self.release}
        application = {
            "GET": self.fetch_application,
            "POST": self.update_application,
            "DELETE": self.delete_application,
        }
        return [
            self._gate.route("/IncomingPhoneNumbers.json", {"GET": self.numbers, "POST": self.buy}),
            self._gate.route("/IncomingPhoneNumbers/{sid}.json", number),
            self._gate.route(
                "/Applications.json",
                {"GET": self.applications, "POST": self.create_application},
            ),
            self._gate.route("/Applications/{sid}.json", application),
        ]

    # --- telephone numbers

    async def numbers(self, request: Request, form: Form) -> Response:
        """The account's numbers."""
        wanted, name = form.text("PhoneNumber"), form.text("FriendlyName")
        chosen = [
            number
            for number in self._exchange.numbers.values()
            if wanted in number.number and name in ("", number.friendly_name)
        ]
        return listing(request, "incoming_phone_numbers", chosen, self.show_number)

    async def buy(self, _request: Request, form: Form) -> Response:
        """Add a number to the account."""
        wanted = form.text("PhoneNumber")
        if not is_dialable(wanted) or not wanted.startswith("+"):
            raise RestError(400, 21421, f"PhoneNumber {wanted} is invalid.")
        number = self._exchange.add_number(wanted, form.text("VoiceUrl"))
        self._change_number(number, form)
        return JSONResponse(self.show_number(number), status_code=201)

    async def fetch_number(self, request: Request, _form: Form) -> Response:
        """One number."""
        return JSONResponse(self.show_number(self._number(request)))

    async def update_number(self, request: Request, form: Form) -> Response:
        """Change where a number's calls go."""
        number = self._number(request)
        self._change_number(number, form)
        return JSONResponse(self.show_number(number))

    async def release(self, request: Request, _form: Form) -> Response:
        """Give a number back."""
        del self._exchange.numbers[self._number(request).number]
        return Response(status_code=204)

    def _number(self, request: Request) -> PhoneNumber:
        sid = request.path_params["sid"]
        for number in self._exchange.numbers.values():
            if number.sid == sid:
                return number
        raise not_found(request.url.path)

    def _change_number(self, number: PhoneNumber, form: Form) -> None:
        _change_settings(number.settings, form)
        number.friendly_name = form.text("FriendlyName", number.friendly_name)
        number.application_sid = form.text("VoiceApplicationSid", number.application_sid)
        number.date_updated = self._exchange.clock.now()

    # --- applications

    async def applications(self, request: Request, form: Form) -> Response:
        """The account's applications."""
        name = form.text("FriendlyName")
        chosen = [
            application
            for application in self._exchange.applications.values()
            if name in ("", application.friendly_name)
        ]
        return listing(request, "applications", chosen, self.show_application)

    async def create_application(self, _request: Request, form: Form) -> Response:
        """Add an application."""
        settings = VoiceSettings()
        _change_settings(settings, form)
        application = self._exchange.add_application(form.text("FriendlyName"), settings)
        return JSONResponse(self.show_application(application), status_code=201)

    async def fetch_application(self, request: Request, _form: Form) -> Response:
        """One application."""
        found = self._exchange.application(request.path_params["sid"])
        return JSONResponse(self.show_application(found))

    async def update_application(self, request: Request, form: Form) -> Response:
        """Change an application."""
        found = self._exchange.application(request.path_params["sid"])
        _change_settings(found.settings, form)
        found.friendly_name = form.text("FriendlyName", found.friendly_name)
        found.date_updated = self._exchange.clock.now()
        return JSONResponse(self.show_application(found))

    async def delete_application(self, request: Request, _form: Form) -> Response:
        """Remove an application."""
        found = self._exchange.application(request.path_params["sid"])
        del self._exchange.applications[found.sid]
        return Response(status_code=204)

    # --- as the API shows them

    def show_number(self, number: PhoneNumber) -> Json:
        """A number as the API shows it."""
        account = self._exchange.account_sid
        return {
            **_shown_settings(number.settings),
            "sid": number.sid,
            "account_sid": account,
            "api_version": API_VERSION,
            "phone_number": number.number,
            "friendly_name": number.friendly_name,
            "voice_application_sid": number.application_sid or None,
            "voice_caller_id_lookup": number.caller_id_lookup,
            "voice_receive_mode": "voice",
            "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
            "beta": False,
            "origin": "twilio",
            "status": "in-use",
            "date_created": date(number.date_created),
            "date_updated": date(number.date_updated or number.date_created),
            "uri": f"/{API_VERSION}/Accounts/{account}/IncomingPhoneNumbers/{number.sid}.json",
        }

    def show_application(self, application: Application) -> Json:
        """An application as the API shows it."""
        account = self._exchange.account_sid
        return {
            **_shown_settings(application.settings),
            "sid": application.sid,
            "account_sid": account,
            "api_version": API_VERSION,
            "friendly_name": application.friendly_name,
            "voice_caller_id_lookup": False,
            "date_created": date(application.date_created),
            "date_updated": date(application.date_updated or application.date_created),
            "uri": f"/{API_VERSION}/Accounts/{account}/Applications/{application.sid}.json",
        }


def _change_settings(settings: VoiceSettings, form: Form) -> None:
    """Take over what the form sends; a fallback without a primary URL is refused."""
    changes: dict[str, Any] = {}
    for item in fields(VoiceSettings):
        parameter = "".join(part.capitalize() for part in item.name.split("_"))
        if form.has(parameter):
            changes[item.name] = form.text(parameter)
    voice = changes.get("voice_url", settings.voice_url)
    if changes.get("voice_fallback_url") and not voice:
        raise RestError(400, FALLBACK_WITHOUT_URL, "VoiceFallbackUrl needs a VoiceUrl.")
    for name, value in changes.items():
        setattr(settings, name, value)


def _shown_settings(settings: VoiceSettings) -> Json:
    return {item.name: getattr(settings, item.name) for item in fields(VoiceSettings)}
