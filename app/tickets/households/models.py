"""Tables of households and callers."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime


class Household(Base):
    """A household as the resettlement registers know it, by its code."""

    __tablename__ = "households"
    __table_args__ = (
        Index("ix_households_head_index", "head_index"),
        Index("ix_households_village", "village", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    region: Mapped[str] = mapped_column(String(64))
    village: Mapped[str] = mapped_column(String(64))
    head: Mapped[str] = mapped_column(EncryptedText)
    head_index: Mapped[str] = mapped_column(String(32))
    members: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Caller(Base):
    """A telephone that calls, and what is known of the person at it.

    `best_time` is when they like to be called, in their own words.
    """

    __tablename__ = "callers"
    __table_args__ = (
        Index("ix_callers_name_index", "name_index"),
        Index("ix_callers_household_id", "household_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    phone_index: Mapped[str] = mapped_column(String(32), unique=True)
    phone: Mapped[str] = mapped_column(EncryptedText)
    name: Mapped[str] = mapped_column(EncryptedText)
    name_index: Mapped[str] = mapped_column(String(32))
    household_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("households.id"))
    language: Mapped[str] = mapped_column(String(16))
    best_time: Mapped[str] = mapped_column(EncryptedText)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
