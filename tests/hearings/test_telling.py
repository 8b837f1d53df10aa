"""What members of a hearing are told by text, and when."""

import json
from datetime import datetime, timedelta

from app.database import Database
from app.flows.directory import Dialling
from app.hearings import service, store
from app.hearings.conduct import Conductor
from app.hearings.service import HearingWish, MemberWish
from app.hearings.telling import Telling
from app.jobs.models import Job
from app.messages.composing import Composer
from app.messages.models import Message
from sqlalchemy import Connection, select
from tests.fixtures.office import NOON
from tests.flows.folders import shipped
from tests.hearings.test_ringing import Chance

OFFICE = "staff:7"
MOBILE, LANDLINE = "+8613800138001", "+867451012399"
TELLING = Telling(Composer(shipped, "+867451012345"))


def planned(
    connection: Connection, starts_at: datetime, *phones: str, title: str = "听证会"
) -> int:
    """A hearing with these members."""
    chance = Chance()
    wish = HearingWish(title, starts_at, "number", 1, 60, ())
    hearing = service.plan(connection, wish, OFFICE, NOON, chance)
    people = [MemberWish("代表", phone, "representative", "zh-CN") for phone in phones]
    service.add_members(connection, hearing, people, Dialling(), OFFICE, NOON, chance)
    return hearing


def asked(connection: Connection) -> list[tuple[str, timedelta]]:
    """The texts that are asked for, and how long from now each is due."""
    query = select(Job.payload, Job.due_at).where(Job.kind == "hearings.tell").order_by(Job.due_at)
    return [
        (json.loads(row.payload)["text"], row.due_at - NOON) for row in connection.execute(query)
    ]


def told(connection: Connection, hearing: int) -> list[str]:
    """Carry out each text that is asked for, twice; the bodies that are sent."""
    session = store.need(connection, hearing)
    members = {member.id: member for member in session.members}
    payloads = connection.execute(select(Job.payload).where(Job.kind == "hearings.tell")).scalars()
    for payload in [json.loads(text) for text in payloads] * 2:
        member = members[payload["member"]]
        TELLING.tell(connection, session, member, payload["text"], NOON)
    return list(connection.execute(select(Message.body).order_by(Message.id)).scalars())


def test_the_hour_is_told_at_once_and_again_an_hour_before(database: Database) -> None:
    with database.writing() as connection:
        hearing = planned(connection, NOON + timedelta(hours=5), MOBILE)
        assert asked(connection) == [("invited", timedelta(0)), ("reminder", timedelta(hours=4))]
        invited, reminder = told(connection, hearing)
        (member,) = store.need(connection, hearing).members
        assert store.pin_of(connection, member.id) in invited
        assert "提醒您" in reminder
        assert "下午5点" in reminder


def test_who_hears_of_it_shortly_before_is_not_reminded(database: Database) -> None:
    with database.writing() as connection:
        planned(connection, NOON + timedelta(hours=2), MOBILE)
        assert asked(connection) == [("invited", timedelta(0))]


def test_a_landline_gets_no_text(database: Database) -> None:
    with database.writing() as connection:
        hearing = planned(connection, NOON + timedelta(hours=2), LANDLINE)
        assert told(connection, hearing) == []


def test_a_cancelled_hearing_is_told_and_nobody_is_invited_to_it(database: Database) -> None:
    with database.writing() as connection:
        hearing = planned(connection, NOON + timedelta(hours=5), MOBILE, title="听证会" * 20)
        session = store.need(connection, hearing)
        Conductor(Chance()).end(connection, session, NOON, OFFICE)
        (cancelled,) = told(connection, hearing)
        assert "取消" in cancelled
        assert len(cancelled) < 100


def test_nobody_is_told_that_what_has_begun_is_cancelled(database: Database) -> None:
    with database.writing() as connection:
        hearing = planned(connection, NOON + timedelta(hours=5), MOBILE)
        session = store.need(connection, hearing)
        session = store.change(connection, session, NOON, "calling", state="calling")
        Conductor(Chance()).end(connection, session, NOON, OFFICE)
        assert told(connection, hearing) == []
