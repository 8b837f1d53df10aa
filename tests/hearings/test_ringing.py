"""Ringing the members of a hearing: whose telephones, by whose hand, and by which entry."""

import json
from datetime import timedelta
from typing import Any

import pytest
from app.database import Database
from app.flows.directory import Dialling
from app.hearings import service, store
from app.hearings.attendance import AttendanceDesk
from app.hearings.errors import HearingError
from app.hearings.models import HearingLeg
from app.hearings.service import HearingWish, MemberWish
from app.jobs.models import Job
from sqlalchemy import Connection, select
from tests.fixtures.office import NOON
from tests.tickets.clocks.town import shipped_directory

OFFICE = "staff:7"
ABROAD = "+85223456789"
DIRECTORY = shipped_directory()
HEARINGLESS = DIRECTORY.model_copy(
    update={"entries": DIRECTORY.entries.model_copy(update={"hearing": ""})}
)


class Chance:
    """Numbers that nobody has seen before."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self) -> str:
        self._last += 1
        return f"{self._last:032x}"


def planned(connection: Connection, *phones: str, dialling: Dialling | None = None) -> int:
    """A hearing with these members."""
    wish = HearingWish("听证会", NOON + timedelta(hours=1), "number", 2, 60, ())
    chance = Chance()
    hearing = service.plan(connection, wish, OFFICE, NOON, chance)
    people = [MemberWish("代表", phone, "representative", "zh-CN") for phone in phones]
    allowed = dialling or Dialling()
    service.add_members(connection, hearing, people, allowed, OFFICE, NOON, chance)
    return hearing


def invited(connection: Connection) -> list[Any]:
    """The payloads of the calls that are asked for."""
    query = select(Job.payload).where(Job.kind == "hearings.invite").order_by(Job.id)
    return [json.loads(payload) for payload in connection.execute(query).scalars()]


def test_whoever_rings_a_member_by_hand_causes_the_call(database: Database) -> None:
    desk = AttendanceDesk(lambda: DIRECTORY, Chance())
    with database.writing() as connection:
        hearing = planned(connection, "+8613800138001")
        (member,) = store.need(connection, hearing).members
        desk.ring(connection, hearing, member.id, OFFICE, NOON)
        assert [payload["actor"] for payload in invited(connection)] == [OFFICE]


def test_at_the_hour_nobody_in_particular_does(database: Database) -> None:
    desk = AttendanceDesk(lambda: DIRECTORY, Chance())
    with database.writing() as connection:
        hearing = planned(connection, "+8613800138001", "+8613800138002")
        desk.ring_all(connection, hearing, 1, NOON)
        assert [payload["actor"] for payload in invited(connection)] == ["system"] * 2


def test_without_an_entry_nobody_is_rung_to_hear_the_menus(database: Database) -> None:
    desk = AttendanceDesk(lambda: HEARINGLESS, Chance())
    with database.writing() as connection:
        hearing = planned(connection, "+8613800138001")
        (member,) = store.need(connection, hearing).members
        desk.ring_all(connection, hearing, 1, NOON)
        with pytest.raises(HearingError, match="no entry `hearing`"):
            desk.ring(connection, hearing, member.id, OFFICE, NOON)
        assert connection.execute(select(HearingLeg.id)).first() is None


def test_the_site_s_own_list_says_whose_telephone_is_rung(database: Database) -> None:
    with pytest.raises(HearingError, match="not on the list"), database.writing() as connection:
        planned(connection, ABROAD)
    with database.writing() as connection:
        hearing = planned(connection, ABROAD, dialling=Dialling(prefixes=["+86", "+852"]))
        assert len(store.need(connection, hearing).members) == 1
