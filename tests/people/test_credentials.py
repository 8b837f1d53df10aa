"""What proves who somebody is: passwords, the throttle, one-time and recovery codes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from app.database import Database
from app.people.credentials import service, totp
from app.people.credentials.models import SignInAttempts, StaffCredential
from app.people.credentials.passwords import hash_password, one_time_password, verify_password
from app.people.credentials.queries import recovery_codes_left
from app.people.credentials.rules import WeakPasswordError, check_password
from app.people.credentials.throttle import (
    Gate,
    TooManyAttemptsError,
    address_gate,
    charge,
    code_gate,
    forgive,
    login_gate,
    take_back,
)
from sqlalchemy import select, text
from tests.people.people import MORNING, take_on

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: "12345678901234567890"


def weakness_of(password: str) -> str | None:
    try:
        check_password(password, "yang.xiaoling", "杨小玲")
    except WeakPasswordError as error:
        return error.weakness
    return None


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("eleven char", "short"),
        ("", "short"),
        ("x" * 257, "long"),
        ("PassWord1234", "obvious"),
        ("pass word 1234", "obvious"),
        ("123456789012", "obvious"),
        ("aaaabbbbaaaa", "obvious"),
        ("abcdefghijklmn", "obvious"),
        ("yang.xiaoling", "login"),
        ("Yang.Xiaoling2026", "login"),
        ("王小玲主任1234567", None),
        ("four rivers meet here", None),
        ("移民热线接听员的长长的密码", None),
    ],
)
def test_passwords_are_long_and_not_obvious(password: str, weakness: str | None) -> None:
    assert weakness_of(password) == weakness


def test_a_password_is_kept_as_a_hash_of_its_own() -> None:
    first, second = hash_password("four rivers meet"), hash_password("four rivers meet")
    assert first != second
    assert first.startswith("$argon2id$")
    assert verify_password("four rivers meet", first)
    assert not verify_password("five rivers meet", first)
    assert not verify_password("nobody's password", None)


def test_a_one_time_password_can_be_read_out() -> None:
    digits = iter(range(1000))
    made = one_time_password(lambda limit: next(digits) % limit)
    assert made == "23456-789bc-dfghj-kmnpq"
    check_password(made, "yang")


GATE = login_gate("Yang ")


def failures(database: Database, count: int, at: datetime, gate: Gate = GATE) -> datetime:
    """So many failures, each as soon as it is let; when the last was."""
    for _ in range(count):
        while True:
            try:
                with database.writing() as connection:
                    charge(connection, (gate,), at)
                break
            except TooManyAttemptsError as error:
                at = error.until
    return at


def shut_for(database: Database, at: datetime, gate: Gate = GATE) -> float:
    """Seconds until the next attempt."""
    try:
        with database.engine.begin() as connection:
            charge(connection, (gate,), at)
            connection.rollback()
    except TooManyAttemptsError as error:
        return (error.until - at).total_seconds()
    return 0


@pytest.mark.parametrize(
    ("count", "seconds"),
    [(1, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (40, 900)],
)
def test_each_failure_locks_for_longer(database: Database, count: int, seconds: float) -> None:
    last = failures(database, count, MORNING)
    assert shut_for(database, last) == seconds
    assert shut_for(database, last + timedelta(seconds=seconds)) == 0


def test_an_address_is_given_more_and_gates_do_not_shut_each_other(database: Database) -> None:
    failures(database, 19, MORNING, address_gate("192.0.2.1"))
    assert shut_for(database, MORNING, address_gate("192.0.2.1")) == 0
    failures(database, 1, MORNING, address_gate("192.0.2.1"))
    assert shut_for(database, MORNING, address_gate("192.0.2.1")) == 30
    for other in (address_gate("192.0.2.2"), login_gate("192.0.2.1"), code_gate(1)):
        assert shut_for(database, MORNING, other) == 0


def test_one_shut_gate_counts_at_no_other(database: Database) -> None:
    failures(database, 5, MORNING)
    other = address_gate("192.0.2.1")
    with pytest.raises(TooManyAttemptsError), database.writing() as connection:
        charge(connection, (other, GATE), MORNING)
    with database.reading() as connection:
        assert connection.execute(select(SignInAttempts.key)).scalars().all() == [GATE.key]


def test_the_right_answer_is_forgiven_and_old_failures_are_forgotten(database: Database) -> None:
    failures(database, 5, MORNING)
    with database.writing() as connection:
        forgive(connection, GATE)
    assert shut_for(database, MORNING) == 0
    failures(database, 5, MORNING)
    with database.writing() as connection:
        take_back(connection, GATE)
    assert shut_for(database, MORNING) == 0
    assert shut_for(database, failures(database, 1, MORNING)) == 30
    assert shut_for(database, MORNING + timedelta(hours=25)) == 0
    assert shut_for(database, failures(database, 1, MORNING + timedelta(hours=25))) == 0


def test_attempts_at_once_do_not_slip_through(database: Database) -> None:
    def attempt(_number: int) -> bool:
        try:
            with database.writing() as connection:
                charge(connection, (GATE, address_gate("192.0.2.1")), MORNING)
        except TooManyAttemptsError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        let = list(pool.map(attempt, range(20)))
    assert let.count(True) == 5


def test_neither_logins_nor_addresses_are_kept(database: Database) -> None:
    with database.writing() as connection:
        charge(connection, (GATE, address_gate("192.0.2.1")), MORNING)
        kept = str(connection.execute(text("SELECT * FROM sign_in_attempts")).all())
    assert "yang" not in kept
    assert "192.0" not in kept


@pytest.mark.parametrize(("seconds", "code"), [(1111111109, "081804"), (1234567890, "005924")])
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.matching_step(SECRET, code, at) == seconds // 30
    assert totp.matching_step(SECRET, f" {code[:3]} {code[3:]}", at) == seconds // 30
    for seconds_off, found in ((30, True), (-30, True), (90, False), (-90, False)):
        step = totp.matching_step(SECRET, code, at + timedelta(seconds=seconds_off))
        assert (step is not None) is found
    for wrong in ("", "000000", code[:5], code + "0", "٠٨١٨٠٤", "abcdef"):
        assert totp.matching_step(SECRET, wrong, at) is None


def test_the_picture_says_what_the_app_needs() -> None:
    uri = totp.provisioning_uri(SECRET, "yang")
    assert uri.startswith("otpauth://totp/")
    assert f"secret={SECRET}" in uri
    picture = totp.qr_svg(uri)
    assert picture.startswith("<svg")
    assert "style=" not in picture
    assert "<script" not in picture


def chance() -> Iterator[int]:
    number = 7
    while True:
        number = (number * 48_271) % 2_147_483_647
        yield number


def test_secrets_and_recovery_codes_are_as_random_as_their_source() -> None:
    numbers = chance()
    assert len(totp.fresh_secret(lambda limit: next(numbers) % limit)) == 32
    codes = totp.fresh_recovery_codes(lambda limit: next(numbers) % limit)
    assert len(set(codes)) == totp.RECOVERY_CODES == 10


def test_a_code_is_used_once_and_none_before_it_after(database: Database) -> None:
    person = take_on(database, "yang")
    with database.writing() as connection:
        service.begin_totp(connection, person.id, SECRET)
        assert service.confirm_totp(connection, person.id, 10, ["abcde-fghjk"], MORNING)
        assert not service.confirm_totp(connection, person.id, 11, ["zzzzz-zzzzz"], MORNING)
        assert [service.use_totp(connection, person.id, step) for step in (10, 11, 11, 9, 12)] == [
            False, True, False, False, True,
        ]  # fmt: skip
        stored = connection.execute(text("SELECT totp_secret FROM staff_credentials")).scalar_one()
        service.begin_totp(connection, person.id, "OTHER")
        secret = connection.execute(select(StaffCredential.totp_secret)).scalar_one()
    assert SECRET not in stored
    assert secret == SECRET


def test_a_recovery_code_is_used_once(database: Database) -> None:
    person, other = take_on(database, "yang"), take_on(database, "li")
    with database.writing() as connection:
        service.replace_recovery_codes(connection, person.id, ["abcde-fghjk", "mnpqr-stuvw"])
        used = [
            service.use_recovery_code(connection, staff_id, code, MORNING)
            for staff_id, code in (
                (other.id, "abcde-fghjk"),
                (person.id, "ABCDE FGHJK"),
                (person.id, "abcde-fghjk"),
                (person.id, ""),
            )
        ]
        assert recovery_codes_left(connection, person.id) == 1
        kept = str(connection.execute(text("SELECT * FROM staff_recovery_codes")).all())
        service.remove_totp(connection, person.id)
        assert recovery_codes_left(connection, person.id) == 0
    assert used == [False, True, False, False]
    assert "mnpqr" not in kept
