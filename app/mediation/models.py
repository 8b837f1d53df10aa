"""Tables of mediations."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime, said
from app.mediation.states import LegState, PollAnswer, PollKind, Reason, Role, SessionState

Id = String(32)  # 128 random bits in hexadecimal
Name = String(64)  # of a conference: random too, for the provider shows it


class MediationSession(Base):
    """One attempt to bring parties, a mediator and departments together.

    `floor` is the conference that is now the floor, empty when there is none. `wants_floor`,
    `private_leg`, `wants_recording`, `talks_on`, `coached_leg` and `poll` are what the mediator has
    asked for (see `floor.Wishes`), `draft` the text of the agreement that is read to the parties.
    `floor_at` is when they first spoke with each other; a session that ends without it has a ticket
    with the source `mediation:<id>`. `ends_at` is when an open session is over at the latest.
    """

    __tablename__ = "mediation_sessions"
    __table_args__ = (
        Index("ix_mediation_sessions_created_at", "created_at", "id"),
        Index(
            "ix_mediation_sessions_alive",
            "created_at",
            postgresql_where=said("closed_at IS NULL"),
            sqlite_where=said("closed_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    state: Mapped[SessionState] = mapped_column(String(16))
    reason: Mapped[Reason] = mapped_column(String(32), default="")
    department: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    floor: Mapped[str] = mapped_column(Name, default="", server_default="")
    wants_floor: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    private_leg: Mapped[str] = mapped_column(Id, default="", server_default="")
    wants_recording: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    talks_on: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    coached_leg: Mapped[str] = mapped_column(Id, default="", server_default="")
    poll: Mapped[PollKind] = mapped_column(String(8), default="", server_default="")
    draft: Mapped[str] = mapped_column(EncryptedText, default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    floor_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MediationFloor(Base):
    """One floor of a session: a conference under a name that is used once.

    It is for the mediator and `private_leg` alone, unless that is empty. `closed_at` is when it
    ceased to be the floor, `ended_at` when the provider has certainly ended its conference.
    """

    __tablename__ = "mediation_floors"
    __table_args__ = (Index("ix_mediation_floors_session_id", "session_id"),)

    conference: Mapped[str] = mapped_column(Name, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, ForeignKey("mediation_sessions.id"))
    private_leg: Mapped[str] = mapped_column(Id, default="")
    recorded: Mapped[bool]
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    conference_sid: Mapped[str | None] = mapped_column(String(64), index=True)


class MediationLeg(Base):
    """One telephone in a session.

    `position` is the order in which legs were rung; legs of one `party` are the same person or
    office, rung again. `token` is the one-time secret in the webhooks of a call we place; it binds
    to the first call SID that shows it (threat T17). `placed_at` is set *before* the network is
    asked for a call: a leg that has it and no `call_sid` may or may not have been rung, and is
    never rung again. `floor` is the conference it was last sent into, empty while it waits.
    """

    __tablename__ = "mediation_legs"
    __table_args__ = (UniqueConstraint("session_id", "position"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, ForeignKey("mediation_sessions.id"))
    position: Mapped[int]
    role: Mapped[Role] = mapped_column(String(16))
    party: Mapped[str] = mapped_column(Id, default="", server_default="")
    name: Mapped[str] = mapped_column(EncryptedText, default="", server_default="")
    language: Mapped[str] = mapped_column(String(16), default="", server_default="")
    number: Mapped[str] = mapped_column(EncryptedText)
    token: Mapped[str] = mapped_column(Id, unique=True)
    call_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[LegState] = mapped_column(String(16))
    floor: Mapped[str] = mapped_column(Name, default="", server_default="")
    is_aside: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    is_muted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    records: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    answer: Mapped[PollAnswer] = mapped_column(String(8), default="", server_default="")
    placed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    consented_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MediationEvent(Base):
    """One thing that happened in a session, or was asked for. Append-only.

    `kind` is `session` and `leg` for changes of their states, and the name of each control.
    `by_staff_id` is who asked for it in the console; who did it by telephone is told by `detail`,
    an object in JSON with ASCII keys.
    """

    __tablename__ = "mediation_events"
    __table_args__ = (Index("ix_mediation_events_session_id", "session_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    session_id: Mapped[str] = mapped_column(Id, ForeignKey("mediation_sessions.id"))
    leg_id: Mapped[str | None] = mapped_column(Id, ForeignKey("mediation_legs.id"))
    by_staff_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str] = mapped_column(String(16), default="")
    to_state: Mapped[str] = mapped_column(String(16), default="")
    detail: Mapped[str] = mapped_column(Text, default="{}", server_default="{}")
