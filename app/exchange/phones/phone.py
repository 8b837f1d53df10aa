"""What passes between the exchange and any telephone, be it scripted, in a terminal or a browser.

The exchange tells a phone what happens by `Phone.notice`; the phone acts by the methods of its
`Leg`: `answer`, `reject`, `press`, `speak`, `talk`, `hang_up`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from app.exchange.legs import Leg


@dataclass(frozen=True, slots=True)
class Ringing:
    """The phone rings: `caller` is what its display shows."""

    caller: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The call has been answered: it is in progress."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something is being said to this phone, and takes `seconds`.

    `speaker` is the number of the person who speaks, or empty for the exchange's voice. Recorded
    audio has `audio` set, its `url`, and as `text` what the file says of itself, or else its URL.
    """

    text: str
    language: str
    seconds: float
    voice: str = ""
    speaker: str = ""
    audio: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tone:
    """A sound without words: `beep`, `join`, `leave`, `silence`, `music`, or keys as `dtmf:12#`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Listening:
    """What the exchange waits for now: `gather` or `record`, empty when it stops listening.

    `ready` becomes true when the prompts have been heard. `keys` and `speech` say what is taken.
    """

    kind: str
    ready: bool = False
    keys: bool = False
    speech: bool = False


@dataclass(frozen=True, slots=True)
class Bridged:
    """Connected with another party; `other` is its number, empty when the bridge is over."""

    other: str


@dataclass(frozen=True, slots=True)
class Member:
    """One party of a conference."""

    number: str
    label: str
    muted: bool
    hold: bool
    coaching: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is in this phone's conference; `status` is `init`, `in-progress` or `completed`."""

    conference: str
    status: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text message on a telephone's display; `sender` and `receiver` are numbers."""

    sid: str
    sender: str
    receiver: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over; `status` is one of Twilio's final call statuses."""

    status: str


Notice = Ringing | Answered | Utterance | Tone | Listening | Bridged | Roster | Ended


class Phone(Protocol):
    """A telephone the exchange can ring.

    `hurried`: speech to this phone takes no time. `greeting`: what an answering machine says when
    it picks up; empty for a human being.
    """

    number: str
    hurried: bool
    greeting: str

    def notice(self, leg: "Leg", event: Notice) -> None:
        """Take note of something that happens to the phone's call; must not block."""

    def text(self, text: Text) -> bool:
        """Take a text message; False when the telephone cannot be reached."""


class DeadPhone:
    """A telephone that nobody ever answers."""

    hurried = False
    greeting = ""

    def __init__(self, number: str) -> None:
        self.number = number

    def notice(self, leg: "Leg", event: Notice) -> None:
        """Nobody is there to notice."""

    def text(self, text: Text) -> bool:
        """It lies unread."""
        return True
