"""Reads of what members of the staff can do."""

from sqlalchemy import Connection, select

from app.people.skills.models import StaffSkill


def skills_of(connection: Connection, staff_id: int) -> frozenset[str]:
    """What somebody can do, besides speaking their own language."""
    query = select(StaffSkill.skill).where(StaffSkill.staff_id == staff_id)
    return frozenset(connection.execute(query).scalars())
