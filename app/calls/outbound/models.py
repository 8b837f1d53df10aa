"""The table of calls we place."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime

OutboundState = Literal[
    "planned",
    "dialing",
    "answered",
    "busy",
    "no_answer",
    "machine",
    "somebody_else",
    "failed",
    "unknown",
    "cancelled",
]
_UNSETTLED = text("settled_at IS NULL")


class OutboundCall(Base):
    """One call to be placed, once.

    `key` makes it unique, `token` comes back in its webhooks and is bound to one call. `purpose`
    and `subject` say what for (`return_visit` and the visit's id). `number` is rung;
    `citizen_index` is the citizen whose daily allowance the call uses, also when a member of the
    staff is rung first. A call whose outcome is `unknown` is never placed again (law L4). Once
    `settled_at` its purpose has been told how it went, and nothing changes any more.
    """

    __tablename__ = "outbound_calls"
    __table_args__ = (
        Index("ix_outbound_calls_citizen_index", "citizen_index", "placed_at"),
        Index("ix_outbound_calls_subject", "purpose", "subject"),
        Index(
            "ix_outbound_calls_unsettled",
            "due_at",
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(EncryptedText)
    citizen_index: Mapped[str] = mapped_column(String(32))
    state: Mapped[OutboundState] = mapped_column(String(16))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    placed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    call_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
