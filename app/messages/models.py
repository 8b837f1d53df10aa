"""Tables of text messages."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime


class Message(Base):
    """One text message, to or from a telephone.

    `key` makes it unique: the sender's own for what goes out, `sid:<SID>` for what came in.
    `number` is the far side. `status` is one of `app.messages.status.RANK` and only ever rises by
    `rank`. `purpose` says what an inbound text was taken for (`appeal`, `addition`, `status`,
    `stop`, `start`, `help`, `machine`, or a word of the handler that claimed it). `answer` is what
    was answered at once to an inbound text; a repeated delivery gets it again.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_number_index", "number_index", "at"),
        Index("ix_messages_ticket_id", "ticket_id", "id"),
        Index("ix_messages_at", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    direction: Mapped[str] = mapped_column(String(3))  # in, out
    number: Mapped[str] = mapped_column(EncryptedText)
    number_index: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(EncryptedText)
    segments: Mapped[int] = mapped_column(SmallInteger, default=1)
    status: Mapped[str] = mapped_column(String(16))
    rank: Mapped[int] = mapped_column(SmallInteger)
    purpose: Mapped[str] = mapped_column(String(16), default="")
    answer: Mapped[str | None] = mapped_column(EncryptedText)
    ticket_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("tickets.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    sending_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str] = mapped_column(String(64), default="")


class OptOut(Base):
    """A telephone that wants no texts. `source` says how we know: its own `text`, or `provider`."""

    __tablename__ = "message_opt_outs"

    number_index: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    source: Mapped[str] = mapped_column(String(16))
