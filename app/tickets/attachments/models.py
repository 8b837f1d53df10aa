"""The table of attachments."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime


class TicketAttachment(Base):
    """One file. Its bytes are in the blob store under `blob`; the same bytes are kept once.

    `size` in bytes and `sha256` are of what is stored, after personal metadata was cut out.
    """

    __tablename__ = "ticket_attachments"
    __table_args__ = (
        UniqueConstraint("ticket_id", "sha256"),
        Index("ix_ticket_attachments_ticket_id", "ticket_id", "id"),
        Index("ix_ticket_attachments_blob", "blob"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(EncryptedText)
    media_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    blob: Mapped[str] = mapped_column(String(128))
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
