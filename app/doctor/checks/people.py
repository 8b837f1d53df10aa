"""Who is there: the roster, and how administrators sign in."""

from datetime import timedelta

from sqlalchemy import Connection

from app.doctor.patient import Patient, hours_of
from app.doctor.verdict import Verdict, failure, not_applicable, ok, warning
from app.people.access.rights import Role
from app.people.credentials.queries import with_totp
from app.people.roster.queries import DESK, gaps
from app.people.staff.queries import Person, all_people

AHEAD = timedelta(days=7)


def roster(patient: Patient) -> Verdict:
    """That somebody is on duty at the hotline's desk, the next seven days through."""
    now = patient.clock.now()
    with patient.database.reading() as connection:
        found = gaps(connection, DESK, now, now + AHEAD)
    if not found:
        return ok("somebody is on duty for the next seven days")
    hours = hours_of(sum((gap.ends - gap.begins for gap in found), timedelta()))
    return warning(
        f"nobody is on duty for {hours} of the next 168 hours",
        "Fill the roster on the console; until then the telephones of directory.yaml are rung.",
    )


def second_factor(patient: Patient) -> Verdict:
    """That a stolen password of an administrator opens nothing."""
    with patient.database.reading() as connection:
        admins = _admins(connection)
        bare = [person.login for person in admins if person.id not in with_totp(connection)]
    if not admins:
        return failure(
            "there is no administrator",
            "Run `hotline staff add LOGIN --name NAME --role admin`.",
        )
    if patient.is_simulated:
        return not_applicable("nobody but this machine reaches the demonstration")
    if bare:
        return warning(
            f"administrators without a second factor: {', '.join(bare)}",
            "Set HOTLINE_TOTP_ROLES=admin: they enrol at their next sign-in.",
        )
    return ok("every administrator has a second factor")


def _admins(connection: Connection) -> list[Person]:
    people = all_people(connection)
    return [person for person in people if person.active and Role.admin in person.roles]
