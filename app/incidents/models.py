"""Tables of incidents."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime

Id = String(32)  # 128 random bits in hexadecimal
_OPEN = text("closed_at IS NULL")

Rung = Literal["officer", "supervisor", "head", "director"]
CallState = Literal[
    "dialing",  # is rung, or will be at once
    "unknown",  # nobody knows whether it is rung (law L4)
    "answered",  # hears what it is about
    "taken",
    "passed",
    "machine",
    "silent",
    "busy",
    "no_answer",
    "failed",
    "cancelled",  # somebody else took it first
]


class Incident(Base):
    """One emergency, or a drill of one: where it is, who is in charge, and how it ended.

    `source` makes it unique, `ticket_id` is the ticket whose history tells of it, `call_sid` the
    caller's call (empty for a drill). `floor` names the conference on which whoever takes it meets
    the caller. `place` is a key of the directory's `places`, `place_words` what the caller said.
    `round` and `step` tell who is being asked; a `step` of -1 is the pause before a round.
    `taken_by` is None when a telephone took it that belongs to no member of staff. Another report
    of the same place and time is linked to the first by `linked_to_id`.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_open", "reported_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_incidents_reported_at", "reported_at", "id"),
        Index("ix_incidents_call_sid", "call_sid"),
        Index("ix_incidents_linked_to_id", "linked_to_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    source: Mapped[str] = mapped_column(String(200), unique=True)
    ticket_id: Mapped[int] = mapped_column(BigKey, ForeignKey("tickets.id"), unique=True)
    call_sid: Mapped[str] = mapped_column(String(64))
    floor: Mapped[str] = mapped_column(String(64))
    is_drill: Mapped[bool]
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    place: Mapped[str] = mapped_column(String(64))
    place_words: Mapped[str] = mapped_column(EncryptedText)
    people: Mapped[int | None]
    round: Mapped[int]
    step: Mapped[int]
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_by: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff.id"))
    taken_rung: Mapped[str] = mapped_column(String(16))
    linked_to_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("incidents.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff.id"))
    outcome: Mapped[str] = mapped_column(EncryptedText)


class IncidentCall(Base):
    """One telephone that is rung about an incident in one step of one round, at most once.

    `token` is the one-time secret in the webhooks of the call; it binds to the first call SID that
    shows it (threat T17). `placed_at` is set before the network is asked for the call: a row that
    has it and no `call_sid` may or may not have been rung, and is never rung again (law L4).
    """

    __tablename__ = "incident_calls"
    __table_args__ = (UniqueConstraint("incident_id", "round", "step", "position"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int] = mapped_column(BigKey, ForeignKey("incidents.id"))
    round: Mapped[int]
    step: Mapped[int]
    position: Mapped[int]
    rung: Mapped[Rung] = mapped_column(String(16))
    staff_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff.id"))
    number: Mapped[str] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(16))
    token: Mapped[str] = mapped_column(Id, unique=True)
    call_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[CallState] = mapped_column(String(16))
    placed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
