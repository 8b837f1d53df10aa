"""Telephones for tests: each says what it waits for and what it does next."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from app.exchange.clock import Clock, within
from app.exchange.legs import Leg
from app.exchange.phones.phone import (
    Bridged,
    Ended,
    Listening,
    Notice,
    Ringing,
    Roster,
    Text,
    Tone,
    Utterance,
)
from app.exchange.phones.transcript import Line, show
from app.exchange.webhooks import Parameters

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

T = TypeVar("T")

PATIENCE_SECONDS = 120.0
SECONDS_BETWEEN_KEYS = 0.1


class NotHeardError(AssertionError):
    """What a telephone waited for did not happen; the text shows its whole transcript."""


class ScriptedCall:
    """One call of a scripted telephone: what it hears, and what its owner does.

    All waiting is in the exchange's time and raises `NotHeardError` when it is in vain.
    """

    def __init__(self, clock: Clock, leg: Leg) -> None:
        self._clock = clock
        self._news = asyncio.Event()
        self._heard_up_to = 0
        self.leg = leg
        self.transcript: list[Line] = []
        self.listening = Listening("")
        self.turns = 0  # how often the prompts were over and it was its turn
        self.roster: Roster | None = None

    # What the owner waits for

    async def hears(self, text: str, *, patience: float = PATIENCE_SECONDS) -> Line:
        """Wait for the next utterance that contains `text`, from where the last one was found."""

        def found() -> Line | None:
            for index in range(self._heard_up_to, len(self.transcript)):
                line = self.transcript[index]
                if line.what == "heard" and text in line.text:
                    self._heard_up_to = index + 1
                    return line
            return None

        return await self._until(found, f"to hear “{text}”", patience)

    async def waits_for_prompt(self, *, patience: float = PATIENCE_SECONDS) -> None:
        """Wait until the prompts are over and the exchange listens (Gather or Record)."""
        await self._until(lambda: self.listening.ready or None, "for its turn to speak", patience)

    async def is_connected(self, *, patience: float = PATIENCE_SECONDS) -> None:
        """Wait until somebody else can be talked to: on a bridge or in a started conference."""
        await self._until(self._has_company, "to be connected", patience)

    async def answered(self, *, patience: float = PATIENCE_SECONDS) -> None:
        """Wait until the call is in progress."""
        await self._until(
            lambda: self.leg.answered.is_set() or None, "for the call to be answered", patience
        )

    async def ended(self, *, patience: float = PATIENCE_SECONDS) -> str:
        """Wait until the call is over; returns its final status."""
        try:
            await within(self._clock, patience, self.leg.ended.wait())
        except TimeoutError:
            raise self._in_vain("for the call to end", f"{patience:g} seconds passed") from None
        return self.leg.status

    async def waits(self, seconds: float) -> None:
        """Let time pass."""
        await self._clock.sleep(seconds)

    # What the owner does

    async def answers(self) -> None:
        """Pick up a ringing phone."""
        self.leg.answer()
        await asyncio.sleep(0)

    async def rejects(self, status: str = "busy") -> None:
        """Refuse a ringing call."""
        self.leg.reject(status)
        await asyncio.sleep(0)

    async def presses(
        self, keys: str, *, at_once: bool = False, patience: float = PATIENCE_SECONDS
    ) -> None:
        """Press keys, one after the other, as soon as the exchange or somebody else listens.

        With `at_once` the keys are pressed now, even if nobody listens and they are lost.
        """
        if not at_once:
            await self._until(
                lambda: self.listening.keys or self._has_company(), "to press a key", patience
            )
        for number, key in enumerate(keys):
            if number:
                await self._clock.sleep(SECONDS_BETWEEN_KEYS)
            self._note("pressed", key)
            self.leg.press(key)
        await asyncio.sleep(0)

    async def says(
        self,
        words: str,
        *,
        language: str = "cmn-CN",
        confidence: float | None = 0.9,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """Say words as soon as the exchange or somebody else listens; returns at the end."""
        await self._until(self._may_speak, f"to say “{words}”", patience)
        self._note("said", words, language)
        await self.leg.speak(words, language=language, confidence=confidence)

    async def talks(
        self, seconds: float, *, audio: bytes = b"", patience: float = PATIENCE_SECONDS
    ) -> None:
        """Talk for a while, of nothing a recogniser understands; `audio` is a WAV file."""
        await self._until(self._may_speak, "to talk", patience)
        self._note("said", f"({seconds:g} seconds of talk)")
        await self.leg.speak("", seconds=seconds, audio=audio)

    async def hangs_up(self) -> None:
        """Put the phone down."""
        self._note("hung up", "")
        self.leg.hang_up()
        await asyncio.sleep(0)

    # How it goes

    def texts(self) -> list[str]:
        """Everything heard so far."""
        return [line.text for line in self.transcript if line.what == "heard"]

    def notice(self, event: Notice) -> None:
        """Take note of what happens on this call."""
        match event:
            case Utterance():
                self._note("heard", event.text, event.language, event.speaker)
            case Tone():
                self._note("tone", event.kind)
            case Listening():
                self.listening = event
                self.turns += event.ready
            case Bridged():
                self._note("connected" if event.other else "released", event.other)
            case Roster():
                self.roster = event
            case Ended():
                self._note("ended", event.status)
        self._news.set()

    def _note(self, what: str, text: str, language: str = "", speaker: str = "") -> None:
        self.transcript.append(Line(what, text, language, self._clock.now(), speaker))

    def _has_company(self) -> bool | None:
        room = self.leg.room
        return (room is not None and bool(room.audience(self.leg))) or None

    def _may_speak(self) -> bool | None:
        # A recording has a beep to wait for; a Gather that takes speech may be interrupted.
        return self.listening.speech or self._has_company()

    async def _until(self, found: Callable[[], T | None], wish: str, patience: float) -> T:
        async def watch() -> T:
            while True:
                self._news.clear()
                result = found()
                if result is not None and result is not False:
                    return result
                if self.leg.is_final:
                    raise self._in_vain(wish, "the call ended")
                await self._news.wait()

        with self._clock.expecting(f"{self.leg.number} waits {wish}"):
            try:
                return await within(self._clock, patience, watch())
            except TimeoutError:
                raise self._in_vain(wish, f"{patience:g} seconds passed") from None

    def _in_vain(self, wish: str, why: str) -> NotHeardError:
        story = show(self.transcript)
        return NotHeardError(f"{self.leg.number} waited {wish}, but {why}. Its call:\n{story}")


class ScriptedPhone:
    """A telephone that a test or a script operates; unless told otherwise it rings unanswered."""

    hurried = False

    def __init__(self, exchange: "Exchange", number: str) -> None:
        self._exchange = exchange
        self._calls: dict[str, ScriptedCall] = {}
        self._incoming: asyncio.Queue[ScriptedCall] = asyncio.Queue()
        self._reaction: Callable[[ScriptedCall], Any] | None = None
        self._texted = asyncio.Event()
        self._read_up_to = 0
        self._off = False
        self.number = number
        self.greeting = ""
        self.received: list[Text] = []

    @property
    def calls(self) -> list[ScriptedCall]:
        """All its calls so far, in order."""
        return list(self._calls.values())

    async def dial(
        self, to: str, *, application_sid: str = "", parameters: Parameters = ()
    ) -> ScriptedCall:
        """Dial a number; returns at once with the call."""
        leg = self._exchange.dial(self, to, application_sid=application_sid, parameters=parameters)
        await asyncio.sleep(0)
        return self._call_of(leg)

    async def rung(self, *, patience: float = PATIENCE_SECONDS) -> ScriptedCall:
        """Wait for the next call that makes this phone ring."""
        with self._exchange.clock.expecting(f"{self.number} waits to be rung"):
            try:
                return await within(self._exchange.clock, patience, self._incoming.get())
            except TimeoutError:
                rung = ", ".join(self._exchange.ledger.rung()) or "nobody"
                raise NotHeardError(
                    f"{self.number} was not rung within {patience:g} seconds; rung were: {rung}."
                ) from None

    # Text messages

    async def texts(self, to: str, body: str) -> None:
        """Send a text message."""
        self._exchange.text(self, to, body)
        await asyncio.sleep(0)

    async def receives(self, words: str = "", *, patience: float = PATIENCE_SECONDS) -> Text:
        """Wait for the next text that contains `words`, from where the last one was found."""

        async def watch() -> Text:
            while True:
                self._texted.clear()
                for index in range(self._read_up_to, len(self.received)):
                    if words in self.received[index].body:
                        self._read_up_to = index + 1
                        return self.received[index]
                await self._texted.wait()

        with self._exchange.clock.expecting(f"{self.number} waits for a text"):
            try:
                return await within(self._exchange.clock, patience, watch())
            except TimeoutError:
                so_far = "\n".join(text.body for text in self.received) or "none"
                raise NotHeardError(
                    f"{self.number} got no text with “{words}” within {patience:g} seconds; "
                    f"its texts:\n{so_far}"
                ) from None

    def is_off(self, *, off: bool = True) -> None:
        """The telephone is off: texts to it are not delivered."""
        self._off = off

    def text(self, text: Text) -> bool:
        """A text arrives, unless the telephone is off."""
        if self._off:
            return False
        self.received.append(text)
        self._texted.set()
        return True

    # How it treats incoming calls

    def answers(self, after: float = 3.0) -> None:
        """A person picks up `after` seconds."""
        self.greeting = ""
        self._react(after, lambda call: call.leg.answer())

    def ignores(self) -> None:
        """Nobody picks up."""
        self._reaction = None

    def is_busy(self) -> None:
        """The line is engaged."""
        self._react(0.0, lambda call: call.leg.reject("busy"))

    def rejects(self, after: float = 3.0) -> None:
        """A person presses the red button: the network reports busy."""
        self._react(after, lambda call: call.leg.reject("busy"))

    def is_unreachable(self) -> None:
        """The network cannot reach this phone."""
        self._react(0.0, lambda call: call.leg.reject("failed"))

    def is_machine(self, greeting: str, after: float = 3.0) -> None:
        """An answering machine picks up, says its greeting and beeps."""
        self.greeting = greeting
        self._react(after, self._greet)

    def _greet(self, call: ScriptedCall) -> None:
        call.leg.answer()
        self._exchange.spawn(call.leg.speak(self.greeting))

    def _react(self, after: float, deed: Callable[[ScriptedCall], None]) -> None:
        async def later(call: ScriptedCall) -> None:
            await self._exchange.clock.sleep(after)
            deed(call)

        self._reaction = lambda call: self._exchange.spawn(later(call))

    # The exchange's side

    def notice(self, leg: Leg, event: Notice) -> None:
        """Pass on what happens to the call it happens to."""
        call = self._call_of(leg)
        call.notice(event)
        if isinstance(event, Ringing):
            self._incoming.put_nowait(call)
            if self._reaction is not None:
                self._reaction(call)

    def _call_of(self, leg: Leg) -> ScriptedCall:
        if leg.sid not in self._calls:
            self._calls[leg.sid] = ScriptedCall(self._exchange.clock, leg)
        return self._calls[leg.sid]
