"""A call of a telephone of the simulator as moments: from what it is told, and what it does."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.flows.inputs import DialEnded, Input, Pressed, Recorded, Silent, Spoke, Started
from app.rehearsal.recording.moments import Moment, RecordedCall, RecordingError

Message = Mapping[str, Any]


class Witness:
    """Sees everything that passes between a telephone and the exchange; `call` tells it in the end.

    A moment ends when the hotline waits for the caller again, connects them, or hangs up.
    """

    def __init__(self, caller: str) -> None:
        self._caller = caller
        self._at: datetime | None = None
        self._moments: list[Moment] = []
        self._heard: list[str] = []
        self._asked = ""  # what the hotline waits for: gather, record, or nothing
        self._given: Input | None = Started()
        self._connected_at: datetime | None = None

    def __call__(self, message: Message) -> None:
        """One message, in either direction."""
        match message:
            case {"event": "answered"}:
                self._at = self._at or datetime.now(UTC)
            case {"event": "utterance", "text": text, "speaker": "", "audio": False}:
                self._heard.append(str(text))
            case {"event": "listening", "ready": True, "kind": kind}:
                self._close(Recorded("", 0) if kind == "record" else Silent())
                self._asked = kind
            case {"event": "bridged", "other": other}:
                self._bridged(bool(other))
            case {"event": "ended"}:
                self._close(None)
            case {"do": str(do)}:
                self._did(do, message)

    def call(self) -> RecordedCall:
        """The call. Raises RecordingError when none was answered."""
        if self._at is None:
            raise RecordingError("No call was answered: nothing is written.")
        return RecordedCall(self._at, self._caller, self._moments)

    def _did(self, do: str, message: Message) -> None:
        if do == "press":
            self._pressed(str(message["keys"]))
        elif do == "say":
            self._given = Spoke(str(message["words"]))
        elif do == "talk" and self._asked == "record":
            self._given = Recorded("RE", round(float(message["seconds"])))
        elif do == "hang_up":
            self._hang_up()

    def _pressed(self, keys: str) -> None:
        if isinstance(self._given, Recorded):
            self._given = Recorded(self._given.sid, self._given.seconds, keys[-1:])
        elif isinstance(self._given, Pressed):
            self._given = Pressed(self._given.digits + keys)
        else:
            self._given = Pressed(keys)

    def _hang_up(self) -> None:
        if isinstance(self._given, Recorded):
            self._given = Recorded(self._given.sid, self._given.seconds, "hangup")
        else:
            self._given = None

    def _bridged(self, connected: bool) -> None:
        now = datetime.now(UTC)
        if connected:
            self._close(None)
            self._connected_at = now
        elif self._connected_at is not None:
            seconds = max(1, round((now - self._connected_at).total_seconds()))
            self._given, self._connected_at = DialEnded("completed", True, seconds), None

    def _close(self, unless_given: Input | None) -> None:
        """A moment is over; the next one begins with what happens when nothing is done."""
        if self._given is not None:
            self._moments.append(Moment(self._given, tuple(self._heard)))
        self._heard, self._given = [], unless_given
