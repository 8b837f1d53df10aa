"""Tables of escalations."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime
from app.tickets.clocks.models import ClockName

Id = String(32)  # 128 random bits in hexadecimal

EscalationState = Literal["open", "taken", "exhausted", "cancelled"]
Rung = Literal["person", "head", "director"]
CallState = Literal[
    "planned",  # not this person's turn yet
    "dialing",  # is rung, or will be at once
    "unknown",  # nobody knows whether it is rung (law L4)
    "answered",  # hears what the ticket is about
    "taken",
    "passed",
    "machine",
    "silent",
    "busy",
    "no_answer",
    "failed",
    "cancelled",  # somebody else took it first, or it was settled meanwhile
]


class Escalation(Base):
    """One ticket's search for somebody who takes it; `source` makes it unique."""

    __tablename__ = "escalations"
    __table_args__ = (Index("ix_escalations_ticket_id", "ticket_id", "created_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(128), unique=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    clock: Mapped[ClockName] = mapped_column(String(16))
    state: Mapped[EscalationState] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_by: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff.id"))


class EscalationCall(Base):
    """One telephone in the line, rung at most once.

    `token` is the one-time secret in the webhooks of the call; it binds to the first call SID that
    shows it (threat T17). `placed_at` is set *before* the network is asked for the call: a row
    that has it and no `call_sid` may or may not have been rung, and is never rung again (law L4).
    """

    __tablename__ = "escalation_calls"
    __table_args__ = (UniqueConstraint("escalation_id", "position"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    escalation_id: Mapped[str] = mapped_column(Id, ForeignKey("escalations.id"))
    position: Mapped[int]
    rung: Mapped[Rung] = mapped_column(String(16))
    staff_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff.id"))
    number: Mapped[str] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(16))
    token: Mapped[str] = mapped_column(Id, unique=True)
    call_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[CallState] = mapped_column(String(16))
    placed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
