"""The table of saved filters."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime


class SavedFilter(Base):
    """A list somebody wants to find again: its name and the query part of its address."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigKey)
    name: Mapped[str] = mapped_column(String(64))
    query: Mapped[str] = mapped_column(String(1_000))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
