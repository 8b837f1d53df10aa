"""The exchange itself: holds all its parts and knows all telephones."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

import httpx2

from app.exchange.audio import Speech
from app.exchange.callbacks import Callbacks
from app.exchange.calls import Calls
from app.exchange.clock import Clock, SystemClock
from app.exchange.conferences import Conferences
from app.exchange.debugger import Debugger
from app.exchange.errors import not_found
from app.exchange.espeak import best_speech
from app.exchange.faults import FaultPlan
from app.exchange.inbound_messages import InboundMessages
from app.exchange.ledger import Ledger
from app.exchange.legs import Leg
from app.exchange.messages import Message, Messages
from app.exchange.numbers import Application, PhoneNumber, VoiceSettings
from app.exchange.phones.own_number import OwnNumber
from app.exchange.phones.phone import DeadPhone, Phone
from app.exchange.phones.scripted import ScriptedPhone
from app.exchange.player import Player
from app.exchange.queues import Queues
from app.exchange.recordings import Recordings
from app.exchange.sids import Sids
from app.exchange.webhooks import Parameters, WebhookClient


class Exchange:
    """A simulated telephone company with one account.

    Args:
        clock: virtual for tests, the system's otherwise.
        account_sid: the account, AC and 32 hexadecimal digits.
        auth_token: signs webhooks and opens the REST API.
        api_base_url: where its REST API is reachable; recording URLs begin with it.
        seed: decides identities, so that runs repeat.
        faults: what goes wrong; nothing by default.
        api_keys: further REST logins, SID to secret.
        recordings_dir: also keep WAV files here.
        speech: the recordings' voice; the best one installed by default.
        calls_per_second: how fast outbound REST calls are started.
        transport: takes webhooks to a service in this process instead of over the network.
    """

    def __init__(  # noqa: PLR0913 - the settings of a company
        self,
        clock: Clock | None = None,
        *,
        account_sid: str,
        auth_token: str,
        api_base_url: str = "http://127.0.0.1:8000",
        seed: int = 0,
        faults: FaultPlan | None = None,
        api_keys: Mapping[str, str] | None = None,
        recordings_dir: Path | None = None,
        speech: Speech | None = None,
        calls_per_second: float = 1.0,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.clock = clock or SystemClock()
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.api_base_url = api_base_url.rstrip("/")
        self.api_keys = dict(api_keys or {})
        self.faults = faults or FaultPlan(seed)
        self.sids = Sids(seed)
        self.ledger = Ledger(self.clock.now)
        self.debugger = Debugger(self.sids, self.clock.now)
        self.numbers: dict[str, PhoneNumber] = {}
        self.applications: dict[str, Application] = {}
        self._speech = speech
        self._phones: dict[str, list[Phone]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._crashes: list[BaseException] = []
        self._closing = False
        self.webhooks = WebhookClient(
            auth_token, self.ledger, self.clock.working, lambda: self.sids.new("IT"), transport
        )
        self.callbacks = Callbacks(
            self.webhooks, self.clock, self.debugger, lambda: self.faults, self.spawn
        )
        self.recordings = Recordings(
            f"{self.api_base_url}/2010-04-01/Accounts/{account_sid}",
            self.sids,
            self.clock,
            self.callbacks,
            self.spawn,
            self._voice,
            recordings_dir,
        )
        self.calls = Calls(self, calls_per_second)
        self.conferences = Conferences(self)
        self.queues = Queues(self)
        self.messages = Messages(self)
        self.inbound_messages = InboundMessages(self)

    def _voice(self) -> Speech:
        self._speech = self._speech or best_speech()
        return self._speech

    # Numbers

    def add_number(
        self,
        number: str,
        voice_url: str,
        *,
        voice_method: str = "POST",
        voice_fallback_url: str = "",
        status_callback: str = "",
        sms_url: str = "",
        friendly_name: str = "",
    ) -> PhoneNumber:
        """Give the account a number; calls to it are answered with the TwiML at `voice_url`."""
        settings = VoiceSettings(
            voice_url,
            voice_method,
            voice_fallback_url,
            status_callback=status_callback,
            sms_url=sms_url,
        )
        sid, now = self.sids.new("PN"), self.clock.now()
        self.numbers[number] = PhoneNumber(sid, number, now, settings, friendly_name or number)
        return self.numbers[number]

    def add_application(self, friendly_name: str, settings: VoiceSettings) -> Application:
        """Give the account a TwiML application."""
        sid = self.sids.new("AP")
        self.applications[sid] = Application(sid, friendly_name, self.clock.now(), settings)
        return self.applications[sid]

    def application(self, sid: str) -> Application:
        """One TwiML application.

        Raises:
            RestError: 404, there is none.
        """
        if sid not in self.applications:
            raise not_found(f"/Applications/{sid}")
        return self.applications[sid]

    def settings_of(self, number: PhoneNumber) -> VoiceSettings:
        """The settings in force for a number: its application's, if it has one."""
        sid = number.application_sid
        return self.applications[sid].settings if sid in self.applications else number.settings

    # Telephones

    def attach(self, phone: Phone) -> None:
        """Connect a telephone; of several with one number, the last attached rings."""
        self._phones.setdefault(phone.number, []).append(phone)

    def detach(self, phone: Phone) -> None:
        """Disconnect a telephone; one attached before it under its number rings again."""
        self._phones[phone.number].remove(phone)

    def phone_at(self, number: str) -> Phone:
        """The telephone that rings at a number; where none is attached, one nobody answers.

        A number of the account itself is answered by its own URL.
        """
        if attached := self._phones.get(number):
            return attached[-1]
        return OwnNumber(self, number) if number in self.numbers else DeadPhone(number)

    def phone(self, number: str) -> ScriptedPhone:
        """The scripted telephone of a number, attached on first use."""
        for attached in self._phones.get(number, []):
            if isinstance(attached, ScriptedPhone):
                return attached
        phone = ScriptedPhone(self, number)
        self.attach(phone)
        return phone

    def dial(
        self, phone: Phone, to: str, *, application_sid: str = "", parameters: Parameters = ()
    ) -> Leg:
        """A telephone dials one of the account's numbers (or, as a client, an application).

        A call to a number nobody has fails.
        """
        if application_sid:
            settings = self.application(application_sid).settings
            return self.calls.receive(phone, settings, to, parameters)
        number = self.numbers.get(to)
        settings = self.settings_of(number) if number else VoiceSettings()
        return self.calls.receive(phone, settings, to, parameters)

    def text(self, phone: Phone, to: str, body: str) -> Message:
        """A telephone sends a text message to one of the account's numbers."""
        return self.inbound_messages.receive(phone.number, to, body)

    def player(
        self,
        leg: Leg,
        allowed: frozenset[str],
        *,
        refusal_code: int = 12200,
        extra: Callable[[], Parameters] = tuple,
    ) -> Player:
        """A player for TwiML that another verb fetches, with the verbs allowed there."""
        return Player(self, leg, allowed=allowed, refusal_code=refusal_code, extra=extra)

    # Life

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something in the background until it is done or the exchange closes."""
        task = asyncio.get_running_loop().create_task(work)
        if self._closing:
            task.cancel()
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        crash = None if task.cancelled() else task.exception()
        if crash is not None:
            self._crashes.append(crash)

    async def settle(self) -> None:
        """Wait until every call is over and every callback and recording delivered."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """Stop everything at once; nothing is left running.

        Raises:
            ExceptionGroup: some of the exchange's own work had crashed.
        """
        self._closing = True
        while self._tasks:
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(set(self._tasks))
        await self.webhooks.close()
        if self._crashes:
            crashes, self._crashes = self._crashes, []
            raise BaseExceptionGroup("Work of the exchange crashed.", crashes)
