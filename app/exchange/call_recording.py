"""Recording a whole call: `Record=true`, or POST Calls/{Sid}/Recordings (contract, 4.1, 4.4)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.exchange.callbacks import NOBODY, Subscription
from app.exchange.errors import RestError
from app.exchange.legs import Leg
from app.exchange.recordings import Recording

if TYPE_CHECKING:
    from app.exchange.exchange import Exchange

SIDE_OF_TRACK = {"inbound": 0, "outbound": 1, "both": None}


@dataclass(frozen=True, slots=True)
class CallRecording:
    """How a call is recorded. `trim` is off by default when started by REST on a live call."""

    channels: int = 1
    track: str = "both"
    trim: bool = False
    callback: Subscription = NOBODY

    def attach(self, exchange: "Exchange", leg: Leg, source: str) -> Recording:
        """Record the leg from now to its end; `source` is Twilio's word for who asked.

        Raises:
            RestError: 400 with 21220, the call is not in progress.
        """
        if leg.status != "in-progress":
            raise RestError(400, 21220, "The call is not in progress: it cannot be recorded.")
        recording = exchange.recordings.begin(
            source,
            call_sid=leg.sid,
            channels=self.channels,
            track=self.track,
            trim=self.trim,
            callback=self.callback,
        )
        recording.tape.only = SIDE_OF_TRACK[self.track]
        leg.tapes.append(recording.tape)
        leg.before_end.append(lambda: exchange.recordings.finish(recording))
        if source == "OutboundAPI":
            leg.recording = recording
        return recording
