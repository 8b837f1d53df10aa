"""In the background: the recording of a prompt is fetched, converted and stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from app.blobs import BlobError, BlobStore
from app.calls.recordings.fetch import Limits, fetch
from app.calls.recordings.provider import Provider
from app.calls.recordings.queries import is_absent
from app.calls.recordings.trouble import RecordingError
from app.jobs.runner import Handler, RetryLater, Tools
from app.jobs.service import Payload
from app.prompt_audio import service, store
from app.prompt_audio.conversion import LARGEST_BYTES, AudioError, Trouble, converted
from app.prompt_audio.models import AWAITED
from app.prompt_audio.queries import Take, find_take

log = structlog.get_logger()

AGAIN_SECONDS = 2.0  # somebody is waiting on the telephone
GIVEN_UP_AFTER_SECONDS = 60.0
LIMITS = Limits(size=LARGEST_BYTES, seconds=20.0)
_ONE_CHANNEL = "RecordVerb"


@dataclass(frozen=True, slots=True)
class PromptJobs:
    """The handlers of jobs about prompts: from which provider, into which store."""

    provider: Provider
    files: BlobStore

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {service.DEVELOP: self.develop}

    def develop(self, payload: Payload, tools: Tools) -> None:
        """Make a prompt's file of a recording."""
        with tools.database.reading() as connection:
            take = find_take(connection, int(payload["take"]))
            is_silent = take is not None and is_absent(connection, take.recording_sid)
        if take is None or take.state != AWAITED:
            return
        if is_silent:
            self._refuse(take, tools, Trouble.silent)
            return
        try:
            made = converted(self._fetched(take), take.words)
            store.put(self.files, made.facts.sha256, made.content)
        except AudioError as error:
            self._refuse(take, tools, error.trouble)
            return
        except (RecordingError, BlobError) as error:
            self._again(take, tools, error)
            return
        with tools.database.writing() as connection:
            service.developed(connection, take.id, made.facts)

    def _fetched(self, take: Take) -> bytes:
        with TemporaryDirectory(prefix="take-") as folder:
            path = Path(folder) / "recording.wav"
            fetch(self.provider, take.recording_sid, _ONE_CHANNEL, path, LIMITS)
            return path.read_bytes()

    def _again(self, take: Take, tools: Tools, error: Exception) -> None:
        """A recording is often not there yet; after a minute nobody waits for it any more."""
        waited = (tools.clock.now() - take.made_at).total_seconds()
        if waited < GIVEN_UP_AFTER_SECONDS:
            raise RetryLater(AGAIN_SECONDS) from error
        log.warning("prompt.not_fetched", take=take.id, error=str(error))
        self._refuse(take, tools, Trouble.unavailable)

    def _refuse(self, take: Take, tools: Tools, trouble: Trouble) -> None:
        with tools.database.writing() as connection:
            service.refused(connection, take.id, trouble)
