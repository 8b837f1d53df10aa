"""The table of notes."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime

Way = Literal["", "call", "sms", "portal"]


class TicketNote(Base):
    """One note. Append-only.

    `told_by` is empty for an internal note, otherwise the way in which the caller was told. `key`
    makes it unique, so that a form sent twice is one note.
    """

    __tablename__ = "ticket_notes"
    __table_args__ = (Index("ix_ticket_notes_ticket_id", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(String(96), unique=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    told_by: Mapped[Way] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(EncryptedText)
