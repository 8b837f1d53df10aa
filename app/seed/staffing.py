"""Who is there before the first made-up call: staff, their duty, and the callers we know."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import Connection

from app.flows.calendar import WorkingCalendar
from app.flows.hours import COUNTY_TIME
from app.people.access.rights import Role
from app.people.access.visitor import Grant, Kind, Visitor
from app.people.credentials.passwords import hash_password
from app.people.credentials.service import give_password
from app.people.roster.service import WeeklyDuty, add_weekly, lay_out
from app.people.staff.queries import find_person
from app.people.staff.service import Profile, add_staff, give_grant
from app.seed.cast import County, StaffMember
from app.seed.lives import Worker
from app.seed.plan import Person
from app.tickets.households.service import HouseholdFacts, save_caller, save_household
from app.tickets.households.service import Profile as CallerProfile


def take_on(
    connection: Connection, made_up: County, password: str, at: datetime
) -> dict[str, Worker]:
    """The made-up staff, with their grants, by login."""
    kept = hash_password(password) if password else ""
    operator = Visitor(Kind.operator, name="seed", grants=(Grant.of(Role.admin),))
    found = {}
    for member in made_up.staff:
        profile = Profile(member.name, phone=member.phone)
        staff_id = add_staff(connection, member.login, profile, kept, by=operator, at=at)
        give_password(connection, staff_id, kept, at, one_time=False)
        for role, department in member.grants:
            person = find_person(connection, staff_id)
            assert person is not None
            give_grant(connection, person, Role(role), department, by=operator, at=at)
        found[member.login] = Worker(staff_id, frozenset(area for _, area in member.grants))
    return {login: worker for login, worker in found.items() if _works(made_up.staff, login)}


def _works(staff: list[StaffMember], login: str) -> bool:
    """Whether somebody takes tickets."""
    member = next(one for one in staff if one.login == login)
    return any(role in (Role.agent, Role.mediator) for role, _ in member.grants)


def put_on_duty(
    connection: Connection,
    calendar: WorkingCalendar,
    workers: Mapping[str, Worker],
    begun: datetime,
    now: datetime,
) -> None:
    """Two officers share the desk, day and night; each department has its own person by day."""
    first = begun.astimezone(COUNTY_TIME).date()
    for weekday in range(7):
        day, night = ("zhang", "li") if weekday % 2 else ("li", "zhang")
        _weekly(connection, workers[day], "", weekday, "08:00", 720, first)
        _weekly(connection, workers[night], "", weekday, "20:00", 720, first)
    for login, department in (("wu", "resettlement"), ("tian", "agriculture"), ("peng", "water")):
        for weekday in range(5):
            _weekly(connection, workers[login], department, weekday, "08:30", 540, first)
    today = now.astimezone(COUNTY_TIME).date()
    lay_out(connection, calendar, first, today + timedelta(days=35))


def _weekly(
    connection: Connection,
    worker: Worker,
    department: str,
    weekday: int,
    starts: str,
    minutes: int,
    first: date,
) -> None:
    add_weekly(
        connection,
        WeeklyDuty(
            worker.staff_id,
            department,
            "agent" if department else "officer",
            "primary",
            weekday,
            starts,
            minutes,
            on_holidays=not department,
            valid_from=first,
        ),
    )


def get_to_know(
    connection: Connection, callers: list[Person], chance: Random, at: datetime
) -> None:
    """Half of the callers are known by name, with their households."""
    homes: dict[int, int] = {}
    for person in callers[: len(callers) // 2]:
        if person.household not in homes:
            facts = HouseholdFacts(
                code=f"YM{person.household:05}",
                village=person.village,
                head=person.name,
                members=chance.randint(1, 7),
            )
            homes[person.household] = save_household(connection, facts, at)
        profile = CallerProfile(name=person.name, household_id=homes[person.household])
        save_caller(connection, person.phone, profile, at)
