"""The way in and what is open afterwards: sessions by a fake clock, the second factor, renewal."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pyotp
import pytest
from app.database import Database
from app.people.access.rights import Role
from app.people.audit.queries import Filters, entries
from app.people.credentials import service as credentials
from app.people.credentials.throttle import TooManyAttemptsError
from app.people.sessions import service as sessions
from app.people.sessions.queries import Pending, Seen, find_session, open_sessions
from app.people.sign_in import flow
from app.people.sign_in.flow import WrongError, by_code, by_password
from app.people.staff.queries import Person
from app.people.staff.service import deactivate, give_grant, reset_password
from sqlalchemy import text
from tests.people.people import KNOWN_HASH, MORNING, OPERATOR, PASSWORD, door, take_on

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def seen(database: Database, token: str, at: datetime = MORNING, *roles: Role) -> Seen | None:
    with database.reading() as connection:
        return find_session(connection, token, at, frozenset(roles))


def signed_in(database: Database, login: str = "yang", at: datetime = MORNING) -> str:
    way = door(at)
    by_password(database, login, PASSWORD, way)
    return way.token


def acts(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as connection:
        found = entries(connection, Filters(act="sign_in."))
    return [(entry.act, entry.target, entry.detail["way"]) for entry in reversed(found)]


def with_totp(database: Database, person: Person) -> None:
    with database.writing() as connection:
        credentials.begin_totp(connection, person.id, SECRET)
        credentials.confirm_totp(connection, person.id, 0, ["abcde-fghjk"], MORNING)


def code(at: datetime) -> str:
    return pyotp.TOTP(SECRET).at(at)


def test_somebody_signs_in(database: Database) -> None:
    person = take_on(database, "yang", Role.agent)
    found = seen(database, signed_in(database, " Yang "))
    assert found is not None
    assert (found.visitor.id, found.visitor.roles, found.pending) == (person.id, {Role.agent}, None)
    assert acts(database) == [("sign_in.succeeded", f"staff:{person.id}", "password")]


def test_only_a_hash_of_the_cookie_is_kept(database: Database) -> None:
    take_on(database, "yang")
    token = signed_in(database)
    with database.reading() as connection:
        kept = str(connection.execute(text("SELECT * FROM staff_sessions")).all())
    assert token not in kept
    assert "192.0.2.1" not in kept


def _deactivated(database: Database, person: Person) -> None:
    with database.writing() as connection:
        deactivate(connection, person, by=OPERATOR, at=MORNING)


def _run_out(database: Database, person: Person) -> None:
    before = MORNING - timedelta(days=8)
    with database.writing() as connection:
        credentials.give_password(connection, person.id, KNOWN_HASH, before, one_time=True)


@pytest.mark.parametrize(
    ("login", "password", "before"),
    [
        ("yang", "not the password", None),
        ("nobody", PASSWORD, None),
        ("yang", PASSWORD, _deactivated),
        ("yang", PASSWORD, _run_out),
        ("yang", PASSWORD * 20, None),
        ("", "", None),
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same_and_takes_as_long(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    login: str,
    password: str,
    before: Callable[[Database, Person], None] | None,
) -> None:
    person = take_on(database, "yang")
    if before:
        before(database, person)
    tried: list[str | None] = []
    verify = flow.verify_password

    def counting(password: str, kept: str | None) -> bool:
        tried.append(kept)
        return verify(password, kept)

    monkeypatch.setattr(flow, "verify_password", counting)
    way = door()
    with pytest.raises(WrongError) as raised:
        by_password(database, login, password, way)
    assert str(raised.value) == ""
    assert len(tried) == 1  # argon2 ran once, for a made-up hash when there is none
    assert seen(database, way.token) is None
    target = f"staff:{person.id}" if login == "yang" else "staff:unknown"
    assert acts(database) == [("sign_in.refused", target, "password")]


@pytest.mark.parametrize("login", ["yang", "nobody"])
def test_guessing_is_slowed_down_for_known_and_unknown_logins_alike(
    database: Database, login: str
) -> None:
    take_on(database, "yang")
    for _ in range(5):
        with pytest.raises(WrongError):
            by_password(database, login, "a wrong password", door())
    with pytest.raises(TooManyAttemptsError) as locked:
        by_password(database, login, PASSWORD, door())
    assert locked.value.until == MORNING + timedelta(seconds=30)
    later = door(MORNING + timedelta(seconds=30))
    if login == "yang":
        by_password(database, login, PASSWORD, later)
        assert seen(database, later.token, later.at)


@pytest.mark.parametrize(
    ("visits", "alive"),
    [
        ([29], True),
        ([30], False),
        ([29, 58, 87], True),
        ([29, 59], False),
        (range(20, 12 * 60, 20), True),
        (range(20, 12 * 60 + 1, 20), False),
    ],
)
def test_a_session_ends_by_idleness_and_by_age(
    database: Database, visits: list[int], alive: bool
) -> None:
    take_on(database, "yang")
    token = signed_in(database)
    found: Seen | None = None
    for minutes in visits:
        at = MORNING + timedelta(minutes=minutes)
        found = seen(database, token, at)
        if found:
            assert found.touch
            with database.writing() as connection:
                sessions.touch(connection, found.visitor.session, at)
    assert (found is not None) is alive


def test_a_visit_within_a_minute_costs_no_write(database: Database) -> None:
    take_on(database, "yang")
    token = signed_in(database)
    for seconds, touch in ((0, False), (59, False), (60, True)):
        found = seen(database, token, MORNING + timedelta(seconds=seconds))
        assert found is not None
        assert found.touch is touch


def test_sessions_are_listed_and_ended_one_by_one_and_all(database: Database) -> None:
    person = take_on(database, "yang")
    other = take_on(database, "li")
    tokens = [signed_in(database) for _ in range(3)]
    keys = []
    for token in tokens:
        found = seen(database, token)
        assert found is not None
        keys.append(found.visitor.session)
    with database.writing() as connection:
        assert not sessions.end_session(connection, other.id, keys[0], MORNING)
        assert sessions.end_session(connection, person.id, keys[0], MORNING)
        assert not sessions.end_session(connection, person.id, keys[0], MORNING)
        assert [one.key for one in open_sessions(connection, person.id, MORNING)] == keys[:0:-1]
        assert sessions.end_all(connection, person.id, MORNING, but=keys[1]) == 1
    assert [seen(database, token) is not None for token in tokens] == [False, True, False]


def test_a_change_of_roles_renews_the_cookie_and_not_the_session(database: Database) -> None:
    person = take_on(database, "yang", Role.agent)
    former = signed_in(database)
    with database.writing() as connection:
        give_grant(connection, person, Role.mediator, by=OPERATOR, at=MORNING)
    found = seen(database, former)
    assert found is not None
    assert found.renew
    assert found.visitor.roles == {Role.agent, Role.mediator}
    with database.writing() as connection:
        assert sessions.renew(connection, found.visitor.session, former, "fresh", MORNING)
        assert not sessions.renew(connection, found.visitor.session, former, "later", MORNING)
    for token, seconds, alive in (
        ("fresh", 0, True), (former, 29, True), (former, 30, False), ("later", 0, False),
    ):  # fmt: skip
        found = seen(database, token, MORNING + timedelta(seconds=seconds))
        assert (found is not None) is alive
        assert found is None or not found.renew


@pytest.mark.parametrize("end", [_deactivated, None])
def test_deactivation_and_reset_end_every_session(
    database: Database, end: Callable[[Database, Person], None] | None
) -> None:
    person = take_on(database, "yang")
    token = signed_in(database)
    if end:
        end(database, person)
    else:
        with database.writing() as connection:
            reset_password(connection, person, KNOWN_HASH, and_totp=False, by=OPERATOR, at=MORNING)
    assert seen(database, token) is None


def test_a_one_time_password_is_to_be_changed_first(database: Database) -> None:
    take_on(database, "yang", one_time=True)
    found = seen(database, signed_in(database))
    assert found is not None
    assert found.pending is Pending.password


def test_a_role_may_need_a_second_factor(database: Database) -> None:
    person = take_on(database, "yang", (Role.auditor, "agriculture", "*"))
    token = signed_in(database)
    for roles, pending in (((), None), ((Role.admin,), None), ((Role.auditor,), Pending.enrol)):
        found = seen(database, token, MORNING, *roles)
        assert found is not None
        assert found.pending is pending
    with_totp(database, person)
    found = seen(database, token, MORNING, Role.auditor)
    assert found is not None
    assert found.pending is None


@pytest.mark.parametrize("answer", ["totp", "recovery"])
def test_the_second_factor_opens_the_session_under_another_cookie(
    database: Database, answer: str
) -> None:
    person = take_on(database, "yang")
    with_totp(database, person)
    half = door()
    assert by_password(database, "yang", PASSWORD, half)
    found = seen(database, half.token)
    assert found is not None
    assert found.pending is Pending.code
    with pytest.raises(WrongError):
        by_code(database, found, "000000", door())
    whole = door()
    given = code(MORNING) if answer == "totp" else "ABCDE-FGHJK"
    assert by_code(database, found, given, whole) is (answer == "recovery")
    assert seen(database, half.token) is None
    found = seen(database, whole.token)
    assert found is not None
    assert found.pending is None
    assert [act for act, *_ in acts(database)] == ["sign_in.refused", "sign_in.succeeded"]
    assert acts(database)[-1][2] == f"password+{answer}"


def test_no_code_opens_two_sessions(database: Database) -> None:
    person = take_on(database, "yang")
    with_totp(database, person)
    for expected in (False, True):
        half = door()
        by_password(database, "yang", PASSWORD, half)
        found = seen(database, half.token)
        assert found is not None
        if expected:
            with pytest.raises(WrongError):
                by_code(database, found, code(MORNING), door())
        else:
            by_code(database, found, code(MORNING), door())


def test_codes_cannot_be_guessed_over_many_sessions(database: Database) -> None:
    person = take_on(database, "yang")
    with_totp(database, person)
    found = None
    for _ in range(5):
        half = door()
        by_password(database, "yang", PASSWORD, half)
        found = seen(database, half.token)
        assert found is not None
        with pytest.raises(WrongError):
            by_code(database, found, "000000", door())
    assert found is not None
    with pytest.raises(TooManyAttemptsError):
        by_code(database, found, code(MORNING), door())


def test_the_second_factor_is_given_within_minutes(database: Database) -> None:
    person = take_on(database, "yang")
    with_totp(database, person)
    half = door()
    by_password(database, "yang", PASSWORD, half)
    assert seen(database, half.token, MORNING + timedelta(minutes=9))
    assert seen(database, half.token, MORNING + timedelta(minutes=10)) is None
