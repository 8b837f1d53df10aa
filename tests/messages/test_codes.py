"""One-time codes: what counts as guessing, and limits that many at once do not slip through."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from app.database import Database
from app.messages.codes.limits import HOUR, Limit, admit
from app.messages.codes.service import Request, TooOftenError, give_code, request_code

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def ask(database: Database, holder: str, number: str, subject: str) -> None:
    request = Request("follow", holder, f"address of {holder}", number, subject)
    with database.writing() as connection:
        request_code(connection, request, "123456", lambda code: f"code {code}", NOON)


def give(database: Database, holder: str, code: str, purpose: str = "follow") -> str | None:
    with database.writing() as connection:
        return give_code(connection, purpose, holder, code, NOON)


def test_guesses_that_could_not_be_right_shut_nobody_out(database: Database) -> None:
    for number in range(250):
        assert give(database, f"stranger {number}", "000000") is None
    for number in range(50):
        ask(database, f"decoy {number}", f"+86138{number:08}", "")
        for _ in range(5):
            assert give(database, f"decoy {number}", "000000") is None
    ask(database, "caller", "+8613900000001", "7")
    assert give(database, "caller", "123456") == "7"


def test_a_code_takes_five_tries(database: Database) -> None:
    ask(database, "caller", "+8613900000001", "7")
    for _ in range(5):
        assert give(database, "caller", "000000") is None
    assert give(database, "caller", "123456") is None


def test_too_many_wrong_guesses_shut_one_purpose_for_all(database: Database) -> None:
    for number in range(40):
        ask(database, f"guesser {number}", f"+86138{number:08}", "7")
        for _ in range(5):
            assert give(database, f"guesser {number}", "000000") is None
    with pytest.raises(TooOftenError):
        give(database, "caller", "123456")
    assert give(database, "caller", "123456", "callback") is None


def test_of_many_at_once_only_so_many_are_let_through(database: Database) -> None:
    limits = (Limit("callback", "telephone +8613900000001", HOUR, 1),)

    def try_it(_: int) -> bool:
        with database.writing() as connection:
            return admit(connection, limits, NOON) is None

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(try_it, range(10))) == 1
