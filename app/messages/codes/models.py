"""Tables of one-time codes, and of how often somebody has asked."""

from datetime import datetime

from sqlalchemy import Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime


class TextCode(Base):
    """A challenge: whoever gives the code back within its time and tries has the telephone.

    `holder` is the fingerprint of the browser that asked; only it can answer. `subject` is what is
    opened by it, such as a ticket's id; a decoy, made where nothing matches, has no `code` and can
    never be answered, and looks the same from outside. `proved_until` is set by the right answer.
    """

    __tablename__ = "text_codes"
    __table_args__ = (
        Index("ix_text_codes_holder", "holder", "purpose", "id"),
        Index("ix_text_codes_number_index", "number_index", "id"),
        Index("ix_text_codes_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    holder: Mapped[str] = mapped_column(String(64))
    number_index: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64), default="")
    code: Mapped[str] = mapped_column(String(64), default="")  # a keyed fingerprint
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    proved_until: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Counted(Base):
    """Something that may be done only so often: one row each time. Kept for two days.

    `kind` says what, `subject` whose: the blind index of a telephone or a network address, empty
    for everybody's together.
    """

    __tablename__ = "counted"
    __table_args__ = (
        Index("ix_counted_kind", "kind", "subject", "at"),
        Index("ix_counted_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
