"""What is known of a call when something happens in it."""

from dataclasses import dataclass, replace
from datetime import datetime

CANARY = "canary"  # the direction, and the purpose, of calls by which we ring ourselves
SOFTPHONE = "softphone"  # the direction of calls that a browser of the staff begins
ACCEPTED = "accepted"  # the kind of event: somebody whom the call dialled pressed 1


@dataclass(frozen=True, slots=True)
class CallFacts:
    """The facts of a call that effects may need.

    `caller` is the telephone on the far side (`From` when inbound, `To` when outbound), as given:
    it need not parse as a number. `at` is the instant of this step, aware, in UTC. `flow_version`
    is the version the call is pinned to, empty where that does not matter.
    """

    sid: str
    caller: str
    language: str
    at: datetime
    flow_version: str = ""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call has reached a final status: completed, busy, no-answer, failed or canceled.

    `leg` is the token of a call that we placed, otherwise empty. `is_canary` is one by which we
    rang ourselves: nobody else wants to know of it.
    """

    sid: str
    status: str
    at: datetime
    leg: str = ""
    is_canary: bool = False


@dataclass(frozen=True, slots=True)
class ConferenceEvent:
    """One event of a conference (contract, section 3.7).

    `event` is `conference-start`, `participant-join`, `participant-leave`, `conference-end`, ….
    `call_sid` is empty on events of the conference as a whole.
    """

    conference: str  # our friendly name
    conference_sid: str
    event: str
    call_sid: str
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CallOrigin:
    """Whose call a webhook speaks of; it comes with every webhook, so no database is needed.

    `caller` is the far side as given, `called` our own number, `direction` Twilio's word for it
    (`inbound`, `outbound-api`, `outbound-dial`), or `softphone` for a browser of the staff.
    """

    sid: str
    caller: str
    called: str
    direction: str
    parent_sid: str = ""

    def known_to(self, canary_number: str) -> "CallOrigin":
        """The same, as one of the canary's two legs when its number is at either end."""
        is_canary = bool(canary_number) and canary_number in (self.caller, self.called)
        return replace(self, direction=CANARY) if is_canary else self


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """Progress of a call leg (contract, sections 1 and 3.6), in any order and any number of times.

    `sequence` is None when the provider gave none; `leg` is the token of a call we placed.
    """

    origin: CallOrigin
    status: str
    sequence: int | None
    seconds: int | None
    leg: str = ""
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class RecordingEvent:
    """Progress of a recording (contract, sections 3.4 and 3.7)."""

    sid: str
    call_sid: str
    conference_sid: str
    status: str  # in-progress, completed, absent
    seconds: int | None
    channels: int | None
    source: str
