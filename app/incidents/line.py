"""Who is asked about an incident: supervisors, the head, the director; all of a step together.

The officers on duty are rung by the caller's own call. From the second round on, and in a drill,
which has no caller, the first step rings them as well.
"""

from datetime import datetime

from sqlalchemy import Connection

from app.flows.directory import Directory
from app.incidents.models import Rung
from app.incidents.states import LINE
from app.people.roster.contacts import Contact, distinct, duty_contacts, post_contacts
from app.tickets.clocks.telling import supervisors

HOTLINE = ""  # the hotline's own desk, as departments are named

Asked = list[tuple[Rung, Contact]]


def asked_in(
    connection: Connection,
    directory: Directory,
    department: str,
    step: int,
    at: datetime,
    *,
    with_officers: bool,
) -> Asked:
    """Everybody to be asked in a step of the line, nobody twice."""
    rung = LINE[step]
    if rung == "supervisor":
        found: Asked = [("supervisor", one) for one in supervisors(connection, department)]
        if with_officers:
            found += [("officer", one) for one in duty_contacts(connection, directory, HOTLINE, at)]
    else:
        office, desk = directory.departments.get(department), directory.duty
        post = getattr(office, rung, None) or getattr(desk, rung)
        found = [(rung, one) for one in post_contacts(connection, post)]
    kept = set(distinct(contact for _, contact in found))
    return [(each, contact) for each, contact in found if contact in kept]
