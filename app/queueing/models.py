"""Tables of callers who want a person, and of the telephones rung for them."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime

CallerState = Literal["waiting", "ringing", "talking", "kept", "calling", "ended"]
Outcome = Literal[
    "",
    "person",  # spoke with a person
    "message",  # went on to leave a message
    "left",  # another key
    "hung_up",
    "came_back",  # called again while the place was kept, and has it there
    "called_back",
    "not_reached",  # did not answer the call back
    "given_up",  # nobody of the staff took the call back: the task is left for them
    "lost",  # nothing was heard of the call any more
]
RingResult = Literal[
    "",
    "accepted",
    "no_answer",
    "busy",
    "failed",
    "forgiven",  # failed, and somebody has said since that the telephone works
    "machine",
    "cancelled",
]

_OPEN = text("ended_at IS NULL")


class QueuedCaller(Base):
    """Somebody who wants a person, from the moment they ask until they have one or give up.

    `in_line_since` is the order in which they are served: of a kept place, when they first asked.
    `patient_from` is when their present minute of waiting began, or their place was kept;
    `seen_at` is when the call was last heard of. `position` is their place when they asked.
    Whoever claims them has them until `claim_until`, by telephone number (or `client:…`) in
    `claimed_by`. `ticket` is the number of the task of a kept place. Times and outcome are what
    the targets are measured by.
    """

    __tablename__ = "queued_callers"
    __table_args__ = (
        Index(
            "uq_queued_callers_call_sid",
            "call_sid",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "ix_queued_callers_in_line",
            "in_line_since",
            "id",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_queued_callers_asked_at", "asked_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    call_sid: Mapped[str] = mapped_column(String(64))
    caller: Mapped[str] = mapped_column(EncryptedText)
    caller_index: Mapped[str] = mapped_column(String(32))
    target: Mapped[str] = mapped_column(String(96))
    language: Mapped[str] = mapped_column(String(16))
    state: Mapped[CallerState] = mapped_column(String(16))
    position: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    in_line_since: Mapped[datetime] = mapped_column(UTCDateTime)
    patient_from: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    claimed_by: Mapped[str] = mapped_column(EncryptedText, default="")
    claimed_index: Mapped[str] = mapped_column(String(32), default="")
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    claim_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff.id"))
    ticket: Mapped[str] = mapped_column(String(16), default="")
    tries: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[Outcome] = mapped_column(String(16), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class StaffRing(Base):
    """One telephone rung for one caller. While it is open nobody else rings that telephone.

    `until` is when it is over even if nobody tells so.
    """

    __tablename__ = "staff_rings"
    __table_args__ = (
        Index(
            "uq_staff_rings_number_index",
            "number_index",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_staff_rings_number_index", "number_index", "rung_at"),
        Index("ix_staff_rings_caller_id", "caller_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    caller_id: Mapped[int] = mapped_column(BigKey, ForeignKey("queued_callers.id"))
    number_index: Mapped[str] = mapped_column(String(32))
    rung_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    result: Mapped[RingResult] = mapped_column(String(16), default="")
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
