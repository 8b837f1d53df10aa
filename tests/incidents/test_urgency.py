"""Whatever an emergency asks of the telephone network goes before all that waits."""

from collections import Counter
from secrets import token_hex

from app.database import Database
from app.incidents.models import Incident
from app.incidents.service import Incidents
from app.jobs.models import URGENT, Job
from app.people.access.scope import ALL
from app.people.staff.models import StaffGrant
from sqlalchemy import insert
from tests.tickets.clocks.test_deaths import START
from tests.tickets.clocks.town import shipped_directory, town


def test_rings_alerts_texts_and_steps_are_all_urgent(database: Database) -> None:
    with town(database, shipped_directory()) as place:
        person = place.employ("wang", "+8613900000001")
        grant = {
            "staff_id": person,
            "role": "supervisor",
            "department": ALL,
            "region": ALL,
            "granted_at": START,
        }
        with place.database.writing() as connection:
            connection.execute(insert(StaffGrant).values(**grant))
            Incidents(shipped_directory, lambda: token_hex(16)).start_drill(
                connection,
                ticket_number="12345674",
                category="danger",
                place="",
                people=None,
                staff_id=person,
                language="zh-CN",
                at=START,
            )
        assert len(place.rows(Incident)) == 1
        asked = Counter((job.kind, job.priority) for job in place.rows(Job))
    urgent = {"incident.ring", "incident.step", "message.send"}
    assert {kind for kind, priority in asked if priority == URGENT} == urgent
    assert urgent.isdisjoint(kind for kind, priority in asked if priority != URGENT)
