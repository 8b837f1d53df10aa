"""The REST side of the network: implements `Telephony` over the `twilio` client.

Every failure is one of three kinds (law L4): certainly not done, refused for good, or unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from app.calls.telephony import (
    CallFound,
    CallOrder,
    NumberSettings,
    OutcomeUnknownError,
    Participant,
    RefusedError,
    TextOrder,
    TextSeen,
    TryAgainLaterError,
)
from app.voice.call_lists import ProviderCalls

if TYPE_CHECKING:
    from twilio.rest import Client

CONNECT_SECONDS, READ_SECONDS = 2.0, 5.0
LEG_EVENTS = ["initiated", "ringing", "answered", "completed"]
MESSAGES_LOOKED_AT = 50
FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
NOT_IN_PROGRESS, NOT_THERE = 21220, 20404
ALREADY_OVER = {NOT_IN_PROGRESS, NOT_THERE}
_METHODS = {
    "voice_url": "voice_method",
    "voice_fallback_url": "voice_fallback_method",
    "status_callback": "status_callback_method",
    "sms_url": "sms_method",
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Account:
    """How to reach the provider, and as whom: an API key and its secret, or SID and token."""

    sid: str
    user: str
    password: str
    api_base_url: str
    public_base_url: str
    phone_number: str
    canary_number: str = ""


class TwilioGateway:
    """Asks the provider to ring, move and end calls, and to send texts. Thread-safe."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @cached_property
    def _client(self) -> "Client":
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        http = TwilioHttpClient(pool_connections=False)
        # The library's own argument takes a single number; requests, behind it, takes a pair.
        vars(http)["timeout"] = (CONNECT_SECONDS, READ_SECONDS)
        account = self._account
        client: Client = Client(account.user, account.password, account.sid, http_client=http)
        client.api.base_url = account.api_base_url.rstrip("/")
        return client

    def place_call(self, order: CallOrder) -> str:
        """Ring a number from our own; returns the new call's SID.

        Answering machines are looked for, but not by the canary: it rings us.
        """
        leg = urlencode({"leg": order.leg})
        account = self._account
        base = account.public_base_url
        caller = account.canary_number if order.from_canary else account.phone_number
        detection = {} if order.from_canary else {"machine_detection": "Enable"}
        if order.to_talk:
            path, detection = "/voice/softphone/colleague", {}
        else:
            path = "/voice/canary" if order.from_canary else "/voice/outbound"
        call = _asking(
            lambda: self._client.calls.create(
                to=order.to,
                from_=caller,
                url=f"{base}{path}?{leg}",
                status_callback=f"{base}/voice/status?{leg}",
                status_callback_event=LEG_EVENTS,
                timeout=order.ring_seconds,
                time_limit=order.limit_seconds,
                **detection,
            )
        )
        return str(call.sid)

    def find_call(self, call_sid: str) -> CallFound | None:
        """One call of the provider's list."""
        return self._calls.find_call(call_sid)

    def calls_to(self, number: str, since: datetime) -> list[CallFound]:
        """The calls we placed to a number since an instant, the newest first."""
        return self._calls.calls_to(number, since)

    def calls_under_way(self) -> list[CallFound]:
        """All calls that are queued, ringing or in progress now."""
        return self._calls.calls_under_way()

    def calls_begun(self, since: datetime, until: datetime) -> list[CallFound]:
        """All calls that were begun within a time, the newest first."""
        return self._calls.calls_begun(since, until)

    @cached_property
    def _calls(self) -> ProviderCalls:
        own = frozenset({self._account.phone_number, self._account.canary_number} - {""})
        return ProviderCalls(self._client, own, _asking)

    def number_settings(self) -> NumberSettings | None:
        """Where the provider sends what comes to our number; None when it is not ours."""
        number = self._number()
        if number is None:
            return None
        return replace(_settings_of(number), application=str(number.voice_application_sid or ""))

    def application_settings(self, sid: str) -> NumberSettings | None:
        """Where the provider sends what browsers of the staff ask for."""
        try:
            found = _asking(lambda: self._client.applications(sid).fetch())
        except RefusedError as error:
            if error.code == NOT_THERE:
                return None
            raise
        return _settings_of(found)

    def point_number(self, settings: NumberSettings) -> None:
        """Set where the provider sends what comes to our number, all by POST."""
        number = self._number()
        if number is None:
            raise RefusedError("the account does not own this number")
        _asking(
            lambda: self._client.incoming_phone_numbers(number.sid).update(
                voice_application_sid=settings.application,
                voice_url=settings.voice_url,
                voice_method="POST",
                voice_fallback_url=settings.voice_fallback_url,
                voice_fallback_method="POST",
                status_callback=settings.status_callback,
                status_callback_method="POST",
                sms_url=settings.sms_url,
                sms_method="POST",
            )
        )

    def _number(self) -> Any:
        found = _asking(
            lambda: self._client.incoming_phone_numbers.list(
                phone_number=self._account.phone_number, limit=1
            )
        )
        return found[0] if found else None

    def resume_call(self, call_sid: str, key: str) -> None:
        """Interrupt what the call is doing: its flow's next input is `Resumed(key)`."""
        url = f"{self._account.public_base_url}/voice/resume?{urlencode({'key': key})}"
        _asking(lambda: self._client.calls(call_sid).update(url=url, method="POST"))

    def hang_up(self, call_sid: str) -> None:
        """End a call. A call that has already ended is not an error."""
        _ignoring_over(lambda: self._client.calls(call_sid).update(status="completed"))

    def end_conference(self, name: str) -> None:
        """End a conference for everyone. One that has already ended is not an error."""
        for conference in self._alive(name):
            _ignoring_over(partial(self._client.conferences(conference).update, status="completed"))

    def remove_participant(self, name: str, call_sid: str) -> None:
        """Remove one leg from a conference. One that has already left is not an error."""
        for conference in self._alive(name):
            _ignoring_over(self._client.conferences(conference).participants(call_sid).delete)

    def participants(self, name: str) -> list[Participant]:
        """Who is in a conference now; nobody when there is none."""
        found: list[Participant] = []
        for conference in self._alive(name):
            listed = partial(self._client.conferences(conference).participants.list, limit=300)
            found += [Participant(str(one.call_sid), bool(one.muted)) for one in _asking(listed)]
        return found

    def move_call(self, call_sid: str, path: str) -> None:
        """Let a call go on with the document of a path of ours."""
        url = f"{self._account.public_base_url}{path}"
        _ignoring_over(lambda: self._client.calls(call_sid).update(url=url, method="POST"))

    def hold_participant(self, name: str, call_sid: str, *, held: bool, path: str) -> None:
        """Put one leg of a conference on hold, where it hears a path of ours, or back."""
        url = f"{self._account.public_base_url}{path}"
        for conference in self._alive(name):
            participant = self._client.conferences(conference).participants(call_sid)
            heard = {"hold_url": url, "hold_method": "POST"} if held else {}
            _ignoring_over(partial(participant.update, hold=held, **heard))

    def adjust_participant(
        self, name: str, call_sid: str, *, muted: bool, coaches: str, closes: bool
    ) -> None:
        """Mute a leg, let it be heard by one call alone, end all with it."""
        coaching = {"coaching": True, "call_sid_to_coach": coaches} if coaches else {}
        for conference in self._alive(name):
            participant = self._client.conferences(conference).participants(call_sid)
            change = partial(participant.update, muted=muted, end_conference_on_exit=closes)
            _ignoring_over(partial(change, **(coaching or {"coaching": False})))

    def final_status(self, call_sid: str) -> str:
        """The status with which a call has ended; empty while it goes on."""
        try:
            status = str(_asking(self._client.calls(call_sid).fetch).status)
        except RefusedError as error:
            if error.code not in ALREADY_OVER:
                raise
            return "completed"  # so long ago that the provider has forgotten it
        return status if status in FINAL else ""

    def send_message(self, order: TextOrder) -> TextSeen:
        """Send a text; its progress is reported to `/messages/status`."""
        base = self._account.public_base_url
        message = _asking(
            lambda: self._client.messages.create(
                to=order.to,
                from_=self._account.phone_number,
                body=order.body,
                status_callback=f"{base}/messages/status?{urlencode({'text': order.text})}",
            )
        )
        return _seen(message)

    def sent_messages(self, to: str, since: datetime) -> list[TextSeen]:
        """The texts sent to a number since an instant, as far as the provider's list knows them.

        Those that have not been sent yet have no date to filter by; so the newest are looked at.
        """
        found = _asking(
            lambda: self._client.messages.list(
                to=to, from_=self._account.phone_number, limit=MESSAGES_LOOKED_AT
            )
        )
        begun = since.replace(microsecond=0)  # the provider counts whole seconds
        return [_seen(one) for one in found if one.date_created and one.date_created >= begun]

    def _alive(self, name: str) -> list[str]:
        """Also those in which a single leg waits: they are `init`, not `in-progress`."""
        found = _asking(lambda: self._client.conferences.list(friendly_name=name, limit=20))
        return [str(one.sid) for one in found if str(one.status) in ("init", "in-progress")]


def _seen(message: Any) -> TextSeen:
    error = message.error_code
    return TextSeen(
        str(message.sid),
        str(message.body),
        str(message.status),
        str(error) if error else "",
    )


def _ignoring_over(ask: Callable[[], Any]) -> None:
    try:
        _asking(ask)
    except RefusedError as error:
        if error.code not in ALREADY_OVER:
            raise


def _settings_of(found: Any) -> NumberSettings:
    """Where a number or an application leads, as the provider shows it."""
    return NumberSettings(
        str(found.voice_url or ""),
        str(found.voice_fallback_url or ""),
        str(found.status_callback or ""),
        str(found.sms_url or ""),
        tuple(
            name
            for name, method in _METHODS.items()
            if getattr(found, name) and getattr(found, method) != "POST"
        ),
    )


def _asking(ask: Callable[[], T]) -> T:
    """Ask the provider; every failure becomes one of the three kinds."""
    import requests
    from twilio.base.exceptions import TwilioException, TwilioRestException
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    try:
        return ask()
    except TwilioRestException as error:
        if error.status == 429:
            raise TryAgainLaterError("the provider asks for patience (429)") from error
        if error.status >= 500:
            raise OutcomeUnknownError(f"the provider failed ({error.status})") from error
        reason = f"the provider refused ({error.status}, code {error.code})"
        raise RefusedError(reason, code=error.code) from error
    except requests.exceptions.ConnectTimeout as error:
        raise TryAgainLaterError("the provider could not be reached in time") from error
    except requests.exceptions.ConnectionError as error:
        cause = error.args[0] if error.args else None
        if isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError):
            raise TryAgainLaterError("the provider could not be reached") from error
        raise OutcomeUnknownError("the connection broke after the request was sent") from error
    except (requests.exceptions.RequestException, TwilioException, ValueError, KeyError) as error:
        raise OutcomeUnknownError(f"no usable answer ({type(error).__name__})") from error
