"""One leg of a call: its identity, its states, and the line between exchange and telephone."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from math import ceil
from typing import Protocol

import httpx2

from app.exchange.audio import Tape
from app.exchange.callbacks import NOBODY, Callbacks, Subscription
from app.exchange.clock import Clock
from app.exchange.ledger import Did, Heard, Ledger, Rung
from app.exchange.listening import Ear
from app.exchange.phones.phone import (
    Answered,
    Ended,
    Listening,
    Notice,
    Phone,
    Ringing,
    Tone,
    Utterance,
)
from app.exchange.recordings import Recording, Recordings
from app.exchange.rooms import Room
from app.exchange.sounds import Key, Sound, spoken_seconds
from app.exchange.webhooks import Parameters

API_VERSION = "2010-04-01"
FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
EVENT_OF_STATUS = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}
COUNTRIES = {"+86": "CN", "+852": "HK", "+1": "US", "+44": "GB"}
LONGEST_CALL_SECONDS = 4 * 3600


class Line(Protocol):
    """What a leg needs of the exchange it belongs to."""

    account_sid: str
    clock: Clock
    ledger: Ledger
    callbacks: Callbacks
    recordings: Recordings


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Whom a leg connects: `number` is the telephone at its end, whatever From and To say."""

    from_: str
    to: str
    number: str


@dataclass(eq=False)
class Leg:
    """A call leg, as Twilio's Call resource shows it and as the verbs play on it.

    `status` is one of Twilio's call statuses and never leaves a final one. `decided` is set as
    soon as ringing is over, whichever way. `script` is the task that plays the leg's TwiML; it is
    cancelled when the leg ends. `redirected` is set, and replaced by a fresh event, when REST takes
    the leg out of what it does.
    """

    sid: str
    line: Line
    phone: Phone
    ends: Endpoints
    direction: str
    status: str = "queued"
    parent: "Leg | None" = None
    progress: Subscription = NOBODY
    fallback: Subscription = NOBODY
    forwarded_from: str = ""
    answered_by: str = ""
    queue_milliseconds: int = 0
    time_limit: int = LONGEST_CALL_SECONDS
    extra: Parameters = ()
    date_created: datetime = field(init=False)
    date_updated: datetime = field(init=False)
    start_time: datetime | None = None
    end_time: datetime | None = None
    room: Room | None = None
    script: asyncio.Task[None] | None = None
    rejected_as: str = ""
    redirected: asyncio.Event = field(default_factory=asyncio.Event)
    cookies: httpx2.Cookies = field(default_factory=httpx2.Cookies)
    recording: Recording | None = None
    tapes: list[Tape] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    decided: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    before_end: list[Callable[[], object]] = field(default_factory=list)
    _ear: Ear | None = None
    _saying: tuple[float, Sound] | None = None
    _reported: int = 0

    def __post_init__(self) -> None:
        self.date_created = self.date_updated = self.line.clock.now()

    # What it is

    @property
    def number(self) -> str:
        """The number of the telephone at the end of this leg."""
        return self.ends.number

    @property
    def is_final(self) -> bool:
        """Whether the leg is over."""
        return self.status in FINAL

    @property
    def duration(self) -> int:
        """Seconds from answer to end (or now); 0 when it was never answered."""
        if self.start_time is None:
            return 0
        return round(((self.end_time or self.line.clock.now()) - self.start_time).total_seconds())

    def parameters(self, status: str = "") -> Parameters:
        """The fields every request about this leg carries (contract, section 1)."""
        caller, called = self.ends.from_, self.ends.to
        fields = {
            "CallSid": self.sid,
            "AccountSid": self.line.account_sid,
            "ApiVersion": API_VERSION,
            "CallStatus": status or self.status,
            "Direction": self.direction,
            "From": caller,
            "Caller": caller,
            "To": called,
            "Called": called,
        }
        for side, number in {
            "From": caller,
            "Caller": caller,
            "To": called,
            "Called": called,
        }.items():
            fields |= {f"{side}{part}": "" for part in ("City", "State", "Zip")}
            fields[f"{side}Country"] = _country(number)
        if self.parent is not None:
            fields["ParentCallSid"] = self.parent.sid
        if self.forwarded_from:
            fields["ForwardedFrom"] = self.forwarded_from
        return (*fields.items(), *self.extra)

    # How it goes on

    def ring(self) -> None:
        """Let the telephone ring."""
        self.line.ledger.rings.append(
            Rung(self.line.clock.now(), self.sid, self.number, self.ends.from_)
        )
        self._become("ringing")
        self.notice(Ringing(self.ends.from_))

    def initiate(self) -> None:
        """Report that the network is being asked to connect (the event `initiated`)."""
        self._report("initiated")

    def pick_up(self) -> None:
        """The leg is answered: from now on it is in progress."""
        if not self.is_final and not self.answered.is_set():
            self.start_time = self.line.clock.now()
            self._become("in-progress")
            self.answered.set()
            self.decided.set()
            self.notice(Answered())

    def finish(self, status: str) -> None:
        """End the leg for good; a leg that has ended stays as it is."""
        if self.is_final:
            return
        for last_wish in self.before_end:
            last_wish()
        self.end_time = self.line.clock.now()
        self._become(status)
        self.ended.set()
        self.decided.set()
        self.notice(Ended(status))
        if self.script is not None and self.script is not asyncio.current_task():
            self.script.cancel()

    def _become(self, status: str) -> None:
        self.status = status
        self.date_updated = self.line.clock.now()
        self._report(status)

    def _report(self, status: str) -> None:
        if not self.progress.wants(EVENT_OF_STATUS.get(status, "completed")):
            return
        parameters = (
            *self.parameters(status),
            ("Timestamp", format_datetime(self.line.clock.now())),
            ("CallbackSource", "call-progress-events"),
            ("SequenceNumber", str(self._reported)),
            *(self._summary() if status in FINAL else ()),
        )
        self._reported += 1
        self.line.callbacks.post(
            self.sid, self.progress.url, parameters, method=self.progress.method
        )

    def _summary(self) -> Parameters:
        seconds = self.duration
        durations = (("CallDuration", str(seconds)), ("Duration", str(ceil(seconds / 60))))
        recording = self.recording
        if recording is None:
            return durations
        return (
            *durations,
            ("RecordingUrl", self.line.recordings.url(recording)),
            ("RecordingSid", recording.sid),
            ("RecordingDuration", str(recording.duration)),
        )

    # What the telephone does

    def answer(self) -> None:
        """The phone is picked up."""
        if self.status == "ringing" and self.direction != "inbound":
            self.pick_up()

    def reject(self, status: str = "busy") -> None:
        """The phone refuses the call: `busy`, `no-answer` or `failed`."""
        if self.status == "ringing":
            self.rejected_as = status
            self.decided.set()

    def hang_up(self) -> None:
        """The phone is put down."""
        if not self.is_final:
            self._did("hung up")
            unanswered_end = "no-answer" if self.direction == "inbound" else "canceled"
            self.finish("completed" if self.answered.is_set() else unanswered_end)

    def press(self, digit: str) -> bool:
        """Press one key; False when nobody waited for it and it is lost."""
        if self.room is not None:
            for listener in self.room.audience(self):
                listener.notice(Tone(f"dtmf:{digit}"))
        taken = self._ear is not None and self._ear.takes(Key(digit))
        self._did("pressed" if taken else "lost", digit)
        return taken

    async def speak(
        self,
        text: str,
        *,
        language: str = "",
        seconds: float | None = None,
        audio: bytes = b"",
        confidence: float | None = 0.9,
    ) -> None:
        """Say something; returns when it has been said.

        `seconds` defaults to what the text takes. `audio` is a WAV file from a microphone.
        """
        length = spoken_seconds(text) if seconds is None else seconds
        sound = Sound(text, length, language, audio, confidence)
        self._did("said", text)
        now = self.line.clock.monotonic()
        for tape in self.tapes:
            tape.add(0, now, sound)
        if self.room is not None:
            self.room.record(self, now, sound)
            for listener in self.room.audience(self):
                listener.overhear(self, sound)
        if self._ear is not None:
            self._ear.takes(sound)
        self._saying = now, sound
        await self.line.clock.sleep(0.0 if self.phone.hurried else length)
        self._saying = None

    def record_on(self, tape: Tape, ear: Ear) -> None:
        """Begin to record this leg; what is just being said is heard from now to its end."""
        self.tapes.append(tape)
        if self._saying is None:
            return
        now = self.line.clock.monotonic()
        begun, sound = self._saying
        rest = replace(sound, seconds=begun + sound.seconds - now)
        tape.add(0, now, rest)
        ear.takes(rest)

    def _did(self, what: str, text: str = "") -> None:
        deed = Did(self.line.clock.now(), self.sid, self.number, what, text)
        self.line.ledger.deeds.append(deed)

    # What the telephone is told

    def notice(self, event: Notice) -> None:
        """Tell the telephone."""
        self.phone.notice(self, event)

    async def hear(self, text: str, language: str, voice: str) -> None:
        """Say something to the telephone; returns when it has been said."""
        await self.hear_sound(Sound(text, spoken_seconds(text), language), voice)

    async def hear_sound(self, sound: Sound, voice: str = "", *, url: str = "") -> None:
        """Let a prompt sound on this leg, read from `url` if it is a file; returns at its end."""
        self._tell(sound, voice=voice, url=url)
        await self.line.clock.sleep(0.0 if self.phone.hurried else sound.seconds)

    def overhear(self, speaker: "Leg", sound: Sound) -> None:
        """Let the telephone hear another party."""
        self._tell(sound, speaker=speaker.number)

    def _tell(self, sound: Sound, *, voice: str = "", speaker: str = "", url: str = "") -> None:
        now = self.line.clock
        for tape in self.tapes:
            tape.add(1, now.monotonic(), sound)
        seconds = 0.0 if self.phone.hurried and not speaker else sound.seconds
        self.line.ledger.utterances.append(
            Heard(
                now.now(),
                self.sid,
                self.number,
                sound.text,
                sound.language,
                voice,
                speaker,
                seconds,
            )
        )
        self.notice(Utterance(sound.text, sound.language, seconds, voice, speaker, bool(url), url))

    @contextmanager
    def listen(self, kind: str, *, keys: str, speech: bool) -> Iterator[Ear]:
        """Open an ear on this leg; keys and sounds go to it while the block runs."""
        ear = Ear(self.line.clock, kind, keys=keys, speech=speech)
        outer, self._ear = self._ear, ear
        self.notice(Listening(kind, keys=bool(keys), speech=speech))
        try:
            yield ear
        finally:
            self._ear = outer
            self.notice(Listening(""))

    def ready(self, ear: Ear) -> None:
        """Tell the telephone that the prompts are over and it is its turn."""
        self.notice(Listening(ear.kind, ready=True, keys=bool(ear.keys), speech=ear.speech))


def _country(number: str) -> str:
    return next((name for code, name in COUNTRIES.items() if number.startswith(code)), "")
