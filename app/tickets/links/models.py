"""Tables of links, merges and calls."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime
from app.tickets.states import TicketState

LinkKind = Literal["related", "cause", "follow_up"]
_STANDING = text("undone_at IS NULL")


class TicketLink(Base):
    """`from_id` is related to, was caused by, or follows up on `to_id`."""

    __tablename__ = "ticket_links"
    __table_args__ = (
        UniqueConstraint("from_id", "to_id", "kind"),
        Index("ix_ticket_links_to_id", "to_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    from_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    to_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    kind: Mapped[LinkKind] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(64))


class TicketMerge(Base):
    """A duplicate was closed in favour of a survivor; what undoing it must put back."""

    __tablename__ = "ticket_merges"
    __table_args__ = (
        Index(
            "ix_ticket_merges_duplicate_id",
            "duplicate_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_ticket_merges_survivor_id", "survivor_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    duplicate_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    survivor_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(EncryptedText)
    former_state: Mapped[TicketState] = mapped_column(String(16))
    former_closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    former_respond_due_at: Mapped[datetime] = mapped_column(UTCDateTime)  # the survivor's
    former_complete_due_at: Mapped[datetime] = mapped_column(UTCDateTime)  # the survivor's
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class TicketCall(Base):
    """A call about a ticket, other than the one it began with (call-back, return visit, alarm)."""

    __tablename__ = "ticket_calls"
    __table_args__ = (
        UniqueConstraint("ticket_id", "call_sid"),
        Index("ix_ticket_calls_call_sid", "call_sid"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    call_sid: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
