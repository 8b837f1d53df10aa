"""The table of sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime

Hash = String(64)  # SHA-256 in hexadecimal


class StaffSession(Base):
    """A browser that somebody has signed in with; only a hash of its cookie is kept.

    `way` is how they signed in: `password`, `oidc`, or `oidc+mfa` when the identity provider asked
    for a second factor. `key` names the session without giving access. `needs_code` is a session
    whose password was right and whose second factor is still due. After a change of roles `renew`
    asks for a new cookie at the next request; `former_hash` is then good until `former_until`, for
    requests that were on their way.
    """

    __tablename__ = "staff_sessions"
    __table_args__ = (
        Index("ix_staff_sessions_staff_id", "staff_id", "created_at"),
        Index("ix_staff_sessions_former_hash", "former_hash"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    token_hash: Mapped[str] = mapped_column(Hash, unique=True)
    former_hash: Mapped[str] = mapped_column(Hash, default="")
    former_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    way: Mapped[str] = mapped_column(String(16), default="password")
    needs_code: Mapped[bool] = mapped_column(default=False)
    renew: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str] = mapped_column(EncryptedText, default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
