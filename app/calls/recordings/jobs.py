"""Recordings in the background: the work, the provider's copies, and the end of their time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Semaphore

import structlog
from sqlalchemy import Connection

from app.blobs import BlobError, BlobStore
from app.calls.recordings import alarms, queries, service, store
from app.calls.recordings.fetch import delete_remote
from app.calls.recordings.matters import matters_of
from app.calls.recordings.models import State
from app.calls.recordings.provider import Provider
from app.calls.recordings.queries import Kept
from app.calls.recordings.retention import expiry, retention_of
from app.calls.recordings.store import recordings_store
from app.calls.recordings.trouble import RecordingError
from app.calls.recordings.work import Policy, Workshop, is_intact
from app.clock import Clock
from app.database import Database
from app.jobs.runner import Handler, RetryLater, Tools
from app.jobs.schedule import Every
from app.jobs.service import Payload, enqueue
from app.people.audit import service as audit
from app.settings import Settings

log = structlog.get_logger()

SWEEP, REMIND = "recording.sweep", "recording.remind"
AT_ONCE = 2  # recordings worked on at the same time: the other jobs must not wait for them
SWEPT_AT_ONCE = 100
STILL_NEEDED = timedelta(days=7)  # how much longer than its time, while its ticket is open
OVERDUE = timedelta(hours=6)
AGAIN_SECONDS = 1800.0

RECURRING = (
    Every(service.WORK, 15.0, queries.work_is_due),
    Every(SWEEP, 300.0, queries.any_expired),
    Every(REMIND, 3600.0),
)


def recording_jobs(settings: Settings) -> "RecordingJobs":
    """The jobs by the settings: from which provider, into which store, for how long."""
    policy = Policy(
        days=settings.recordings_days,
        grace=timedelta(hours=settings.recordings_grace_hours),
        delete_remote=settings.recordings_delete_remote,
    )
    return RecordingJobs(provider_of(settings), recordings_store(settings), policy)


def provider_of(settings: Settings) -> Provider:
    """Where recordings are fetched, by the settings."""
    key, secret = settings.twilio_api_key_sid, settings.twilio_api_key_secret.get_secret_value()
    return Provider(
        base_url=settings.twilio_api_base_url,
        account_sid=settings.twilio_account_sid,
        user=key or settings.twilio_account_sid,
        password=secret or settings.tokens[0],
        private=settings.twilio_api_private,
    )


class RecordingJobs:
    """The handlers of all jobs about recordings."""

    def __init__(self, provider: Provider, files: BlobStore, policy: Policy) -> None:
        self._provider = provider
        self._files = files
        self._policy = policy
        self._free = Semaphore(AT_ONCE)
        self._asked = Event()

    def handlers(self) -> Mapping[str, Handler]:
        """The handlers by the kind of job."""
        return {
            service.WORK: self.work,
            service.DELETE_REMOTE: self.delete_remote,
            service.PURGE: self.purge,
            SWEEP: self.sweep,
            REMIND: self.remind,
        }

    def workshop(self, database: Database, clock: Clock) -> Workshop:
        """Where recordings are worked on, one after the other."""
        return Workshop(self._provider, self._files, self._policy, database, clock)

    def work(self, _payload: Payload, tools: Tools) -> None:
        """Work on whatever is due.

        A job is only a call to look: when enough are at work, they look once more for us.
        """
        workshop = self.workshop(tools.database, tools.clock)
        self._asked.set()
        while self._asked.is_set() and self._free.acquire(blocking=False):
            try:
                self._asked.clear()
                while workshop.work_on_next():
                    pass
            finally:
                self._free.release()

    def delete_remote(self, payload: Payload, tools: Tools) -> None:
        """Have the provider forget a recording, once ours has been verified again."""
        sid: str = payload["sid"]
        with tools.database.reading() as connection:
            kept = queries.find(connection, sid)
        if kept is None or kept.remote != "kept" or not self._policy.delete_remote:
            return
        if kept.state != State.expired and not self._is_safe(kept, tools):
            return
        try:
            had_it = delete_remote(self._provider, sid)
        except RecordingError as error:
            log.warning("recording.remote_not_deleted", recording=sid, trouble=error.trouble)
            raise RetryLater(AGAIN_SECONDS) from error
        with tools.database.writing() as connection:
            service.remote_is(connection, sid, "deleted" if had_it else "gone")
        log.info("recording.remote_deleted", recording=sid)

    def purge(self, payload: Payload, tools: Tools) -> None:
        """Delete the files of a recording whose time was up."""
        sid: str = payload["sid"]
        try:
            store.delete_players(self._files, sid)
            self._files.delete(store.original(sid))
        except BlobError as error:
            raise RetryLater(AGAIN_SECONDS) from error

    def sweep(self, _payload: Payload, tools: Tools) -> None:
        """Let go of recordings whose time is up, unless they are needed or held."""
        at = tools.clock.now()
        with tools.database.reading() as connection:
            found = queries.expired(connection, at, SWEPT_AT_ONCE)
        for kept in found:
            with tools.database.writing() as connection:
                self._let_go(connection, kept, at)

    def remind(self, _payload: Payload, tools: Tools) -> None:
        """Ask once more for the deletion of copies that the provider should not have any more."""
        if not self._policy.delete_remote:
            return
        at = tools.clock.now()
        with tools.database.reading() as connection:
            overdue = queries.remote_overdue(
                connection, at - self._policy.grace - OVERDUE, SWEPT_AT_ONCE
            )
        with tools.database.writing() as connection:
            for sid in overdue:
                key = f"{service.DELETE_REMOTE}:{sid}:{at:%Y%m%d}"
                enqueue(connection, service.DELETE_REMOTE, key, {"sid": sid}, at)

    def _is_safe(self, kept: Kept, tools: Tools) -> bool:
        """Whether ours is verified, so that the provider's copy may go."""
        if not kept.has_original:
            return False
        try:
            if is_intact(self._files, kept):
                return True
        except BlobError as error:
            raise RetryLater(AGAIN_SECONDS) from error
        with tools.database.writing() as connection:
            alarms.altered(connection, kept.sid, tools.clock.now())
        return False

    def _let_go(self, connection: Connection, kept: Kept, at: datetime) -> None:
        """By what its tickets are now: since it was stored, some may have been opened."""
        matters = matters_of(connection, kept.sid, kept.call_sid)
        retention = retention_of(kept.source, {matter.kind for matter in matters})
        until = expiry(retention, kept.told_at, self._policy.days)
        if not all(matter.is_over for matter in matters):
            until = max(until, at + STILL_NEEDED)
        if until > at:
            service.retain(connection, kept.id, retention, until)
        elif service.expire(connection, kept.id, at):
            detail = {"retention": retention, "sha256": kept.sha256}
            record = partial(audit.record, connection, actor="system", act="recording.expired")
            record(target=f"recording:{kept.sid}", detail=detail, at=at)
