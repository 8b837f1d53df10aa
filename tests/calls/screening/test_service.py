"""The ban list, and who is challenged."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from app.calls.facts import CallFacts
from app.calls.screening.queries import bans, challenges_counted
from app.calls.screening.service import ScreeningError, answer_challenge, ban, lift, refuse_caller
from app.calls.screening.watch import Screening
from app.calls.writes import CallSeen, ensure_call
from app.database import Database
from app.flows.effects import AnswerChallenge, RefuseCaller
from app.site_settings.service import change_setting

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ROBOT, FARMER = "+8613800138009", "+8613800138000"


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def banned(database: Database, number: str = ROBOT, **changed: Any) -> int:
    given: dict[str, Any] = {
        "number": number, "reason": "骚扰", "until": None, "actor": "staff:1", "at": NOON
    }  # fmt: skip
    with database.writing() as connection:
        return ban(connection, **(given | changed))


def entry(database: Database, caller: str, at: datetime, screening: Screening | None = None) -> str:
    with database.reading() as connection:
        return (screening or Screening()).entry(connection, caller, at)


def test_a_banned_number_is_banned_until_its_time_is_over(database: Database) -> None:
    banned(database, until=after(3_600))
    assert entry(database, ROBOT, after(10)) == "banned"
    assert entry(database, FARMER, after(10)) == "inbound"
    assert entry(database, ROBOT, after(3_600)) == "inbound"
    banned(database, at=after(4_000))  # it may be banned again
    assert entry(database, ROBOT, after(4_010)) == "banned"


def test_a_lifted_ban_is_listed_below_the_standing_ones(database: Database) -> None:
    first = banned(database)
    banned(database, FARMER, at=after(1))
    with database.writing() as connection:
        assert lift(connection, first, "staff:2", after(5))
        assert not lift(connection, first, "staff:2", after(6))
        facts = CallFacts("CA1", FARMER, "zh-CN", after(7))
        refuse_caller(connection, RefuseCaller(), facts)
        listed = bans(connection, after(10))
    assert [(one.number, one.is_standing, one.calls) for one in listed] == [
        (FARMER, True, 1), (ROBOT, False, 0)
    ]  # fmt: skip
    with database.reading() as connection:
        assert [one.number for one in bans(connection, after(10), standing_only=True)] == [FARMER]


REFUSED = [
    {"number": "anonymous"},
    {"number": "13800138000"},
    {"number": "+12"},
    {"reason": "  "},
    {"reason": "x" * 501},
    {"until": NOON},
]


@pytest.mark.parametrize("changed", REFUSED)
def test_a_ban_that_makes_no_sense_is_refused(database: Database, changed: dict[str, Any]) -> None:
    with pytest.raises(ScreeningError):
        banned(database, **changed)
    with database.reading() as connection:
        assert bans(connection, NOON) == []


def test_a_number_is_banned_once(database: Database) -> None:
    banned(database)
    with pytest.raises(ScreeningError, match="banned already") as refused:
        banned(database, at=after(5))
    assert "已经在黑名单里" in refused.value.said("zh-CN")
    with pytest.raises(ScreeningError, match="no such ban"), database.writing() as connection:
        lift(connection, 99, "staff:1", NOON)


def test_while_nothing_is_switched_on_the_database_is_asked_every_few_seconds(
    database: Database,
) -> None:
    screening = Screening()
    assert screening.must_look(NOON)
    assert entry(database, ROBOT, NOON, screening) == "inbound"
    assert not screening.must_look(after(4.9))
    assert screening.must_look(after(5))
    banned(database)
    assert entry(database, ROBOT, after(1), screening) == "inbound"  # not known yet
    assert entry(database, ROBOT, after(5), screening) == "banned"
    assert screening.must_look(after(5.1))


def test_a_clock_that_was_set_back_makes_it_look_again(database: Database) -> None:
    screening = Screening()
    entry(database, ROBOT, NOON, screening)
    assert screening.must_look(after(-60))


def challenge(database: Database, **settings: Any) -> None:
    with database.writing() as connection:
        for key, value in settings.items():
            change_setting(connection, key, value, "staff:1", NOON)


def answered(database: Database, caller: str, sid: str, *, passed: bool) -> None:
    with database.writing() as connection:
        facts = CallFacts(sid, caller, "zh-CN", NOON)
        answer_challenge(connection, AnswerChallenge(passed), facts)


def test_who_has_passed_is_left_in_peace_for_a_day(database: Database) -> None:
    challenge(database, challenge="all")
    assert entry(database, FARMER, NOON) == "challenge"
    answered(database, FARMER, "CA1", passed=True)
    answered(database, FARMER, "CA1", passed=True)
    answered(database, ROBOT, "CA2", passed=False)
    assert entry(database, FARMER, after(3_600)) == "inbound"
    assert entry(database, FARMER, after(86_401)) == "challenge"
    assert entry(database, ROBOT, after(60)) == "challenge"
    with database.reading() as connection:
        assert challenges_counted(connection, NOON, after(1)) == {True: 1, False: 1}


def test_a_withheld_number_proves_nothing(database: Database) -> None:
    challenge(database, challenge="all")
    answered(database, "anonymous", "CA1", passed=True)
    assert entry(database, "anonymous", after(60)) == "challenge"


def test_who_calls_too_often_within_an_hour(database: Database) -> None:
    challenge(database, challenge="busy", challenge_calls_per_hour=3)
    for order in range(3):
        assert entry(database, ROBOT, after(order * 60)) == "inbound"
        with database.writing() as connection:
            seen = CallSeen(f"CA{order}", "inbound", ROBOT, "+867451012345", after(order * 60))
            ensure_call(connection, seen)
    assert entry(database, ROBOT, after(200)) == "challenge"
    assert entry(database, FARMER, after(200)) == "inbound"
    assert entry(database, ROBOT, after(3_601)) == "inbound"
