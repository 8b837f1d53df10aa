"""Tables of the duty roster."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime

DutyRole = Literal["officer", "agent", "mediator"]
Rank = Literal["primary", "backup"]
SwapState = Literal["asked", "accepted", "declined", "cancelled", "forced"]

_ASKED = text("state = 'asked'")


class DutyPattern(Base):
    """A week that repeats: on one weekday (Monday is 0) somebody is on duty from `starts` on.

    `starts` is `HH:MM` in the county's time and `minutes` the length, which may lead past
    midnight. With `on_holidays` false, holidays are left out and a make-up workday counts as a
    Monday. Shifts are made for days from `valid_from` up to and including `valid_until`.
    """

    __tablename__ = "duty_patterns"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    staff_id: Mapped[int] = mapped_column(BigKey, ForeignKey("staff.id"))
    department: Mapped[str] = mapped_column(String(64))
    role: Mapped[DutyRole] = mapped_column(String(16))
    rank: Mapped[Rank] = mapped_column(String(16))
    weekday: Mapped[int]
    starts: Mapped[str] = mapped_column(String(5))
    minutes: Mapped[int]
    on_holidays: Mapped[bool]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)


class DutyShift(Base):
    """One stretch of duty of one person, for a department or the hotline's own desk (empty).

    `came_from` makes a shift unique: `pattern:<id>:<day>`, or `hand:<random>`. A shift that was
    taken off the roster keeps its row, so that the pattern does not make it again.
    """

    __tablename__ = "duty_shifts"
    __table_args__ = (
        Index("ix_duty_shifts_department", "department", "ends_at", "starts_at"),
        Index("ix_duty_shifts_staff_id", "staff_id", "ends_at"),
        Index("ix_duty_shifts_starts_at", "starts_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    came_from: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(BigKey, ForeignKey("staff.id"))
    department: Mapped[str] = mapped_column(String(64))
    role: Mapped[DutyRole] = mapped_column(String(16))
    rank: Mapped[Rank] = mapped_column(String(16))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class DutySwap(Base):
    """A shift that somebody asks a colleague to take, perhaps in return for one of theirs.

    `answered_by` is who settled it: the colleague, the one who asked (cancelled), or a supervisor
    (forced). One shift can be asked about only once at a time.
    """

    __tablename__ = "duty_swaps"
    __table_args__ = (
        Index(
            "uq_duty_swaps_asked_shift",
            "shift_id",
            unique=True,
            sqlite_where=_ASKED,
            postgresql_where=_ASKED,
        ),
        Index("ix_duty_swaps_to_staff_id", "to_staff_id", "state"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    shift_id: Mapped[int] = mapped_column(BigKey, ForeignKey("duty_shifts.id"))
    return_shift_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("duty_shifts.id"))
    asked_by: Mapped[int] = mapped_column(BigKey, ForeignKey("staff.id"))
    to_staff_id: Mapped[int] = mapped_column(BigKey, ForeignKey("staff.id"))
    state: Mapped[SwapState] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(String(500), default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff.id"))
