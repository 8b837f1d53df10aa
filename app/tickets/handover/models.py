"""The table of offers."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime, said

OfferState = Literal["offered", "accepted", "declined", "withdrawn", "expired"]
_OFFERED = "state = 'offered'"
_STANDING = text(_OFFERED)
IS_STANDING = said(f"ticket_offers.{_OFFERED}")


class TicketOffer(Base):
    """An owner's offer to hand a ticket over, to one person or to a department.

    Until it is accepted the ticket stays with `from_staff_id`. A ticket has at most one standing
    offer. `reason` is why it was offered, `answer` why it was declined or withdrawn.
    """

    __tablename__ = "ticket_offers"
    __table_args__ = (
        Index(
            "ix_ticket_offers_standing",
            "ticket_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_ticket_offers_ticket_id", "ticket_id", "id"),
        Index("ix_ticket_offers_to_staff_id", "to_staff_id", "state"),
        Index("ix_ticket_offers_to_department", "to_department", "state"),
        Index(
            "ix_ticket_offers_expires_at",
            "expires_at",
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    from_staff_id: Mapped[int] = mapped_column(BigKey)
    to_staff_id: Mapped[int | None] = mapped_column(BigKey)
    to_department: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(EncryptedText)
    state: Mapped[OfferState] = mapped_column(String(16))
    offered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by: Mapped[int | None] = mapped_column(BigKey)
    answer: Mapped[str] = mapped_column(EncryptedText, default="")
