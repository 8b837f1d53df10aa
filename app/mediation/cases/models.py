"""Tables of dispute cases."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime
from app.mediation.cases.states import CaseState, Mode, PartyRole, SittingState

Id = String(32)  # 128 random bits in hexadecimal


class DisputeCase(Base):
    """A dispute that the hotline mediates, until it is settled or given up.

    `number` is for people and telephones (eight digits with a check digit, as a ticket's).
    `source` makes it unique (`ticket:12345678`, `call:CA…`). `kind` is a category of the directory.
    `ticket_id` is the ticket it was opened from: its seal is the case's. `first_call_at` is when
    the matter was first brought; the days to settle run from it.
    `follow_up_on` is a day of the county. `effective_on` is the day all parties had signed the
    agreement; the 30 days for a joint application to the court run from it. `version` rises with
    each change.
    """

    __tablename__ = "dispute_cases"
    __table_args__ = (
        Index("ix_dispute_cases_opened_at", "opened_at", "id"),
        Index("ix_dispute_cases_state", "state", "opened_at", "id"),
        Index("ix_dispute_cases_department", "department", "opened_at", "id"),
        Index("ix_dispute_cases_settled_at", "settled_at"),
        Index("ix_dispute_cases_ticket_id", "ticket_id"),
        Index("ix_dispute_cases_call_sid", "call_sid"),
        Index("ix_dispute_cases_follow_up_on", "follow_up_on"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    number: Mapped[str] = mapped_column(String(8), unique=True)
    source: Mapped[str] = mapped_column(String(80), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    ticket_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("tickets.id"))
    call_sid: Mapped[str] = mapped_column(String(64), default="")
    department: Mapped[str] = mapped_column(String(64))
    region: Mapped[str] = mapped_column(String(64), default="")
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(EncryptedText, default="")
    state: Mapped[CaseState] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(EncryptedText, default="")
    mediator_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff.id"))
    first_call_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_by: Mapped[str] = mapped_column(String(64))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    effective_on: Mapped[date | None] = mapped_column(Date)
    follow_up_on: Mapped[date | None] = mapped_column(Date)
    followed_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class DisputeParty(Base):
    """Somebody who takes part in a case, with what the form of the agreement asks of a person.

    All but the role is personal and encrypted. `removed_at` takes them out of what is planned;
    what they took part in still names them.
    """

    __tablename__ = "dispute_parties"
    __table_args__ = (
        Index("ix_dispute_parties_case_id", "case_id", "id"),
        Index("ix_dispute_parties_phone_index", "phone_index"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("dispute_cases.id"))
    role: Mapped[PartyRole] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(EncryptedText)
    phone: Mapped[str] = mapped_column(EncryptedText, default="")
    phone_index: Mapped[str] = mapped_column(String(32), default="")
    language: Mapped[str] = mapped_column(String(16))
    department: Mapped[str] = mapped_column(String(64), default="")
    household_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("households.id"))
    gender: Mapped[str] = mapped_column(EncryptedText, default="")
    ethnicity: Mapped[str] = mapped_column(EncryptedText, default="")
    age: Mapped[str] = mapped_column(EncryptedText, default="")
    occupation: Mapped[str] = mapped_column(EncryptedText, default="")
    id_number: Mapped[str] = mapped_column(EncryptedText, default="")
    address: Mapped[str] = mapped_column(EncryptedText, default="")
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class DisputeSitting(Base):
    """One session of a case: at once or by appointment, and its minutes.

    `session_id` is the telephone session it became. `moves` counts how often it was moved: what
    was planned for another time finds it changed and does nothing. Once `signed_at` is set the
    minutes stand.
    """

    __tablename__ = "dispute_sittings"
    __table_args__ = (
        UniqueConstraint("case_id", "position"),
        Index("ix_dispute_sittings_session_id", "session_id"),
        Index("ix_dispute_sittings_planned_at", "planned_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("dispute_cases.id"))
    position: Mapped[int]
    mode: Mapped[Mode] = mapped_column(String(16))
    state: Mapped[SittingState] = mapped_column(String(16))
    planned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    moves: Mapped[int] = mapped_column(default=0)
    session_id: Mapped[str | None] = mapped_column(Id, ForeignKey("mediation_sessions.id"))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    why: Mapped[str] = mapped_column(EncryptedText, default="")
    remarks: Mapped[str] = mapped_column(EncryptedText, default="")
    signed_by: Mapped[str] = mapped_column(String(64), default="")
    signed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class DisputeSeat(Base):
    """A place in a sitting: who is to be rung, and by which PIN they may dial in themselves.

    `position` is the first digit of the PIN, so that one hash is compared, whoever dials in. The
    mediator's seat has no party and no PIN. `call_sid` is the call that proved the PIN last,
    `leg_id` the leg the seat has in the telephone session.
    """

    __tablename__ = "dispute_seats"
    __table_args__ = (
        UniqueConstraint("sitting_id", "position"),
        Index("ix_dispute_seats_call_sid", "call_sid"),
        Index("ix_dispute_seats_leg_id", "leg_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    sitting_id: Mapped[int] = mapped_column(BigKey, ForeignKey("dispute_sittings.id"))
    position: Mapped[int]
    role: Mapped[PartyRole] = mapped_column(String(16))
    party_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("dispute_parties.id"))
    staff_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff.id"))
    number: Mapped[str] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(16))
    pin_hash: Mapped[str | None] = mapped_column(String(255))
    call_sid: Mapped[str] = mapped_column(String(64), default="")
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    leg_id: Mapped[str | None] = mapped_column(Id)


class DisputeAgreement(Base):
    """One version of the agreement's text. Append-only; the highest version counts."""

    __tablename__ = "dispute_agreements"
    __table_args__ = (UniqueConstraint("case_id", "version"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("dispute_cases.id"))
    version: Mapped[int]
    facts: Mapped[str] = mapped_column(EncryptedText)
    matters: Mapped[str] = mapped_column(EncryptedText)
    terms: Mapped[str] = mapped_column(EncryptedText)
    performance: Mapped[str] = mapped_column(EncryptedText)
    copies: Mapped[int]
    recorder: Mapped[str] = mapped_column(EncryptedText, default="")
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DisputeAssent(Base):
    """A party's yes to a version of the agreement, given by key in a session. Append-only."""

    __tablename__ = "dispute_assents"
    __table_args__ = (UniqueConstraint("agreement_id", "leg_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(BigKey, ForeignKey("dispute_agreements.id"))
    sitting_id: Mapped[int] = mapped_column(BigKey, ForeignKey("dispute_sittings.id"))
    leg_id: Mapped[str] = mapped_column(Id)
    party_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("dispute_parties.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class DisputeEvent(Base):
    """One thing that happened to a case: who, when, what, why. Append-only.

    `words` are a person's own, `detail` is JSON with ASCII keys and holds nothing personal.
    """

    __tablename__ = "dispute_events"
    __table_args__ = (Index("ix_dispute_events_case_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[int] = mapped_column(BigKey, ForeignKey("dispute_cases.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor: Mapped[str] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str] = mapped_column(String(16), default="")
    to_state: Mapped[str] = mapped_column(String(16), default="")
    words: Mapped[str] = mapped_column(EncryptedText, default="")
    detail: Mapped[str] = mapped_column(Text, default="")
