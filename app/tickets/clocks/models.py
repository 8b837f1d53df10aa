"""The table of alarms. The clocks themselves are columns of the ticket."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime

ClockName = Literal["respond", "complete"]


class TicketAlarm(Base):
    """That a level of a clock was passed; the unique key makes each alarm happen once.

    `level` is a percentage of the promised time, `round` the ticket's `clock_round`. `due_at` is
    the instant of the level, `at` when the sweep noticed. `skipped` levels were passed together
    with a higher one, for which alone people were told.
    """

    __tablename__ = "ticket_alarms"
    __table_args__ = (
        UniqueConstraint("ticket_id", "clock", "round", "level"),
        Index("ix_ticket_alarms_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"))
    clock: Mapped[ClockName] = mapped_column(String(16))
    round: Mapped[int]
    level: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    skipped: Mapped[bool]
