"""The table of who is at their telephone in the browser."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime

PresenceState = Literal["ready", "away", "wrap_up"]


class StaffPresence(Base):
    """The telephone of one member of the staff, kept alive by the beats of one open page.

    `page` is that page's own token: of two pages the one opened last has the telephone. Without a
    beat for `service.GONE_AFTER` nobody is there, whatever `state` says. `at_desk` is whether they
    take the callers of the hotline's own desk also when the roster does not name them.
    """

    __tablename__ = "staff_presence"

    staff_id: Mapped[int] = mapped_column(BigKey, ForeignKey("staff.id"), primary_key=True)
    state: Mapped[PresenceState] = mapped_column(String(16))
    page: Mapped[str] = mapped_column(String(32))
    at_desk: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    beat_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
