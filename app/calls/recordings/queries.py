"""Reads of the recordings we keep."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from app.calls.models import Recording
from app.calls.recordings.models import (
    KeptRecording,
    RecordingHold,
    RecordingListen,
    RecordingNote,
    RecordingRedaction,
    State,
)

LISTEN_LASTS = timedelta(hours=12)
_HELD = exists().where(
    RecordingHold.recording_id == KeptRecording.id, RecordingHold.lifted_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording as pages and the command line see it; see `KeptRecording` for the columns."""

    id: int
    sid: str
    call_sid: str | None
    conference_sid: str | None
    source: str
    told_seconds: int | None
    told_at: datetime
    state: State
    trouble: str
    attempts: int
    next_try_at: datetime | None
    sha256: str
    size: int | None
    seconds: float | None
    channels: int | None
    encoding: str
    explained: str
    silent: bool
    trim_start: float | None
    trim_end: float | None
    rendition: int
    played_rendition: int | None
    retention: str
    expires_at: datetime | None
    remote: str
    stored_at: datetime | None
    playable_at: datetime | None
    expired_at: datetime | None

    @property
    def can_be_played(self) -> bool:
        """Whether the player's copies are there and up to date with the redactions."""
        return self.state == State.playable and self.played_rendition == self.rendition

    @property
    def has_original(self) -> bool:
        """Whether the original is in our store."""
        return bool(self.sha256) and self.state != State.expired

    @property
    def has_sides(self) -> bool:
        """Whether both parties can be heard apart."""
        return self.channels == 2

    @property
    def played_seconds(self) -> float:
        """How long the player plays."""
        if self.trim_start is None or self.trim_end is None:
            return self.seconds or float(self.told_seconds or 0)
        return self.trim_end - self.trim_start


@dataclass(frozen=True, slots=True)
class Note:
    """A remark at a place."""

    id: int
    seconds: float
    text: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Redaction:
    """A stretch that is not heard."""

    id: int
    begin: float
    end: float
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold that stands."""

    id: int
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Listen:
    """Who has listened."""

    id: int
    actor: str
    at: datetime
    reason: str
    seconds: float


_COLUMNS = [getattr(KeptRecording, name) for name in Kept.__slots__]


def find(connection: Connection, sid: str) -> Kept | None:
    """A recording by the provider's SID."""
    row = connection.execute(select(*_COLUMNS).where(KeptRecording.sid == sid)).one_or_none()
    return None if row is None else Kept(*row)


def is_absent(connection: Connection, sid: str) -> bool:
    """Whether the network said that it recorded nothing but silence, and keeps nothing."""
    query = select(Recording.id).where(Recording.sid == sid, Recording.status == "absent")
    return connection.execute(query).first() is not None


def was_not_kept(connection: Connection, sid: str) -> bool:
    """Whether the call log knows of a recording that we have nothing of."""
    kept = exists().where(KeptRecording.sid == sid)
    query = select(Recording.id).where(Recording.sid == sid, ~kept)
    return connection.execute(query).first() is not None


def of_calls(
    connection: Connection, call_sids: Collection[str], sids: Collection[str] = ()
) -> list[Kept]:
    """The recordings of some calls, and those named, oldest first: for a ticket's timeline."""
    wanted = or_(KeptRecording.call_sid.in_(call_sids), KeptRecording.sid.in_(sids))
    query = select(*_COLUMNS).where(wanted).order_by(KeptRecording.told_at, KeptRecording.id)
    return [Kept(*row) for row in connection.execute(query)]


def newest(connection: Connection, limit: int, states: Sequence[str] = ()) -> list[Kept]:
    """The newest recordings, in some states or in all."""
    query = select(*_COLUMNS).order_by(KeptRecording.id.desc()).limit(limit)
    if states:
        query = query.where(KeptRecording.state.in_(states))
    return [Kept(*row) for row in connection.execute(query)]


def stored_after(connection: Connection, after_id: int, limit: int) -> list[Kept]:
    """The next recordings whose original is in our store, by id: for a check of all of them."""
    query = (
        select(*_COLUMNS)
        .where(
            KeptRecording.id > after_id,
            KeptRecording.sha256 != "",
            KeptRecording.state != State.expired,
        )
        .order_by(KeptRecording.id)
        .limit(limit)
    )
    return [Kept(*row) for row in connection.execute(query)]


def notes_of(connection: Connection, recording_id: int) -> list[Note]:
    """The notes, in the order of their places."""
    columns = [getattr(RecordingNote, name) for name in Note.__slots__]
    query = (
        select(*columns)
        .where(RecordingNote.recording_id == recording_id, RecordingNote.deleted_at.is_(None))
        .order_by(RecordingNote.seconds, RecordingNote.id)
    )
    return [Note(*row) for row in connection.execute(query)]


def redactions_of(connection: Connection, recording_id: int) -> list[Redaction]:
    """The redactions in force, in the order of their places."""
    columns = [getattr(RecordingRedaction, name) for name in Redaction.__slots__]
    query = (
        select(*columns)
        .where(
            RecordingRedaction.recording_id == recording_id,
            RecordingRedaction.undone_at.is_(None),
        )
        .order_by(RecordingRedaction.begin, RecordingRedaction.id)
    )
    return [Redaction(*row) for row in connection.execute(query)]


def holds_of(connection: Connection, recording_id: int) -> list[Hold]:
    """The holds that stand, oldest first."""
    columns = [getattr(RecordingHold, name) for name in Hold.__slots__]
    query = (
        select(*columns)
        .where(RecordingHold.recording_id == recording_id, RecordingHold.lifted_at.is_(None))
        .order_by(RecordingHold.id)
    )
    return [Hold(*row) for row in connection.execute(query)]


def listens_of(connection: Connection, recording_id: int, limit: int = 50) -> list[Listen]:
    """Who has listened, the latest first."""
    columns = [getattr(RecordingListen, name) for name in Listen.__slots__]
    query = (
        select(*columns)
        .where(RecordingListen.recording_id == recording_id)
        .order_by(RecordingListen.id.desc())
        .limit(limit)
    )
    return [Listen(*row) for row in connection.execute(query)]


def is_listening(
    connection: Connection, listen_id: int, recording_id: int, actor: str, at: datetime
) -> bool:
    """Whether somebody has said that they listen to this, and not too long ago."""
    query = select(RecordingListen.id).where(
        RecordingListen.id == listen_id,
        RecordingListen.recording_id == recording_id,
        RecordingListen.actor == actor,
        RecordingListen.at > at - LISTEN_LASTS,
    )
    return connection.execute(query).first() is not None


def work_is_due(connection: Connection, at: datetime) -> bool:
    """Whether a recording waits for work that nobody is doing."""
    free = or_(KeptRecording.busy_until.is_(None), KeptRecording.busy_until <= at)
    query = select(KeptRecording.id).where(KeptRecording.next_try_at <= at, free).limit(1)
    return connection.execute(query).first() is not None


def expired(connection: Connection, at: datetime, limit: int) -> list[Kept]:
    """Recordings whose time is up and that nobody holds, the longest first."""
    query = select(*_COLUMNS).where(_time_is_up(at)).order_by(KeptRecording.expires_at).limit(limit)
    return [Kept(*row) for row in connection.execute(query)]


def any_expired(connection: Connection, at: datetime) -> bool:
    """Whether the time of any is up."""
    return (
        connection.execute(select(KeptRecording.id).where(_time_is_up(at)).limit(1)).first()
        is not None
    )


def remote_overdue(connection: Connection, stored_before: datetime, limit: int) -> list[str]:
    """SIDs of which the provider still has a copy long after ours was stored."""
    query = (
        select(KeptRecording.sid)
        .where(KeptRecording.remote == "kept", KeptRecording.stored_at < stored_before)
        .order_by(KeptRecording.stored_at)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def _time_is_up(at: datetime) -> ColumnElement[bool]:
    return (KeptRecording.expires_at <= at) & ~_HELD
