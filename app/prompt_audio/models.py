"""Tables of prompts that people have spoken."""

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime

AWAITED, READY, REFUSED, IN_FORCE, WITHDRAWN = (
    "awaited",
    "ready",
    "refused",
    "in_force",
    "withdrawn",
)
_IN_FORCE = text("state = 'in_force'")


class PromptNumber(Base):
    """The number by which a prompt is named on the telephone; never given to another prompt."""

    __tablename__ = "prompt_numbers"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    prompt: Mapped[str] = mapped_column(String(120), unique=True)


class PromptTake(Base):
    """One time that somebody spoke a prompt in a language, or sent a file of it.

    `words` are the prompt's text at that time: when the text changes, the take is out of date.
    `awaited` while its recording is fetched, then `ready` or `refused` (`trouble` says why);
    `in_force` while callers hear it, of which a prompt has one per language; then `withdrawn`.
    `recording_sid` is empty for a file.
    """

    __tablename__ = "prompt_takes"
    __table_args__ = (
        Index(
            "ix_prompt_takes_in_force",
            "prompt",
            "language",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        Index("ix_prompt_takes_prompt", "prompt", "language", "id"),
        Index("ix_prompt_takes_recording_sid", "recording_sid"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    prompt: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(16))  # telephone, file
    recording_sid: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(16))
    trouble: Mapped[str] = mapped_column(String(16), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    seconds: Mapped[float] = mapped_column(default=0.0)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
