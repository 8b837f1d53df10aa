"""What the domains may ask of a telephone network; `app.voice.gateway` implements it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

LONGEST_CALL_SECONDS = 14_400  # what a provider lets a call last


@dataclass(frozen=True, slots=True)
class CallOrder:
    """An outbound call to be placed.

    `leg` is the one-time token that comes back in the call's webhooks. `ring_seconds` is how long
    to let it ring, `limit_seconds` the longest the call may last. `purpose` says what for in one
    word, `emergency` one that no cap refuses; `actor` is who caused it, `system` or `staff:7`.
    A call `from_canary` comes from the canary's number, and one `to_talk` asks a colleague into a
    conversation: nobody asks whether a machine answers.
    """

    to: str
    leg: str
    ring_seconds: int
    limit_seconds: int
    purpose: str = "call"
    actor: str = "system"
    from_canary: bool = False
    to_talk: bool = False

    def __post_init__(self) -> None:
        """No call goes without a limit. Raises ValueError."""
        if not 1 <= self.limit_seconds <= LONGEST_CALL_SECONDS:
            raise ValueError(f"a call must have a limit of 1 to {LONGEST_CALL_SECONDS} seconds")


class TelephonyError(Exception):
    """The network did not do what was asked. The text says why, without personal data."""


class TryAgainLaterError(TelephonyError):
    """It was certainly not done (HTTP 429, connection refused): safe to ask again (law L4)."""


class RefusedError(TelephonyError):
    """It was refused for good (bad number, call no longer in progress): asking again is useless.

    `code` is the provider's error code, when it gave one.
    """

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


class OutcomeUnknownError(TelephonyError):
    """It may or may not have been done (time-out, 5xx after sending): never repeat blindly."""


@dataclass(frozen=True, slots=True)
class TextOrder:
    """A text message to be sent; `text` is our own id of it, which comes back in its callbacks."""

    to: str
    body: str
    text: int


@dataclass(frozen=True, slots=True)
class TextSeen:
    """A text message as the network's own list shows it: its status is the network's word."""

    sid: str
    body: str
    status: str
    error: str = ""


class Texting(Protocol):
    """Blocking calls about text messages, for jobs; all raise `TelephonyError`'s three kinds."""

    def send_message(self, order: TextOrder) -> TextSeen:
        """Send a text; returns how the network took it."""

    def sent_messages(self, to: str, since: datetime) -> list[TextSeen]:
        """The texts sent to a number since an instant, as far as the network knows them."""


@dataclass(frozen=True, slots=True)
class NumberSettings:
    """Where the provider sends what comes to a number or application; empty where nothing is set.

    `not_by_post` names those of the four that it asks by GET, where we answer POST alone. An
    `application` at the provider overrides what is said here about calls.
    """

    voice_url: str
    voice_fallback_url: str
    status_callback: str
    sms_url: str
    not_by_post: tuple[str, ...] = ()
    application: str = ""


class NumberConfiguration(Protocol):
    """How our number is set up at the provider. Raises `TelephonyError`'s three kinds."""

    def number_settings(self) -> NumberSettings | None:
        """The settings of our number; None when the account does not own it."""

    def point_number(self, settings: NumberSettings) -> None:
        """Set them."""

    def application_settings(self, sid: str) -> NumberSettings | None:
        """The settings of a TwiML application; None when the account has none of this SID."""


@dataclass(frozen=True, slots=True)
class CallFound:
    """A call as the network's own list shows it: its status is the network's word.

    `seconds` is 0 while it goes on, `parent_sid` is of the call that dialled it, or empty.
    """

    sid: str
    direction: str
    caller: str
    called: str
    status: str
    created_at: datetime
    seconds: int = 0
    parent_sid: str = ""


MOST_LISTED = 1_000  # calls that the network lists at once


class CallLists(Protocol):
    """The network's own lists of our calls. All raise `TelephonyError`'s three kinds."""

    def find_call(self, call_sid: str) -> CallFound | None:
        """One call; None when the network knows no such call."""

    def calls_to(self, number: str, since: datetime) -> list[CallFound]:
        """The calls we placed to a number since an instant, the newest first."""

    def calls_under_way(self) -> list[CallFound]:
        """All calls that are queued, ringing or in progress now."""

    def calls_begun(self, since: datetime, until: datetime) -> list[CallFound]:
        """All calls that were begun within a time, the newest first; at most `MOST_LISTED`."""


@dataclass(frozen=True, slots=True)
class Participant:
    """A leg in a conference, as the network sees it."""

    call_sid: str
    muted: bool = False


class Conferencing(Protocol):
    """Blocking calls about conferences by our names for them, and about the legs in them.

    All raise `TelephonyError`'s three kinds. A leg that has already left is not an error.
    """

    def end_conference(self, name: str) -> None:
        """End a conference for everyone. One that has already ended is not an error."""

    def remove_participant(self, name: str, call_sid: str) -> None:
        """Remove one leg from a conference."""

    def participants(self, name: str) -> list[Participant]:
        """Who is in a conference now; nobody when there is none."""

    def move_call(self, call_sid: str, path: str) -> None:
        """Let a call go on with the document of a path of ours, whatever it is doing."""

    def hold_participant(self, name: str, call_sid: str, *, held: bool, path: str) -> None:
        """Put one leg of a conference on hold, where it hears the document of a path, or back."""

    def adjust_participant(
        self, name: str, call_sid: str, *, muted: bool, coaches: str, closes: bool
    ) -> None:
        """Mute a leg, let it be heard by the call `coaches` alone ("" by all), end all with it."""

    def final_status(self, call_sid: str) -> str:
        """The status with which a call has ended; empty while it goes on."""


class Telephony(Conferencing, Texting, NumberConfiguration, CallLists, Protocol):
    """Blocking calls to the network's REST API; run them in jobs, never in a voice webhook.

    All raise `TelephonyError`'s three kinds.
    """

    def place_call(self, order: CallOrder) -> str:
        """Ring a number with answering-machine detection; returns the new call's SID."""

    def resume_call(self, call_sid: str, key: str) -> None:
        """Interrupt what the call is doing: its flow's next input is `Resumed(key)`."""

    def hang_up(self, call_sid: str) -> None:
        """End a call. A call that has already ended is not an error."""
