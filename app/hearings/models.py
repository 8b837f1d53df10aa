"""Tables of hearings.

Who voted is in `hearing_voters`, what was chosen in `hearing_ballots`, and nothing joins the two
once a vote is closed (decision 015).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime
from app.flows.hearing import Attendance
from app.hearings.states import HearingState, LegState, QuorumKind, TurnState, VoteState

Id = String(32)  # 128 random bits in hexadecimal


class Hearing(Base):
    """One hearing, from its plan to its minutes.

    `moves` counts how often it was moved: what was planned for another hour finds it changed and
    does nothing.

    `roll` is the number of the last roll call that is over, `roll_until` when the one that is being
    taken ends. `quorum` is a number of representatives or a percentage of them, by `quorum_kind`.
    """

    __tablename__ = "hearings"
    __table_args__ = (Index("ix_hearings_starts_at", "starts_at", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[HearingState] = mapped_column(String(16))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    moves: Mapped[int] = mapped_column(default=0, server_default="0")
    quorum_kind: Mapped[QuorumKind] = mapped_column(String(8))
    quorum: Mapped[int]
    floor_seconds: Mapped[int]
    conference: Mapped[str] = mapped_column(String(64), unique=True)
    item: Mapped[int] = mapped_column(default=0)  # the position of the present one, from 1
    roll: Mapped[int] = mapped_column(default=0)
    roll_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class HearingItem(Base):
    """One item of the agenda, and how long it is to take."""

    __tablename__ = "hearing_items"
    __table_args__ = (UniqueConstraint("hearing_id", "position"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    hearing_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearings.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    minutes: Mapped[int]
    began_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class HearingMember(Base):
    """Somebody who takes part. `pin_hash` is a keyed hash of the PIN they may dial in with.

    `removed_at` takes them off the list: their PIN opens nothing, and their number names nobody
    else ever after.
    """

    __tablename__ = "hearing_members"
    __table_args__ = (UniqueConstraint("hearing_id", "position"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    hearing_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearings.id"))
    position: Mapped[int]
    role: Mapped[Attendance] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(EncryptedText)
    phone: Mapped[str] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(16))
    pin: Mapped[str] = mapped_column(EncryptedText)
    pin_hash: Mapped[str] = mapped_column(String(32), unique=True)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class HearingLeg(Base):
    """One call of a member. `placed_at` is set *before* the network is asked (law L4).

    `roll` is the number of the last roll call that this leg has answered; consenting answers it.
    """

    __tablename__ = "hearing_legs"
    __table_args__ = (
        Index("ix_hearing_legs_hearing_id", "hearing_id", "id"),
        Index("ix_hearing_legs_member_id", "member_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    hearing_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearings.id"))
    member_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearing_members.id"))
    token: Mapped[str] = mapped_column(Id, unique=True)
    call_sid: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[LegState] = mapped_column(String(16))
    dialled_in: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    placed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    consented_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    in_room: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    roll: Mapped[int] = mapped_column(default=0)


class HearingTurn(Base):
    """A member's wish to speak, and their time on the floor; at most one in a hearing speaks."""

    __tablename__ = "hearing_turns"
    __table_args__ = (
        Index("ix_hearing_turns_hearing_id", "hearing_id", "id"),
        Index(
            "ix_hearing_turns_one_floor",
            "hearing_id",
            unique=True,
            sqlite_where=text("state = 'speaking'"),
            postgresql_where=text("state = 'speaking'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    hearing_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearings.id"))
    member_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearing_members.id"))
    state: Mapped[TurnState] = mapped_column(String(16))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    began_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class HearingVote(Base):
    """A question to be voted on. `question` and `options` are JSON, by language.

    `secret` keys the ballots while the vote is open and is destroyed when it closes. `tally` (JSON)
    and `head`, the end of the chain of ballots, are empty before.
    """

    __tablename__ = "hearing_votes"
    __table_args__ = (
        UniqueConstraint("hearing_id", "position"),
        Index(
            "ix_hearing_votes_one_open",
            "hearing_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    hearing_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearings.id"))
    position: Mapped[int]
    state: Mapped[VoteState] = mapped_column(String(16))
    question: Mapped[str] = mapped_column(Text)
    options: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    present: Mapped[int] = mapped_column(default=0)  # representatives when it was opened
    secret: Mapped[str] = mapped_column(EncryptedText, default="")
    tally: Mapped[str] = mapped_column(Text, default="")
    head: Mapped[str] = mapped_column(String(64), default="")


class SealedBallot(Base):
    """A ballot of an open vote. `voter` is a hash that only the vote's secret can make again."""

    __tablename__ = "hearing_sealed_ballots"

    vote_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearing_votes.id"), primary_key=True)
    voter: Mapped[str] = mapped_column(String(64), primary_key=True)
    choice: Mapped[str] = mapped_column(EncryptedText)


class HearingVoter(Base):
    """That a member has voted; neither when nor what."""

    __tablename__ = "hearing_voters"

    vote_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearing_votes.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("hearing_members.id"), primary_key=True
    )


class HearingBallot(Base):
    """A counted ballot of a closed vote. `token` is random, `link` chains it to the one before."""

    __tablename__ = "hearing_ballots"
    __table_args__ = (UniqueConstraint("vote_id", "position"),)

    token: Mapped[str] = mapped_column(Id, primary_key=True)
    vote_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearing_votes.id"))
    position: Mapped[int]
    choice: Mapped[str] = mapped_column(String(1))
    link: Mapped[str] = mapped_column(String(64))


class HearingConference(Base):
    """The provider's name of a conference of this hearing: a new one when all had left it."""

    __tablename__ = "hearing_conferences"

    sid: Mapped[str] = mapped_column(String(64), primary_key=True)
    hearing_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearings.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class HearingEvent(Base):
    """One thing that happened in a hearing. Append-only; never of what anybody has voted.

    `present` is how many representatives were there just after it.
    """

    __tablename__ = "hearing_events"
    __table_args__ = (Index("ix_hearing_events_hearing_id", "hearing_id", "id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    hearing_id: Mapped[int] = mapped_column(BigKey, ForeignKey("hearings.id"))
    member_id: Mapped[int | None] = mapped_column(BigKey, ForeignKey("hearing_members.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    event: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text, default="")
    actor: Mapped[str] = mapped_column(String(64), default="")
    present: Mapped[int]
