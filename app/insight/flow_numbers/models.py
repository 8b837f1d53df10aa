"""Tables of the numbers of flows. Days are the county's; a call counts on the day it began."""

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime

Version = String(64)
Address = String(128)
# Rows stand in the order of their keys: a span of days is read in one go.
BY_KEY = {"sqlite_with_rowid": False}


class CallToCount(Base):
    """A call that has ended and is counted when due; its row goes with the counting."""

    __tablename__ = "calls_to_count"
    __table_args__ = (Index("ix_calls_to_count_due_at", "due_at"),)

    call_sid: Mapped[str] = mapped_column(String(64), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)


class NodeCount(Base):
    """What happened at a node on a day in a version; a flow by its name alone has `callers` only.

    `visits` are arrivals and `callers` calls, each once. `seconds` is the time callers stayed,
    announcements on the way there included. `silences`, `wrongs` (keys) and `not_understood`
    (words) are failed answers, `repeats` wishes to hear it again. A call ends at its last node:
    by the flow itself (`ends`) or by the caller (`hang_ups`); `lost` are those of either that led
    to nothing.
    """

    __tablename__ = "node_counts"
    __table_args__ = BY_KEY

    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(Version, primary_key=True)
    node: Mapped[str] = mapped_column(Address, primary_key=True)
    visits: Mapped[int] = mapped_column(default=0)
    callers: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
    silences: Mapped[int] = mapped_column(default=0)
    wrongs: Mapped[int] = mapped_column(default=0)
    not_understood: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=0)
    ends: Mapped[int] = mapped_column(default=0)
    hang_ups: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)


class WayCount(Base):
    """How often calls went from a node to another, and by what (`counting.cause_of`)."""

    __tablename__ = "way_counts"
    __table_args__ = BY_KEY

    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(Version, primary_key=True)
    node: Mapped[str] = mapped_column(Address, primary_key=True)
    target: Mapped[str] = mapped_column(Address, primary_key=True)
    cause: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class JourneyCount(Base):
    """How many inbound calls got how far (`counting.STAGES`) and led to what."""

    __tablename__ = "journey_counts"
    __table_args__ = BY_KEY

    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(Version, primary_key=True)
    stage: Mapped[str] = mapped_column(String(16), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
