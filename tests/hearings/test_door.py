"""A member dials in with their PIN: at the hour they are let in, too early they hear when."""

from datetime import timedelta

from app.calls.facts import CallFacts
from app.database import Database
from app.flows.hearing import HearingDoorLookup
from app.hearings import store
from app.hearings.looking import find_door
from tests.fixtures.office import NOON
from tests.hearings.test_telling import MOBILE, planned

HOUR = NOON + timedelta(hours=5)


def test_the_right_pin_too_early_tells_when_the_door_opens(database: Database) -> None:
    with database.writing() as connection:
        hearing = planned(connection, HOUR, MOBILE)
        (member,) = store.need(connection, hearing).members
        pin = HearingDoorLookup(store.pin_of(connection, member.id))
        opens_at = HOUR - timedelta(minutes=15)
        for at, waits_until in ((NOON, opens_at), (opens_at, None), (HOUR, None)):
            call = CallFacts("CA1", MOBILE, "zh-CN", at)
            door = find_door(connection, pin, call)
            assert door is not None
            assert door.opens_at == waits_until
        stranger = CallFacts("CA2", MOBILE, "zh-CN", NOON)
        assert find_door(connection, HearingDoorLookup("00000000"), stranger) is None
