"""What is known of a call when something happens in it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CallFacts:
    """The facts of a call that effects may need.

    `caller` is the telephone on the far side (`From` when inbound, `To` when outbound), as given:
    it need not parse as a number. `at` is the instant of this step, aware, in UTC.
    """

    sid: str
    caller: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call has reached a final status: completed, busy, no-answer, failed or canceled."""

    sid: str
    status: str
    at: datetime


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
