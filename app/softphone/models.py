"""Tables of talks that somebody of the staff has in their browser, and of the legs in them."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime

Role = Literal["agent", "colleague", "supervisor"]
Mode = Literal["", "listen", "whisper", "join"]  # of a supervisor
LegState = Literal["asked", "dialing", "on", "left", "failed"]
Disposition = Literal["", "answered", "follow_up", "transferred", "wrong_number", "nuisance"]

_OPEN = text("ended_at IS NULL")
_LEG_OPEN = text("left_at IS NULL")


class SoftphoneTalk(Base):
    """One conversation with a citizen, from the answer until the citizen or the last of us leaves.

    `call_sid` is the citizen's call, empty until the network tells of one that we dial. Two legs
    are bridged until somebody holds, transfers or listens: then all are moved to the conference
    `room`. `held` is whether the citizen hears music there. `lost` is set when whoever talked with
    them vanished: the citizen is offered again.
    """

    __tablename__ = "softphone_talks"
    __table_args__ = (
        Index("ix_softphone_talks_call_sid", "call_sid", "id"),
        Index(
            "ix_softphone_talks_room",
            "room",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    direction: Mapped[Literal["inbound", "outbound"]] = mapped_column(String(16))
    call_sid: Mapped[str] = mapped_column(String(64), default="")
    citizen: Mapped[str] = mapped_column(EncryptedText)
    citizen_index: Mapped[str] = mapped_column(String(32))
    ticket: Mapped[str] = mapped_column(String(16), default="")
    language: Mapped[str] = mapped_column(String(16), default="")
    room: Mapped[str] = mapped_column(String(64), default="")
    held: Mapped[bool] = mapped_column(default=False)
    lost: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SoftphoneLeg(Base):
    """Somebody of ours in a talk: who answered or dials, a colleague who is asked, a supervisor.

    `token` is used once: by the browser that connects, or by the call that is placed. `call_sid` is
    the leg's own call. `target` is whom a transfer asks for, `blind` whether whoever transferred
    has left. `hung_up_at` tells one who put down the telephone from one who was cut off. `trouble`
    says why a leg came to nothing. `disposition` and `note` are what its end was written up as.
    """

    __tablename__ = "softphone_legs"
    __table_args__ = (
        Index("uq_softphone_legs_token", "token", unique=True),
        Index("ix_softphone_legs_call_sid", "call_sid"),
        Index("ix_softphone_legs_talk_id", "talk_id"),
        Index("ix_softphone_legs_staff_id", "staff_id", "id"),
        Index(
            "ix_softphone_legs_open",
            "staff_id",
            sqlite_where=_LEG_OPEN,
            postgresql_where=_LEG_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    talk_id: Mapped[int] = mapped_column(BigKey, ForeignKey("softphone_talks.id"))
    role: Mapped[Role] = mapped_column(String(16))
    staff_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff.id"))
    address: Mapped[str] = mapped_column(EncryptedText, default="")
    token: Mapped[str] = mapped_column(String(64))
    call_sid: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[LegState] = mapped_column(String(16))
    mode: Mapped[Mode] = mapped_column(String(16), default="")
    target: Mapped[str] = mapped_column(String(96), default="")
    blind: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    in_room_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hung_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    trouble: Mapped[str] = mapped_column(String(32), default="")
    disposition: Mapped[Disposition] = mapped_column(String(16), default="")
    note: Mapped[str] = mapped_column(EncryptedText, default="")
