"""The table of temporary notices."""

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime


class TemporaryNotice(Base):
    """A notice that is, or was, on from `began_at` until `ends_at`.

    `template` is the key of the ready-made one it comes from, empty for free text. `words` is JSON:
    its text by language, as it was when it was switched on. A notice that is taken back early ends
    then, and `ended_by` says by whom.
    """

    __tablename__ = "temporary_notices"
    __table_args__ = (Index("ix_temporary_notices_ends_at", "ends_at", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    template: Mapped[str] = mapped_column(String(64))
    words: Mapped[str] = mapped_column(Text)
    urgent: Mapped[bool]
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    began_by: Mapped[str] = mapped_column(String(64))
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_by: Mapped[str] = mapped_column(String(64), default="")
