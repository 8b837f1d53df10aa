"""Tables of alerts to staff."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime

_UNSEEN = text("acknowledged_at IS NULL")


class Alert(Base):
    """One thing that one member of staff is told, in however many ways.

    `key` makes it unique. `words` is JSON: the sentence by language. `ways` is a comma list of
    console, sms, push and call. `seen_at` is when it was first shown on the console,
    `acknowledged_at` when the person said so.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index(
            "ix_alerts_open",
            "staff_id",
            "id",
            sqlite_where=_UNSEEN,
            postgresql_where=_UNSEEN,
        ),
        Index("ix_alerts_staff_id", "staff_id", "id"),
        Index("ix_alerts_ticket_id", "ticket_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    staff_id: Mapped[int] = mapped_column(BigKey, ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(64))
    ticket_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("tickets.id"))
    words: Mapped[str] = mapped_column(EncryptedText)
    ways: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PushSubscription(Base):
    """A browser that wants to be told. `endpoint_index` is the blind index of its address."""

    __tablename__ = "push_subscriptions"
    __table_args__ = (Index("ix_push_subscriptions_staff_id", "staff_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigKey, ForeignKey("staff.id"))
    endpoint: Mapped[str] = mapped_column(EncryptedText)
    endpoint_index: Mapped[str] = mapped_column(String(32), unique=True)
    p256dh: Mapped[str] = mapped_column(Text)
    auth: Mapped[str] = mapped_column(EncryptedText)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
