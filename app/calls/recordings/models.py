"""Tables of the recordings we keep. What the provider told of each stands in `recordings`."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.calls.models import Sid
from app.database import Base, BigKey, EncryptedText, UTCDateTime

_UNDER_WAY = text("next_try_at IS NOT NULL")
_KEPT = text("expires_at IS NOT NULL")
_REMOTE = text("remote = 'kept'")


class State(StrEnum):
    """How far a recording has come."""

    awaited = "awaited"  # to be fetched from the provider
    stored = "stored"  # the original is verified and ours; the player's copies are to be made
    playable = "playable"
    unplayable = "unplayable"  # kept as it came, but no sound can be made of it
    failed = "failed"  # never obtained; the provider may still have it
    expired = "expired"  # deleted when its time was up; what was known of it remains


class KeptRecording(Base):
    """One recording of ours, from the provider's callback to the end of its retention.

    The row is the queue of the work on it: due at `next_try_at`, under way until `busy_until`;
    `attempts` counts tries of the present state and `trouble` is why the last one failed.
    `sha256`, `size` (bytes), `seconds`, `channels`, `rate_hz`, `encoding` are the original's, as
    verified; `explained` says why a length other than the one told was accepted. `seen_sha256` is
    that of the last file whose length was odd.

    The player's time begins at `trim_start` of the original and ends at `trim_end` (seconds): all
    notes and redactions are in the player's time. `rendition` counts the player's copies that were
    asked for, `played_rendition` names those that are there: while they differ, nothing is played.
    `remote` is `kept`, `deleted`, or `gone` when the provider had it no more.
    """

    __tablename__ = "kept_recordings"
    __table_args__ = (
        Index(
            "ix_kept_recordings_under_way",
            "next_try_at",
            "id",
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        Index(
            "ix_kept_recordings_expires_at",
            "expires_at",
            "id",
            sqlite_where=_KEPT,
            postgresql_where=_KEPT,
        ),
        Index(
            "ix_kept_recordings_remote",
            "stored_at",
            sqlite_where=_REMOTE,
            postgresql_where=_REMOTE,
        ),
        Index("ix_kept_recordings_call_sid", "call_sid"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    sid: Mapped[str] = mapped_column(Sid, unique=True)
    call_sid: Mapped[str | None] = mapped_column(Sid)
    conference_sid: Mapped[str | None] = mapped_column(Sid)
    source: Mapped[str] = mapped_column(String(32))
    told_seconds: Mapped[int | None]
    told_channels: Mapped[int | None]
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[State] = mapped_column(String(16))
    trouble: Mapped[str] = mapped_column(String(32), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    busy_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    seen_sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int | None] = mapped_column(BigInteger)
    seconds: Mapped[float | None]
    channels: Mapped[int | None]
    rate_hz: Mapped[int | None]
    encoding: Mapped[str] = mapped_column(String(16), default="")
    explained: Mapped[str] = mapped_column(String(120), default="")
    silent: Mapped[bool] = mapped_column(default=False)
    trim_start: Mapped[float | None]
    trim_end: Mapped[float | None]
    rendition: Mapped[int] = mapped_column(default=1)
    played_rendition: Mapped[int | None]
    retention: Mapped[str] = mapped_column(String(16), default="")
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    remote: Mapped[str] = mapped_column(String(16), default="kept")
    stored_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    playable_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RecordingListen(Base):
    """One listening: who, when, why, and how much. Sound is served only to an open one.

    `reason` is empty within one's own tickets. `seconds` is how much was played, as far as the
    player told.
    """

    __tablename__ = "recording_listens"
    __table_args__ = (Index("ix_recording_listens_recording_id", "recording_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    recording_id: Mapped[int] = mapped_column(BigKey, ForeignKey("kept_recordings.id"))
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(EncryptedText, default="")
    seconds: Mapped[float] = mapped_column(default=0.0)


class RecordingNote(Base):
    """A remark at a place of a recording, in the player's seconds."""

    __tablename__ = "recording_notes"
    __table_args__ = (Index("ix_recording_notes_recording_id", "recording_id", "seconds"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    recording_id: Mapped[int] = mapped_column(BigKey, ForeignKey("kept_recordings.id"))
    seconds: Mapped[float]
    text: Mapped[str] = mapped_column(EncryptedText)
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RecordingRedaction(Base):
    """A stretch nobody hears any more, in the player's seconds; the sealed original keeps it."""

    __tablename__ = "recording_redactions"
    __table_args__ = (Index("ix_recording_redactions_recording_id", "recording_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    recording_id: Mapped[int] = mapped_column(BigKey, ForeignKey("kept_recordings.id"))
    begin: Mapped[float]
    end: Mapped[float]
    reason: Mapped[str] = mapped_column(EncryptedText)
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by: Mapped[str] = mapped_column(String(64), default="")


class RecordingHold(Base):
    """A legal hold: as long as one stands, the recording does not expire."""

    __tablename__ = "recording_holds"
    __table_args__ = (Index("ix_recording_holds_recording_id", "recording_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    recording_id: Mapped[int] = mapped_column(BigKey, ForeignKey("kept_recordings.id"))
    reason: Mapped[str] = mapped_column(EncryptedText)
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lifted_by: Mapped[str] = mapped_column(String(64), default="")
