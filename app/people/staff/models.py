"""Tables of staff and of what they were granted."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey, EncryptedText, UTCDateTime
from app.people.access.rights import Role


class Staff(Base):
    """Somebody who works with the hotline. Never deleted: events and the audit name them."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(16), default="zh-CN")
    phone: Mapped[str] = mapped_column(EncryptedText, default="")
    phone_index: Mapped[str] = mapped_column(String(32), default="", index=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StaffGrant(Base):
    """A role in an area; `*` is every department or region, "" the hotline's own desk."""

    __tablename__ = "staff_grants"
    __table_args__ = (UniqueConstraint("staff_id", "role", "department", "region"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    role: Mapped[Role] = mapped_column(String(16))
    department: Mapped[str] = mapped_column(String(64), default="*")
    region: Mapped[str] = mapped_column(String(64), default="*")
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime)
