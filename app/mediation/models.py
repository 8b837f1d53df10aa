"""Tables of mediations."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime
from app.mediation.states import LegState, Reason, Role, SessionState

Id = String(32)  # 128 random bits in hexadecimal


class MediationSession(Base):
    """One attempt to bring a caller, a mediator and a department together.

    `floor_at` is when they began to speak with each other; a session that ends without it has a
    ticket with the source `mediation:<id>`.
    """

    __tablename__ = "mediation_sessions"
    __table_args__ = (Index("ix_mediation_sessions_created_at", "created_at", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    state: Mapped[SessionState] = mapped_column(String(16))
    reason: Mapped[Reason] = mapped_column(String(32), default="")
    department: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    conference: Mapped[str] = mapped_column(String(64), unique=True)
    conference_sid: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    floor_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MediationLeg(Base):
    """One party's telephone in a session.

    `position` is the order in which legs were rung. `token` is the one-time secret in the
    webhooks of a call we place; it binds to the first call SID that shows it (threat T17).
    `placed_at` is set *before* the network is asked for a call: a leg that has it and no
    `call_sid` may or may not have been rung, and is never rung again.
    """

    __tablename__ = "mediation_legs"
    __table_args__ = (UniqueConstraint("session_id", "position"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, ForeignKey("mediation_sessions.id"))
    position: Mapped[int]
    role: Mapped[Role] = mapped_column(String(16))
    number: Mapped[str] = mapped_column(EncryptedText)
    token: Mapped[str] = mapped_column(Id, unique=True)
    call_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[LegState] = mapped_column(String(16))
    placed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    consented_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MediationEvent(Base):
    """One thing that happened in a session. Append-only."""

    __tablename__ = "mediation_events"
    __table_args__ = (Index("ix_mediation_events_session_id", "session_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, ForeignKey("mediation_sessions.id"))
    leg_id: Mapped[str | None] = mapped_column(Id, ForeignKey("mediation_legs.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    event: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str] = mapped_column(String(16), default="")
    to_state: Mapped[str] = mapped_column(String(16), default="")
    detail: Mapped[str] = mapped_column(String(128), default="")
