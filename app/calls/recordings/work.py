"""The work on one recording: fetch, verify, store, make playable."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from sqlalchemy import Connection

from app.blobs import BlobError, BlobMissingError, BlobStore
from app.calls.recordings import alarms, queries, service, store
from app.calls.recordings.fetch import Limits, fetch
from app.calls.recordings.matters import matters_of
from app.calls.recordings.models import State
from app.calls.recordings.provider import Provider
from app.calls.recordings.rendering import Order, render
from app.calls.recordings.retention import Retention, expiry, retention_of
from app.calls.recordings.service import Claimed
from app.calls.recordings.trouble import KEPT_AS_IT_CAME, RecordingError, Trouble
from app.calls.recordings.verify import OddLengthError, Verified, sha256_of, verify
from app.clock import Clock
from app.database import Database

log = structlog.get_logger()

_UNTOLD_SECONDS = 600
_SIDES = ("caller.mp3", "staff.mp3")


@dataclass(frozen=True, slots=True)
class Policy:
    """How recordings are treated. `days` overrides the retention of a class.

    The provider's copy is deleted `grace` after ours was stored, if at all.
    """

    days: Mapping[Retention, int] = field(default_factory=dict)
    grace: timedelta = timedelta(hours=24)
    delete_remote: bool = True
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the work is done with."""

    provider: Provider
    files: BlobStore
    policy: Policy
    database: Database
    clock: Clock

    def work_on_next(self) -> bool:
        """Take the recording that is due for longest as far as it goes; False when none is due."""
        with self.database.writing() as connection:
            mine = service.claim(connection, self.clock.now(), self._lease)
        if mine is None:
            return False
        with TemporaryDirectory(prefix="recording-") as folder:
            path = Path(folder) / "original.wav"
            try:
                mine = self._at_hand(mine, path)
                self._render(mine, path)
            except RecordingError as error:
                self._note_failure(mine, error, path)
        return True

    def _at_hand(self, mine: Claimed, path: Path) -> Claimed:
        """The original in `path`, from the provider or from our store."""
        if mine.state == State.awaited:
            return self._obtain(mine, path)
        with self.database.reading() as connection:
            kept = queries.find(connection, mine.sid)
        assert kept is not None
        store.take(self.files, store.original(mine.sid), path, kept.sha256)
        return mine

    def _obtain(self, mine: Claimed, path: Path) -> Claimed:
        limits = replace(self.policy.limits, seconds=self._fetch_seconds(mine.told_seconds))
        fetch(self.provider, mine.sid, mine.source, path, limits)
        verified = verify(path, mine.told_seconds, mine.seen_sha256)
        store.put_verified(self.files, store.original(mine.sid), path, verified.sha256)
        with self.database.writing() as connection:
            at = self.clock.now()
            if service.stored(connection, mine, verified, at, self.policy.grace):
                self._retain(connection, mine)
        return _after(mine, verified)

    def _render(self, mine: Claimed, path: Path) -> None:
        with self.database.reading() as connection:
            redactions = queries.redactions_of(connection, mine.id)
        spans = [(redaction.begin, redaction.end) for redaction in redactions]
        folder = path.parent / "players"
        folder.mkdir()
        order = Order(path, folder, mine.seconds or 0.0, mine.trim, spans)
        for stage in render(order):
            match stage["stage"]:
                case "measured":
                    self._note_measures(mine, stage["trim"], silent=stage["silent"])
                case "playable":
                    self._put(mine, folder, store.MIX, store.PEAKS)
                    with self.database.writing() as connection:
                        service.playable(connection, mine, self.clock.now())
                case "done":
                    self._put(mine, folder, *_SIDES)
        with self.database.writing() as connection:
            service.finish(connection, mine)
        self._clear_old(mine)

    def _note_measures(self, mine: Claimed, trim: list[float], *, silent: bool) -> None:
        if mine.trim is None:
            with self.database.writing() as connection:
                service.measured(connection, mine, (trim[0], trim[1]), silent=silent)

    def _put(self, mine: Claimed, folder: Path, *names: str) -> None:
        for name in names:
            path = folder / name
            if path.exists():
                store.put(self.files, store.player(mine.sid, mine.rendition, name), path)

    def _clear_old(self, mine: Claimed) -> None:
        """What was played before a redaction must not lie about."""
        try:
            store.delete_players(self.files, mine.sid, keep=mine.rendition)
        except BlobError as error:
            raise RecordingError(Trouble.store_away) from error

    def _note_failure(self, mine: Claimed, error: RecordingError, path: Path) -> None:
        trouble, at = error.trouble, self.clock.now()
        seen = error.sha256 if isinstance(error, OddLengthError) else ""
        with self.database.writing() as connection:
            if trouble is Trouble.altered and mine.state != State.awaited:
                service.lost(connection, mine, at)
                alarms.altered(connection, mine.sid, at)
                return
            state = service.failed_try(connection, mine, trouble, at, seen)
            if trouble is Trouble.no_room:
                alarms.full(connection, at)
            if state in (State.failed, State.unplayable):
                alarms.given_up(connection, mine.sid, state, trouble, at)
        if state is State.unplayable and trouble in KEPT_AS_IT_CAME and path.exists():
            self._keep_as_it_came(mine, path)

    def _keep_as_it_came(self, mine: Claimed, path: Path) -> None:
        sha256 = sha256_of(path)
        try:
            store.put_verified(self.files, store.original(mine.sid), path, sha256)
        except RecordingError as error:  # the provider's copy stays where it is
            log.warning("recording.not_kept", recording=mine.sid, trouble=error.trouble)
            return
        with self.database.writing() as connection:
            service.kept_as_it_came(connection, mine.sid, sha256, path.stat().st_size)
            self._retain(connection, mine)

    def _retain(self, connection: Connection, mine: Claimed) -> None:
        kinds = {matter.kind for matter in matters_of(connection, mine.sid, mine.call_sid)}
        retention = retention_of(mine.source, kinds)
        until = expiry(retention, mine.told_at, self.policy.days)
        service.retain(connection, mine.id, retention, until)

    def _fetch_seconds(self, told_seconds: int | None) -> float:
        """A tenth of its length is much time for a recording, but a slow line has its minute."""
        told = _UNTOLD_SECONDS if told_seconds is None else told_seconds
        return min(self.policy.limits.seconds, 60.0 + told / 10)

    def _lease(self, told_seconds: int | None) -> timedelta:
        """Longer than fetching and rendering may take: nobody works on what another works on."""
        told = float(_UNTOLD_SECONDS if told_seconds is None else told_seconds)
        rendering = Order(Path(), Path(), told).limit
        return timedelta(seconds=self._fetch_seconds(told_seconds) + rendering + 30)


def _after(mine: Claimed, verified: Verified) -> Claimed:
    """The claimed recording once its original is stored."""
    return replace(mine, state=State.stored, seconds=verified.facts.seconds, attempts=0)


def is_intact(files: BlobStore, kept: queries.Kept) -> bool:
    """Whether our original is still what was verified. Raises BlobError when nobody can say."""
    try:
        return store.fingerprint(files, store.original(kept.sid)) == kept.sha256
    except BlobMissingError:
        return False
