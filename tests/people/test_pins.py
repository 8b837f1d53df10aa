"""PINs: what is no PIN, and how guessing one is slowed down (threat T10)."""

from datetime import datetime, timedelta

import pytest
from app.database import Database
from app.people.access.rights import Right
from app.people.access.visitor import Kind, Visitor
from app.people.credentials.models import SignInAttempts
from app.people.credentials.passwords import hash_password
from app.people.credentials.throttle import TooManyAttemptsError
from app.people.pins.door import ANYBODY, Claim, count_miss, judge, let_in
from app.people.pins.queries import pin_set_at
from app.people.pins.service import WeakPinError, check_pin, remove_pin, set_pin
from sqlalchemy import insert
from tests.fixtures.office import NOON, Office

PIN, RIGHT = "736152", Right.prompts_edit


@pytest.mark.parametrize(
    ("pin", "weakness"),
    [("73615", "digits"), ("7361520000000", "digits"), ("73615a", "digits"), ("７３６１５２", "digits"),
     ("777777", "same"), ("121212", "same"), ("345678", "run"), ("987654", "run"), ("890123", "run")],
)  # fmt: skip
def test_a_pin_that_is_soon_guessed_is_refused(pin: str, weakness: str) -> None:
    with pytest.raises(WeakPinError) as refused:
        check_pin(pin)
    assert refused.value.weakness == weakness


def test_guesses_are_few_a_day_and_counted_alike_for_everybody(office: Office) -> None:
    staff = office.hire("ops")
    visitor = Visitor(Kind.staff, staff)
    with office.database.writing() as connection:
        set_pin(connection, visitor, hash_password(PIN), NOON)
    for who, caller in ((str(staff), "+8613900000001"), ("999999", "+8613900000002")):
        guesses = tries_until(office.database, Claim(who, caller), NOON + timedelta(days=1))
        assert guesses == 9
    claim = Claim(str(staff), "+8613900000003")
    with office.database.reading() as connection:
        assert judge(connection, claim, PIN, RIGHT, NOON + timedelta(hours=20)) == "shut"
        assert judge(connection, claim, PIN, RIGHT, NOON + timedelta(days=3)) == "right"
        assert judge(connection, claim, "736153", RIGHT, NOON + timedelta(days=3)) == "wrong"
        assert judge(connection, claim, PIN, Right.staff_edit, NOON + timedelta(days=3)) == "wrong"
    with office.database.writing() as connection:
        assert pin_set_at(connection, staff) == NOON
        assert remove_pin(connection, visitor, NOON)
        assert not remove_pin(connection, visitor, NOON)
        assert judge(connection, claim, PIN, RIGHT, NOON + timedelta(days=3)) == "wrong"


def tries_until(database: Database, claim: Claim, end: datetime) -> int:
    """How many guesses somebody has who tries six times an hour, and later once an hour."""
    at, tries = NOON, 0
    with database.writing() as connection:
        while at < end:
            tries += count_miss(connection, claim, at)
            at += timedelta(minutes=10 if at < NOON + timedelta(hours=1) else 60)
    return tries


def test_many_calls_at_once_have_no_more_tries_than_one(office: Office) -> None:
    claim = Claim("7", "+8613900000001")
    with office.database.writing() as connection:
        let_in(connection, claim, NOON)
        for _ in range(5):
            assert count_miss(connection, claim, NOON)
        with pytest.raises(TooManyAttemptsError):  # judged right before the others had failed
            let_in(connection, claim, NOON)


def test_the_whole_hotline_has_a_limit_too(office: Office) -> None:
    with office.database.writing() as connection:
        nearly = {"key": ANYBODY.key, "failures": ANYBODY.free - 1, "last_at": NOON}
        connection.execute(insert(SignInAttempts).values(nearly))
        assert count_miss(connection, Claim("2", "+8613900000001"), NOON)
        stranger = Claim("1", "+8613800138000")
        assert judge(connection, stranger, PIN, RIGHT, NOON) == "shut"
        assert judge(connection, stranger, PIN, RIGHT, NOON + timedelta(hours=25)) == "wrong"


def test_a_pin_is_set_on_the_account_page_by_whoever_may_record(office: Office) -> None:
    assert "电话密码" not in office.client("agent").get("/console/account").text
    page = office.client("ops").get("/console/account").text
    assert "电话密码" in page
