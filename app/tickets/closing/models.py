"""Tables of return visits."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime

VisitState = Literal["open", "answered", "silent", "withdrawn"]
Way = Literal["call", "text", "none"]
HeardBy = Literal["call", "status", "sms", "portal", "console"]

_OPEN = text("state = 'open'")


class ReturnVisit(Base):
    """The asking of a caller whether a resolved ticket is settled; one for each resolution.

    `way` is how the caller is asked now: by call, by text once calls have failed or the ticket
    came in writing, or not at all when nobody can be reached. `tries` counts the calls that were
    placed. `next_try_at` is when the caller is to be asked, None while a call is under way and
    once everything was tried; then `silent_at` is when silence closes the ticket. `word` and
    `heard_by` are the answer and the channel it came by.
    """

    __tablename__ = "return_visits"
    __table_args__ = (
        UniqueConstraint("ticket_id", "resolved_at"),
        Index(
            "ix_return_visits_next_try_at",
            "next_try_at",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_return_visits_silent_at", "silent_at", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    resolved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[VisitState] = mapped_column(String(16))
    way: Mapped[Way] = mapped_column(String(8))
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_try_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    texted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    silent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    word: Mapped[str] = mapped_column(String(16), default="")
    heard_by: Mapped[str] = mapped_column(String(16), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class BestTime(Base):
    """When a caller likes to be called: minutes after midnight in the county, by their number."""

    __tablename__ = "best_times"

    caller_index: Mapped[str] = mapped_column(String(32), primary_key=True)
    from_minute: Mapped[int]
    until_minute: Mapped[int]
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    noted_by: Mapped[str] = mapped_column(String(64))
