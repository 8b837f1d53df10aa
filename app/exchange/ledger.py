"""Everything that was heard, rung and delivered: what tests ask when they want to know."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Heard:
    """One utterance as one party heard it; `speaker` is a number, or empty for the exchange."""

    at: datetime
    leg: str
    number: str
    text: str
    language: str
    voice: str = ""
    speaker: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Rung:
    """A telephone that was made to ring."""

    at: datetime
    leg: str
    number: str
    caller: str


@dataclass(frozen=True, slots=True)
class Did:
    """What a party did: `pressed`, `lost` (a key nobody waited for), `said` or `hung up`."""

    at: datetime
    leg: str
    number: str
    what: str
    text: str = ""


@dataclass(slots=True)
class Webhook:
    """One request to the service; `status` stays 0 when there was no answer, `error` says why."""

    at: datetime
    kind: str
    method: str
    url: str
    parameters: tuple[tuple[str, str], ...]
    token: str
    status: int = 0
    content_type: str = ""
    body: str = ""
    error: str = ""

    @property
    def path(self) -> str:
        """The path of the URL, without its query."""
        return urlsplit(self.url).path

    def get(self, name: str) -> str:
        """The first value of a parameter, empty when it was not sent."""
        return next((value for key, value in self.parameters if key == name), "")


@dataclass(frozen=True, slots=True)
class Texted:
    """A text message that reached a telephone (`arrived`) or the account, or did not."""

    at: datetime
    sid: str
    sender: str
    receiver: str
    body: str
    arrived: bool = True


@dataclass(slots=True)
class Audible:
    """From `begin` to `end` (None: still) `listener` could hear `speaker`; both are numbers."""

    room: str
    speaker: str
    listener: str
    begin: datetime
    end: datetime | None = None


@dataclass(slots=True)
class Recorded:
    """From `begin` to `end` (None: still) a number was in a conference that was recorded."""

    room: str
    number: str
    begin: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApplicationError:
    """A caller heard that an application error has occurred, and was cut off."""

    at: datetime
    leg: str
    number: str
    code: int
    message: str


@dataclass
class Ledger:
    """The exchange's memory of what happened. Lists are in order of time."""

    now: Callable[[], datetime]
    utterances: list[Heard] = field(default_factory=list)
    rings: list[Rung] = field(default_factory=list)
    deeds: list[Did] = field(default_factory=list)
    requests: list[Webhook] = field(default_factory=list)
    texts: list[Texted] = field(default_factory=list)
    audible: list[Audible] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)
    application_errors: list[ApplicationError] = field(default_factory=list)

    def now_audible(self, room: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Note who can hear whom in `room` from now on, as (speaker, listener) numbers."""
        current = set(pairs)
        for span in self.audible:
            if span.room == room and span.end is None:
                if (span.speaker, span.listener) in current:
                    current.remove((span.speaker, span.listener))
                else:
                    span.end = self.now()
        self.audible += [Audible(room, *pair, self.now()) for pair in sorted(current)]

    def now_recorded(self, room: str, numbers: Iterable[str]) -> None:
        """Note who is on the recording of `room` from now on."""
        current = set(numbers)
        for span in self.recorded:
            if span.room == room and span.end is None:
                if span.number in current:
                    current.remove(span.number)
                else:
                    span.end = self.now()
        self.recorded += [Recorded(room, number, self.now()) for number in sorted(current)]

    def heard(self, party: str = "") -> list[str]:
        """Texts heard by a party (leg SID or number), or by anybody."""
        return [
            line.text for line in self.utterances if not party or party in (line.leg, line.number)
        ]

    def rung(self) -> list[str]:
        """Numbers that rang, in order, as often as they rang."""
        return [ring.number for ring in self.rings]

    def texted(self, receiver: str) -> list[str]:
        """The bodies of all texts that reached a number, in order."""
        return [text.body for text in self.texts if text.arrived and text.receiver == receiver]

    def webhooks(self, path: str = "", kind: str = "", **parameters: str) -> list[Webhook]:
        """Requests to a path (its beginning is enough), of a kind, carrying these parameters.

        Kinds: `voice` wants TwiML, `callback` reports, `media` fetches audio; of text messages
        `text` wants TwiML and `text-callback` reports.
        """
        return [
            request
            for request in self.requests
            if request.path.startswith(path)
            and kind in ("", request.kind)
            and all(request.get(name) == value for name, value in parameters.items())
        ]

    def audible_pairs(self, at: datetime | None = None) -> set[tuple[str, str]]:
        """All (speaker, listener) numbers that could ever hear, or could at one instant."""
        return {
            (span.speaker, span.listener)
            for span in self.audible
            if at is None or (span.begin <= at and (span.end is None or at < span.end))
        }
