"""The table of API tokens."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, UTCDateTime


class ApiToken(Base):
    """A token of one of the county's systems; shown once, only its hash is kept.

    `rights` are rights by name, separated by spaces; they are had in one department and region,
    `*` for all.
    """

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    rights: Mapped[str] = mapped_column(Text)
    department: Mapped[str] = mapped_column(String(64), default="*")
    region: Mapped[str] = mapped_column(String(64), default="*")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
