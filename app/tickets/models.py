"""Tables of tickets."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime
from app.tickets.states import TicketState

_OPEN = text("state NOT IN ('resolved', 'closed')")
_UNANSWERED = text("acknowledged_at IS NULL")


class Ticket(Base):
    """One matter that somebody brought to the hotline, until it is settled.

    `source` says what it came from (`CA…:appeal:RE…`) and makes it unique. An empty `department`
    is the hotline's own desk. The clocks are instants: `respond_due_at` for a person to have
    acknowledged it, `complete_due_at` for it to be resolved; time in `waiting` moves the latter.
    A `confidential` ticket is sealed: the caller asked for it.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index(
            "ix_tickets_unanswered",
            "respond_due_at",
            "id",
            sqlite_where=_UNANSWERED,
            postgresql_where=_UNANSWERED,
        ),
        Index(
            "ix_tickets_open", "complete_due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index("ix_tickets_caller_index", "caller_index", "id"),
        Index("ix_tickets_category", "category", "id"),
        Index("ix_tickets_call_sid", "call_sid"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    number: Mapped[str] = mapped_column(String(8), unique=True)
    source: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    category: Mapped[str] = mapped_column(String(64))
    department: Mapped[str] = mapped_column(String(64))
    priority: Mapped[str] = mapped_column(String(16))
    state: Mapped[TicketState] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(16))
    caller: Mapped[str] = mapped_column(EncryptedText)
    caller_index: Mapped[str] = mapped_column(String(32))
    call_sid: Mapped[str] = mapped_column(String(64))
    recording_sid: Mapped[str] = mapped_column(String(64), default="")
    recording_seconds: Mapped[int] = mapped_column(default=0)
    words: Mapped[str] = mapped_column(EncryptedText, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    confidential: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    respond_due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    complete_due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    waiting_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class TicketEvent(Base):
    """One change of a ticket: who, when, what, why. Append-only."""

    __tablename__ = "ticket_events"
    __table_args__ = (Index("ix_ticket_events_ticket_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str] = mapped_column(String(16), default="")
    to_state: Mapped[str] = mapped_column(String(16), default="")
    why: Mapped[str] = mapped_column(Text, default="")
