"""Tables of screening."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime

_STANDING = text("lifted_at IS NULL")


class Ban(Base):
    """A number that is not let into the menus, until `until` (None: until it is lifted).

    A number has at most one ban that is not lifted. `calls` counts how often it was refused.
    """

    __tablename__ = "bans"
    __table_args__ = (
        Index(
            "ix_bans_standing",
            "number_index",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    number: Mapped[str] = mapped_column(EncryptedText)
    number_index: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(EncryptedText)
    banned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    banned_by: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lifted_by: Mapped[str] = mapped_column(String(64), default="")
    calls: Mapped[int] = mapped_column(default=0)
    last_call_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ChallengeAnswer(Base):
    """How a caller answered "press the number you hear". Append-only."""

    __tablename__ = "challenge_answers"
    __table_args__ = (Index("ix_challenge_answers_caller_index", "caller_index", "at"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    call_sid: Mapped[str] = mapped_column(String(64), unique=True)
    caller_index: Mapped[str] = mapped_column(String(32))
    passed: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
