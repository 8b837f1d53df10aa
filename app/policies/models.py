"""Tables of the knowledge base."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime


class PolicyReading(Base):
    """That an article was begun to be read to a caller (requirement R11)."""

    __tablename__ = "policy_readings"
    __table_args__ = (
        Index("ix_policy_readings_call_sid", "call_sid"),
        Index("ix_policy_readings_article", "article", "at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    call_sid: Mapped[str] = mapped_column(String(64))
    article: Mapped[str] = mapped_column(String(64))
    part: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(16))
    repeated: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class UnansweredWords(Base):
    """Words that no menu and no article understood; menus and articles are bettered by them."""

    __tablename__ = "unanswered_words"
    __table_args__ = (Index("ix_unanswered_words_at", "at"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    call_sid: Mapped[str] = mapped_column(String(64))
    node: Mapped[str] = mapped_column(String(128))
    words: Mapped[str] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
