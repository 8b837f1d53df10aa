"""The table of clauses read by staff."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime

Extent = Literal["whole", "cut"]


class ClauseReading(Base):
    """A person read a part of an article to a ticket's caller: in full, or cut short."""

    __tablename__ = "ticket_readings"
    __table_args__ = (
        Index("ix_ticket_readings_ticket_id", "ticket_id", "id"),
        Index("ix_ticket_readings_article", "article", "at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    article: Mapped[str] = mapped_column(String(64))
    part: Mapped[str] = mapped_column(String(8))
    staff_id: Mapped[int] = mapped_column(BigKey)
    extent: Mapped[Extent] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
