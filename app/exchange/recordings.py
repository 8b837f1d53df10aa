"""Recordings: what is kept of a call or a conference (contract, sections 3.4, 3.7 and 4.4)."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from app.exchange.audio import Speech, Tape
from app.exchange.callbacks import NOBODY, Callbacks, Spawn, Subscription
from app.exchange.clock import Clock
from app.exchange.errors import RestError, not_found
from app.exchange.sids import Sids
from app.exchange.webhooks import Parameters

PROCESSING_SECONDS = 1.5


@dataclass(eq=False)
class Recording:
    """One recording. `status` as in contract section 4.4; `duration` in whole seconds or None."""

    sid: str
    source: str
    date_created: datetime
    tape: Tape
    call_sid: str = ""
    conference_sid: str = ""
    channels: int = 1
    track: str = "both"
    trim: bool = False
    status: str = "in-progress"
    duration: int | None = None
    media: bytes = b""
    date_updated: datetime | None = None
    callback: Subscription = NOBODY

    @property
    def start_time(self) -> datetime:
        """When it began."""
        return self.date_created


class Recordings:
    """All recordings of the account, by SID."""

    def __init__(
        self,
        account_url: str,
        sids: Sids,
        clock: Clock,
        callbacks: Callbacks,
        spawn: Spawn,
        speech: Callable[[], Speech],
        folder: Path | None,
    ) -> None:
        self._account_url = account_url
        self._account_sid = account_url.rpartition("/")[2]
        self._sids = sids
        self._clock = clock
        self._callbacks = callbacks
        self._spawn = spawn
        self._speech = speech
        self._folder = folder
        self._by_sid: dict[str, Recording] = {}

    def newest_first(self) -> list[Recording]:
        """All recordings that have not been deleted, newest first."""
        return list(reversed(self._by_sid.values()))

    def get(self, sid: str) -> Recording:
        """One recording.

        Raises:
            RestError: 404, there is none.
        """
        if sid not in self._by_sid:
            raise not_found(f"/Recordings/{sid}")
        return self._by_sid[sid]

    def delete(self, sid: str) -> None:
        """Forget a recording and its audio.

        Raises:
            RestError: 404, there is none.
        """
        recording = self.get(sid)
        recording.media = b""
        if self._folder is not None:
            (self._folder / f"{sid}.wav").unlink(missing_ok=True)
        del self._by_sid[sid]

    def url(self, recording: Recording) -> str:
        """The address of the recording's media, without extension."""
        return f"{self._account_url}/Recordings/{recording.sid}"

    def begin(
        self,
        source: str,
        *,
        call_sid: str = "",
        conference_sid: str = "",
        channels: int = 1,
        track: str = "both",
        trim: bool = False,
        callback: Subscription = NOBODY,
    ) -> Recording:
        """Start a recording now; `source` is Twilio's word for what made it."""
        recording = Recording(
            self._sids.new("RE"),
            source,
            self._clock.now(),
            Tape(self._clock.monotonic(), channels),
            call_sid=call_sid,
            conference_sid=conference_sid,
            channels=channels,
            track=track,
            trim=trim,
            callback=callback,
        )
        self._by_sid[recording.sid] = recording
        self._report(recording)
        return recording

    def update(self, sid: str, status: str, pause_behavior: str = "silence") -> Recording:
        """Pause, resume or stop a recording in progress.

        Raises:
            RestError: 404, there is none; 400 with 21220, it is over, or the status is unknown.
        """
        recording = self.get(sid)
        if recording.status not in ("in-progress", "paused"):
            raise RestError(400, 21220, "The recording is not in progress: it cannot be changed.")
        now = self._clock.monotonic()
        match status:
            case "paused":
                recording.tape.pause(now, skip=pause_behavior == "skip")
                recording.status = "paused"
            case "in-progress":
                recording.tape.resume(now)
                recording.status = "in-progress"
            case "stopped":
                self.finish(recording)
            case _:
                raise RestError(400, 20001, "Status must be paused, in-progress or stopped.")
        recording.date_updated = self._clock.now()
        return recording

    def finish(self, recording: Recording) -> None:
        """End a recording: it is `processing`, and soon `completed`, or `absent` if silent."""
        if recording.status not in ("in-progress", "paused"):
            return
        seconds = recording.tape.seconds(self._clock.monotonic())
        recording.duration = max(1, round(seconds))
        recording.status = "processing"
        self._spawn(self._process(recording, seconds))

    async def _process(self, recording: Recording, seconds: float) -> None:
        await self._clock.sleep(PROCESSING_SECONDS)
        if recording.tape.silent:
            recording.status = "absent"
        else:
            recording.media = await asyncio.to_thread(self._develop, recording, seconds)
            recording.status = "completed"
        recording.date_updated = self._clock.now()
        self._report(recording)

    def _develop(self, recording: Recording, seconds: float) -> bytes:
        media = recording.tape.wav(seconds, self._speech(), trim=recording.trim)
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{recording.sid}.wav").write_bytes(media)
        return media

    def _report(self, recording: Recording) -> None:
        wanted = recording.callback
        if wanted.wants(recording.status):
            self._callbacks.post(
                recording.sid, wanted.url, self._parameters(recording), method=wanted.method
            )

    def _parameters(self, recording: Recording) -> Parameters:
        of_call = bool(recording.call_sid)
        owner = (
            ("CallSid", recording.call_sid)
            if of_call
            else ("ConferenceSid", recording.conference_sid)
        )
        duration = (("RecordingDuration", str(recording.duration)),)
        return (
            ("AccountSid", self._account_sid),
            owner,
            ("RecordingSid", recording.sid),
            ("RecordingUrl", self.url(recording)),
            ("RecordingStatus", recording.status),
            ("RecordingChannels", str(recording.channels)),
            ("RecordingStartTime", format_datetime(recording.start_time)),
            ("RecordingSource", recording.source),
            *(duration if recording.status == "completed" else ()),
        )
