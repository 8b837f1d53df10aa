"""The account's calls: placing, redirecting, ending them (contract, section 4.1)."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.exchange.call_recording import CallRecording
from app.exchange.callbacks import NOBODY, Subscription
from app.exchange.conduct import conduct
from app.exchange.errors import RestError, not_found
from app.exchange.legs import LONGEST_CALL_SECONDS, Endpoints, Leg
from app.exchange.numbers import VoiceSettings, is_dialable
from app.exchange.pages import Page
from app.exchange.phones.phone import DeadPhone, Phone, Tone
from app.exchange.ringing import MachineDetection, ring_until_answered
from app.exchange.webhooks import Parameters

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

Activity = Callable[[Leg], Awaitable[None]]

# URL-encoded JSON, opaque to the service (contract, section 1).
CALL_INFO = "%7B%22parentCallInfoToken%22%3A%22{}%22%2C%22identityHeaderTokens%22%3A%5B%5D%7D"
MAX_TWIML_CHARACTERS = 4000
MAX_QUEUED_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class CallOrder:
    """The options of POST Calls.json; TwiML comes from `url`, `twiml` or `application_sid`."""

    to: str
    from_: str
    url: str = ""
    method: str = "POST"
    twiml: str = ""
    application_sid: str = ""
    fallback: Subscription = NOBODY
    progress: Subscription = NOBODY
    timeout: int = 60
    time_limit: int = LONGEST_CALL_SECONDS
    caller_id: str = ""
    send_digits: str = ""
    recording: CallRecording | None = None
    machine_detection: MachineDetection | None = None


@dataclass(frozen=True, slots=True)
class CallUpdate:
    """The options of POST Calls/{Sid}.json; None leaves a thing as it is."""

    status: str = ""
    url: str = ""
    method: str = "POST"
    twiml: str = ""
    fallback: Subscription | None = None
    progress: Subscription | None = None
    time_limit: int | None = None


class Calls:
    """All call legs by SID, and what can be done with them."""

    def __init__(self, exchange: "Exchange", calls_per_second: float) -> None:
        self._exchange = exchange
        self._spacing_seconds = 1 / calls_per_second
        self._next_start = 0.0
        self._legs: dict[str, Leg] = {}

    def newest_first(self) -> list[Leg]:
        """All legs that have not been deleted."""
        return list(reversed(self._legs.values()))

    def get(self, sid: str) -> Leg:
        """One leg.

        Raises:
            RestError: 404, there is none.
        """
        if sid not in self._legs:
            raise not_found(f"/Calls/{sid}")
        return self._legs[sid]

    def delete(self, sid: str) -> None:
        """Remove the log of a call that has ended.

        Raises:
            RestError: 404, there is none; 400 with 21220, it goes on.
        """
        if not self.get(sid).is_final:
            raise RestError(400, 21220, "The call is still going on: it cannot be deleted.")
        del self._legs[sid]

    # Legs in the making

    def new_leg(
        self,
        ends: Endpoints,
        direction: str,
        *,
        phone: Phone | None = None,
        parent: Leg | None = None,
        progress: Subscription = NOBODY,
        extra: Parameters = (),
    ) -> Leg:
        """A fresh leg; without `phone`, whatever telephone is at `ends.number` when it rings."""
        leg = Leg(
            self._exchange.sids.new("CA"),
            self._exchange,
            phone or DeadPhone(ends.number),
            ends,
            direction,
            parent=parent,
            progress=progress,
            extra=extra,
        )
        self._legs[leg.sid] = leg
        return leg

    def receive(self, phone: Phone, settings: VoiceSettings, to: str, extra: Parameters) -> Leg:
        """A phone calls one of our numbers (or an application): request TwiML and play it."""
        ends = Endpoints(phone.number, to, phone.number)
        token = CALL_INFO.format(self._exchange.sids.new(""))
        leg = self.new_leg(
            ends,
            "inbound",
            phone=phone,
            progress=settings.progress,
            extra=(("CallToken", token), *extra),
        )
        leg.status = "ringing"
        leg.fallback = settings.fallback
        page = Page(settings.voice_url, settings.voice_method)
        has_service = bool(settings.voice_url)
        self._start(leg, conduct(self._exchange, leg, page) if has_service else _fail(leg))
        return leg

    def place(self, order: CallOrder, activity: Activity | None = None) -> Leg:
        """POST Calls.json: queue an outbound call, started at the account's calls per second.

        `activity` is what an answered leg does instead of playing TwiML (attend a conference).

        Raises:
            RestError: with Twilio's code, when the order is refused.
        """
        settings = self._settings(order)
        self._check_parties(order)
        if activity is None:
            first = _first_page(order, settings)
            activity = partial(self._play, order, first)
        start = max(self._exchange.clock.monotonic(), self._next_start)
        wait = start - self._exchange.clock.monotonic()
        if wait > MAX_QUEUED_SECONDS:
            raise RestError(429, 22005, "The queue of outbound calls is full; try again later.")
        self._next_start = start + self._spacing_seconds
        ends = Endpoints(order.caller_id or order.from_, order.to, order.to)
        leg = self.new_leg(ends, "outbound-api", progress=order.progress)
        leg.fallback, leg.time_limit = order.fallback, order.time_limit
        if order.application_sid:
            leg.fallback, leg.progress = settings.fallback, settings.progress
        leg.queue_milliseconds = round(wait * 1000)
        self._start(leg, self._carry_out(leg, order, activity, wait))
        return leg

    def update(self, sid: str, change: CallUpdate) -> Leg:
        """POST Calls/{Sid}.json: end a call, or take it out of what it does to play other TwiML.

        Raises:
            RestError: 404, there is none; 400 with 21220, its state does not allow this.
        """
        leg = self.get(sid)
        if change.status:
            self._end(leg, change.status)
        elif change.url or change.twiml:
            if leg.status != "in-progress":
                raise RestError(400, 21220, "The call is not in progress: it cannot be redirected.")
            page = Page(_absolute(change.url), change.method, twiml=_short(change.twiml))
            self.redirect(leg, page)
        leg.fallback = change.fallback or leg.fallback
        leg.progress = change.progress or leg.progress
        if change.time_limit is not None and not leg.is_final:
            leg.time_limit = change.time_limit
            self._watch_limit(leg)
        return leg

    def redirect(self, leg: Leg, page: Page) -> None:
        """Interrupt what the leg does; it goes on with `page`."""
        leg.redirected.set()
        leg.redirected = asyncio.Event()
        former, leg.script = leg.script, None
        leg.script = self._exchange.spawn(self._take_over(former, leg, page))

    async def _take_over(self, former: asyncio.Task[None] | None, leg: Leg, page: Page) -> None:
        if former is not None:
            former.cancel()
            await asyncio.wait({former})
        await conduct(self._exchange, leg, page)

    def _end(self, leg: Leg, status: str) -> None:
        if status not in ("completed", "canceled"):
            raise RestError(400, 20001, "Status must be completed or canceled.")
        waiting = leg.status in ("queued", "ringing")
        if leg.is_final or (status == "canceled" and not waiting):
            raise RestError(400, 21220, f"The call is {leg.status}: it cannot be {status}.")
        leg.finish("canceled" if waiting else "completed")

    async def _carry_out(self, leg: Leg, order: CallOrder, activity: Activity, wait: float) -> None:
        exchange = self._exchange
        await exchange.clock.sleep(wait)
        if not await ring_until_answered(exchange, leg, order.timeout):
            return
        if order.recording is not None:
            order.recording.attach(exchange, leg, "OutboundAPI")
        if order.send_digits:
            leg.notice(Tone(f"dtmf:{order.send_digits}"))
        elif order.machine_detection is not None:
            await self._detect(order.machine_detection, leg)
        await activity(leg)
        leg.finish("completed")

    async def _play(self, order: CallOrder, page: Page, leg: Leg) -> None:
        if leg.answered_by:
            page = replace(page, parameters=(("AnsweredBy", leg.answered_by),))
        await conduct(self._exchange, leg, page)

    async def _detect(self, detection: MachineDetection, leg: Leg) -> None:
        if detection.asynchronous:
            watch = self._exchange.spawn(detection.listen_to(self._exchange, leg))
            leg.before_end.append(watch.cancel)
        else:
            await detection.listen_to(self._exchange, leg)

    def _settings(self, order: CallOrder) -> VoiceSettings:
        if order.application_sid:
            return self._exchange.application(order.application_sid).settings
        return VoiceSettings(voice_url=order.url, voice_method=order.method)

    def _check_parties(self, order: CallOrder) -> None:
        if not order.to:
            raise RestError(400, 21201, "No 'To' number is specified.")
        if not is_dialable(order.to):
            raise RestError(400, 21211, f"The 'To' number {order.to} is not a valid phone number.")
        caller = order.caller_id or order.from_
        if not is_dialable(caller):
            raise RestError(400, 21212, f"The 'From' number {caller} is not a valid phone number.")
        if caller.startswith("+") and caller not in self._exchange.numbers:
            raise RestError(
                400, 21210, f"The source phone number {caller} is not verified for your account."
            )

    def _start(self, leg: Leg, script: Coroutine[Any, Any, None]) -> None:
        leg.script = self._exchange.spawn(script)
        self._watch_limit(leg)

    def _watch_limit(self, leg: Leg) -> None:
        watch = self._exchange.spawn(self._limit(leg))
        leg.before_end.append(watch.cancel)

    async def _limit(self, leg: Leg) -> None:
        await leg.answered.wait()
        while leg.duration < leg.time_limit:
            await self._exchange.clock.sleep(leg.time_limit - leg.duration)
        leg.finish("completed")


async def _fail(leg: Leg) -> None:
    leg.finish("failed")


def _first_page(order: CallOrder, settings: VoiceSettings) -> Page:
    if settings.voice_url:
        return Page(_absolute(settings.voice_url), settings.voice_method)
    if order.twiml:
        return Page(twiml=_short(order.twiml))
    raise RestError(400, 21205, "Url, Twiml or ApplicationSid is required.")


def _absolute(url: str) -> str:
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise RestError(400, 21205, f"Url {url} is not a valid absolute URL.")
    return url


def _short(twiml: str) -> str:
    if len(twiml) > MAX_TWIML_CHARACTERS:
        raise RestError(400, 32018, f"Twiml is longer than {MAX_TWIML_CHARACTERS} characters.")
    return twiml
