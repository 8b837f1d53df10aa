"""The table of what members of the staff can do."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, BigKey


class StaffSkill(Base):
    """What a member of the staff can do: a skill of `directory.yaml`, or a language by its tag."""

    __tablename__ = "staff_skills"

    staff_id: Mapped[int] = mapped_column(BigKey, ForeignKey("staff.id"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(64), primary_key=True)
