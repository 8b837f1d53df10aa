"""Tables of the call log."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime

Sid = String(64)  # SIDs are opaque: compatible engines use other shapes than Twilio's
_UNJUDGED = text("outcome = '' AND direction = 'inbound'")
_A_LEG = text("parent_sid IS NOT NULL")
_UNDER_WAY = text("ended_at IS NULL")


class Call(Base):
    """One call leg: who, when, how it went, and where it is in its flow.

    `step` is the number of the step expected next and the version of the row: a step is written
    only `WHERE step = expected`, so that it happens once however often it is delivered. `outcome`
    is what an inbound call led to (`app.calls.outcomes`), empty until that has been judged.
    """

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_unjudged", "ended_at", sqlite_where=_UNJUDGED, postgresql_where=_UNJUDGED),
        Index(
            "ix_calls_under_way",
            "started_at",
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        Index("ix_calls_started_at", "started_at", "id"),
        Index("ix_calls_outcome", "outcome", "started_at", "id"),
        Index("ix_calls_caller_index", "caller_index", "started_at", "sid"),
        # Most calls are no leg, and none may be looked for by being none: the log has an order.
        Index("ix_calls_legs", "parent_sid", sqlite_where=_A_LEG, postgresql_where=_A_LEG),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    sid: Mapped[str] = mapped_column(Sid, unique=True)
    parent_sid: Mapped[str | None] = mapped_column(Sid)
    direction: Mapped[str] = mapped_column(String(16))
    caller: Mapped[str] = mapped_column(EncryptedText)
    caller_index: Mapped[str] = mapped_column(String(32))
    called: Mapped[str] = mapped_column(EncryptedText)
    status: Mapped[str] = mapped_column(String(16))
    status_rank: Mapped[int] = mapped_column(SmallInteger)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    seconds: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(16), default="")
    flow_version: Mapped[str] = mapped_column(String(64), default="")
    node: Mapped[str] = mapped_column(String(128), default="")
    state: Mapped[str | None] = mapped_column(Text)
    step: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(String(16), default="", server_default="")


class CallEvent(Base):
    """One thing that happened in a call. Append-only.

    `key` makes a delivery unique within its call (`step:3`, `status:2:completed`), so that a
    repeated one is stored once. `answer` is the TwiML that was answered; a repeated step gets it
    again. What a caller said is personal and stands encrypted in `words`.
    """

    __tablename__ = "call_events"
    __table_args__ = (UniqueConstraint("call_sid", "key"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    call_sid: Mapped[str] = mapped_column(Sid, ForeignKey("calls.sid"))
    key: Mapped[str] = mapped_column(String(96))
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    node: Mapped[str] = mapped_column(String(128), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str | None] = mapped_column(EncryptedText)
    answer: Mapped[str | None] = mapped_column(Text)


class Recording(Base):
    """A recording the provider keeps for us, as far as its callbacks told."""

    __tablename__ = "recordings"
    __table_args__ = (Index("ix_recordings_call_sid", "call_sid"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    sid: Mapped[str] = mapped_column(Sid, unique=True)
    call_sid: Mapped[str | None] = mapped_column(Sid)
    conference_sid: Mapped[str | None] = mapped_column(Sid)
    status: Mapped[str] = mapped_column(String(16))
    seconds: Mapped[int | None]
    channels: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(32), default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)
