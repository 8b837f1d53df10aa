"""The table of legs that left, or were refused."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime

Way = Literal["rest", "dial", "found"]
LegState = Literal["reserved", "placed", "unknown", "ended", "released", "refused", "stranger"]
UNSETTLED: tuple[LegState, ...] = ("reserved", "placed", "unknown")
_IS_UNSETTLED = text("state IN ('reserved', 'placed', 'unknown')")


class OutboundLeg(Base):
    """One leg that the hotline causes: placed by REST, put into a `<Dial>`, or found afterwards.

    `key` is the one-time token of a call, or names the number of a `<Dial>`. What counts against
    the caps has `placed_at` set, and `booked_seconds`: the worst case when it is reserved, what it
    took once it has `ended`. A leg that was `refused` says by which `rule`; `released` is one that
    certainly never rang. `over_cap` names the cap that an emergency passed. A `stranger` was found
    in the provider's list, and nobody here knows what it was for.
    """

    __tablename__ = "outbound_legs"
    __table_args__ = (
        Index("ix_outbound_legs_placed_at", "placed_at", "booked_seconds"),
        Index("ix_outbound_legs_number_index", "number_index", "placed_at"),
        Index("ix_outbound_legs_actor", "actor", "placed_at"),
        Index("ix_outbound_legs_asked_at", "asked_at", "id"),
        Index("ix_outbound_legs_parent_sid", "parent_sid"),
        Index(
            "ix_outbound_legs_unsettled",
            "asked_at",
            "state",
            sqlite_where=_IS_UNSETTLED,
            postgresql_where=_IS_UNSETTLED,
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    way: Mapped[Way] = mapped_column(String(8))
    purpose: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(EncryptedText)
    number_index: Mapped[str] = mapped_column(String(32))
    state: Mapped[LegState] = mapped_column(String(16))
    rule: Mapped[str] = mapped_column(String(32), default="")
    over_cap: Mapped[str] = mapped_column(String(32), default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    placed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    booked_seconds: Mapped[int]
    call_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    parent_sid: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16), default="")
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
