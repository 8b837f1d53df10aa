"""What can happen to a call: the input of one step."""

from dataclasses import dataclass

OFFICER_WAITS = "officer waits"  # a reason to be resumed: somebody took the caller's emergency


@dataclass(frozen=True, slots=True)
class Started:
    """The call has reached us (inbound) or has been answered (outbound).

    `answered_by` is Twilio's `AnsweredBy` on outbound calls with machine detection
    (`human`, `machine_start`, `fax`, `unknown`), otherwise empty.
    """

    answered_by: str = ""

    @property
    def by_machine(self) -> bool:
        """Whether an answering machine or a fax took the call."""
        return self.answered_by.startswith(("machine", "fax"))


@dataclass(frozen=True, slots=True)
class Pressed:
    """Keys were pressed: one or more of `0-9*#`, never empty."""

    digits: str


@dataclass(frozen=True, slots=True)
class Spoke:
    """Speech was recognised. `confidence` is 0 to 1, or None when the provider gave none."""

    words: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Silent:
    """The caller was asked and neither pressed nor spoke."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording has ended. `key` is the key that ended it, `hangup`, or empty for silence.

    `seconds` is 0 when nothing was recorded; `sid` is then possibly empty.
    """

    sid: str
    seconds: int
    key: str = ""


NOT_LET_OUT = "not-let-out"


@dataclass(frozen=True, slots=True)
class DialEnded:
    """A dialled party or a conference has ended.

    `status` is Twilio's `DialCallStatus`: completed, answered, busy, no-answer, failed, canceled;
    or `NOT_LET_OUT` when no telephone was rung at all: `refused` are the numbers that the outbound
    gateway refused since the call was last heard of. `bridged` is True when the caller really spoke
    with somebody.
    """

    status: str
    bridged: bool
    seconds: int = 0
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resumed:
    """Somebody else moved this call on (for example all parties of a mediation are present)."""

    reason: str


Input = Started | Pressed | Spoke | Silent | Recorded | DialEnded | Resumed
