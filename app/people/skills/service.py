"""Saying what a member of the staff can do."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert

from app.people.access.visitor import Visitor
from app.people.audit.service import record
from app.people.skills.models import StaffSkill
from app.people.skills.queries import skills_of
from app.people.staff import authority
from app.people.staff.queries import Person


def set_skills(
    connection: Connection, person: Person, skills: Collection[str], *, by: Visitor, at: datetime
) -> bool:
    """Somebody can do exactly this; False when that was known.

    Raises a StaffError when `by` may not manage them.
    """
    authority.insist_may_manage(by, person)
    wanted, had = frozenset(skills), skills_of(connection, person.id)
    if wanted == had:
        return False
    connection.execute(delete(StaffSkill).where(StaffSkill.staff_id == person.id))
    for skill in sorted(wanted):
        connection.execute(insert(StaffSkill).values(staff_id=person.id, skill=skill))
    record(
        connection,
        actor=by.actor,
        act="staff.skills",
        target=f"staff:{person.id}",
        detail={"skills": sorted(wanted)},
        at=at,
    )
    return True
