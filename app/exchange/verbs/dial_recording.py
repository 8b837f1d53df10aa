"""The recording a `<Dial record=…>` makes (contract, section 3.5)."""

from typing import TYPE_CHECKING

from app.exchange.audio import Tape
from app.exchange.call_recording import SIDE_OF_TRACK
from app.exchange.recordings import Recording
from app.exchange.twiml.parser import Node
from app.exchange.verbs.record import recording_subscription

if TYPE_CHECKING:
    from app.exchange.player import Player


class DialRecording:
    """Records a Dial if it asks for that; otherwise does nothing."""

    def __init__(self, player: "Player", node: Node) -> None:
        self._player = player
        self._node = node
        self._recording: Recording | None = None

    @property
    def tapes(self) -> list[Tape]:
        """The running tape, if any."""
        return [self._recording.tape] if self._recording is not None else []

    @property
    def begins_at_ringing(self) -> bool:
        """Whether ringing is recorded too."""
        return self._node.get("record").startswith("record-from-ringing")

    def begin(self) -> None:
        """Start, if a recording is wanted and not yet running."""
        wanted = self._node.get("record")
        if wanted == "do-not-record" or self._recording is not None:
            return
        track = self._node.get("recordingTrack")
        self._recording = self._player.exchange.recordings.begin(
            "DialVerb",
            call_sid=self._player.leg.sid,
            channels=2 if wanted.endswith("-dual") else 1,
            track=track,
            trim=self._node.get("trim") == "trim-silence",
            callback=recording_subscription(self._player, self._node),
        )
        self._recording.tape.only = SIDE_OF_TRACK[track]

    def end(self) -> str:
        """Stop; returns the recording's URL, empty if there is none."""
        if self._recording is None:
            return ""
        self._player.exchange.recordings.finish(self._recording)
        return self._player.exchange.recordings.url(self._recording)
