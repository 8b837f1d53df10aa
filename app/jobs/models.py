"""The table of the outbox."""

from datetime import datetime

from sqlalchemy import ColumnElement, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime, said

URGENT, USUAL = 0, 1  # priorities
WAITING, DONE, FAILED = "waiting", "done", "failed"


class Job(Base):
    """One thing to be done once it is due.

    `key` makes it unique: asked for twice, it is done once. `attempts` counts the leases given
    and is the fencing token: only the holder of the latest lease may settle the row. What is due is
    done by `priority`, the smallest first.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "ix_jobs_waiting",
            "priority",
            "due_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_jobs_done",
            "finished_at",
            "id",
            sqlite_where=text("state = 'done'"),
            postgresql_where=text("state = 'done'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(128), unique=True)
    payload: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    priority: Mapped[int] = mapped_column(SmallInteger, default=USUAL, server_default=f"{USUAL}")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    leased_by: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(16), default=WAITING)
    last_error: Mapped[str] = mapped_column(String(200), default="")
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


def is_done() -> ColumnElement[bool]:
    """The condition of the index of done jobs: a partial index wants the very words."""
    return said(f"jobs.state = '{DONE}'")
