"""What came of a `<Dial>`, as its action is told."""

from dataclasses import dataclass

from app.exchange.conference_events import truth
from app.exchange.legs import Leg
from app.exchange.webhooks import Parameters


@dataclass(slots=True)
class Dialled:
    """Filled in while a Dial goes on; `status` is what holds if it is interrupted now.

    `child` is the leg that counts, None after a conference or queue; `duration` its seconds, None
    when Twilio leaves them out. `unreported` means: on to the next verb, without action.
    """

    status: str = "failed"
    child: Leg | None = None
    duration: int | None = None
    bridged: bool = False
    recording_url: str = ""
    extra: Parameters = ()
    unreported: bool = False

    def parameters(self) -> Parameters:
        """The fields of the action request (contract, section 3.5)."""
        child = (("DialCallSid", self.child.sid),) if self.child is not None else ()
        duration = (
            (("DialCallDuration", str(self.duration)),)
            if self.child is not None and self.duration is not None
            else ()
        )
        recording = (("RecordingUrl", self.recording_url),) if self.recording_url else ()
        return (
            ("DialCallStatus", self.status),
            ("DialBridged", truth(self.bridged)),
            *child,
            *duration,
            *recording,
            *self.extra,
        )
