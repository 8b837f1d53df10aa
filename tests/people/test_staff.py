"""Accounts and grants: who may manage whom, what is refused, and that all of it is audited."""

from dataclasses import replace

import pytest
from app.database import Database
from app.people.access.rights import Role
from app.people.access.visitor import ForbiddenError
from app.people.audit.queries import Filters, entries
from app.people.staff import errors, service
from app.people.staff.authority import may_manage, may_see
from app.people.staff.service import Profile
from tests.people.people import (
    KNOWN_HASH,
    MORNING,
    OPERATOR,
    person_of,
    take_on,
    visitor_of,
)

DONE = {"by": OPERATOR, "at": MORNING}


@pytest.mark.parametrize(
    ("login", "profile", "error"),
    [
        ("x", Profile("Yang"), errors.LoginError),
        ("yang xiaoling", Profile("Yang"), errors.LoginError),
        ("杨小玲", Profile("Yang"), errors.LoginError),
        ("yang", Profile("Yang"), errors.LoginTakenError),
        ("YANG", Profile("Yang"), errors.LoginTakenError),
        ("li", Profile("  "), errors.NameMissingError),
        ("li", Profile("Li", phone="0745 101"), errors.PhoneError),
    ],
)
def test_what_cannot_be_an_account(
    database: Database, login: str, profile: Profile, error: type[Exception]
) -> None:
    take_on(database, "yang")
    with pytest.raises(error), database.writing() as connection:
        service.add_staff(connection, login, profile, KNOWN_HASH, **DONE)  # type: ignore[arg-type]


def test_a_telephone_is_written_as_at_home(database: Database) -> None:
    with database.writing() as connection:
        profile = Profile("杨小玲", phone="0745-222 1234")
        service.add_staff(connection, "yang", profile, KNOWN_HASH, by=OPERATOR, at=MORNING)
    assert person_of(database, "yang").phone == "+867452221234"


def test_an_account_keeps_what_others_read_encrypted(database: Database) -> None:
    with database.writing() as connection:
        profile = Profile(" 杨  小玲", phone="+86 138-0013-8000")
        service.add_staff(connection, "yang", profile, KNOWN_HASH, by=OPERATOR, at=MORNING)
        raw = str(connection.exec_driver_sql("SELECT * FROM staff").all())
    person = person_of(database, "yang")
    assert (person.name, person.phone, person.grants) == ("杨 小玲", "+8613800138000", ())
    assert "小玲" not in raw
    assert "13800138000" not in raw


def test_grants_are_given_and_taken_once(database: Database) -> None:
    person = take_on(database, "yang")
    with database.writing() as connection:
        area = (Role.agent, "agriculture", "*")
        assert service.give_grant(connection, person, *area, by=OPERATOR, at=MORNING)
        assert not service.give_grant(connection, person, *area, by=OPERATOR, at=MORNING)
    assert [grant.department for grant in person_of(database, "yang").grants] == ["agriculture"]
    with database.writing() as connection:
        assert service.take_grant(connection, person, *area, by=OPERATOR, at=MORNING)
        assert not service.take_grant(connection, person, *area, by=OPERATOR, at=MORNING)
    assert person_of(database, "yang").grants == ()
    with database.reading() as connection:
        found = entries(connection, Filters(target=f"staff:{person.id}"))
    assert [(entry.actor, entry.act) for entry in reversed(found)] == [
        ("cli:tests", "staff.added"),
        ("cli:tests", "staff.granted"),
        ("cli:tests", "staff.revoked"),
    ]


IN_AGRICULTURE = (Role.admin, "agriculture", "*")


@pytest.mark.parametrize(
    ("manager", "managed", "allowed"),
    [
        (Role.admin, Role.admin, True),
        (Role.admin, IN_AGRICULTURE, True),
        (IN_AGRICULTURE, (Role.agent, "agriculture", "*"), True),
        (IN_AGRICULTURE, (Role.agent, "agriculture", "town"), True),
        (IN_AGRICULTURE, (Role.agent, "housing", "*"), False),
        (IN_AGRICULTURE, Role.agent, False),
        ((Role.admin, "agriculture", "town"), (Role.agent, "agriculture", "*"), False),
        (Role.supervisor, Role.agent, False),
        (Role.auditor, Role.agent, False),
    ],
)
def test_nobody_manages_above_their_own_reach(
    database: Database, manager: object, managed: object, allowed: bool
) -> None:
    by = visitor_of(take_on(database, "boss", manager))  # type: ignore[arg-type]
    person = take_on(database, "yang", managed)  # type: ignore[arg-type]
    take_on(database, "other", Role.admin)
    assert may_manage(by, person) is allowed
    verbs = (
        lambda c: service.change_profile(c, person, Profile("Li"), by=by, at=MORNING),
        lambda c: service.reset_password(c, person, KNOWN_HASH, and_totp=True, by=by, at=MORNING),
        lambda c: service.sign_out_everywhere(c, person, by=by, at=MORNING),
        lambda c: service.deactivate(c, person, by=by, at=MORNING),
        lambda c: service.reactivate(c, person, by=by, at=MORNING),
    )
    for verb in verbs:
        with database.writing() as connection:
            if allowed:
                verb(connection)
            else:
                with pytest.raises(ForbiddenError):
                    verb(connection)


def test_nobody_grants_what_lies_outside_their_reach(database: Database) -> None:
    by = visitor_of(take_on(database, "boss", IN_AGRICULTURE))
    person = take_on(database, "yang")
    for department, region, allowed in (
        ("agriculture", "*", True), ("agriculture", "town", True), ("housing", "*", False),
        ("*", "*", False), ("*", "town", False), ("", "*", False),
    ):  # fmt: skip
        with database.writing() as connection:
            if allowed:
                service.give_grant(
                    connection, person, Role.agent, department, region, by=by, at=MORNING
                )
            else:
                with pytest.raises(ForbiddenError):
                    service.give_grant(
                        connection, person, Role.agent, department, region, by=by, at=MORNING
                    )


def test_nobody_changes_their_own_rights_or_account(database: Database) -> None:
    person = take_on(database, "boss", Role.admin)
    take_on(database, "other", Role.admin)
    by = visitor_of(person)
    verbs = (
        lambda c: service.give_grant(c, person, Role.auditor, by=by, at=MORNING),
        lambda c: service.take_grant(c, person, Role.admin, by=by, at=MORNING),
        lambda c: service.deactivate(c, person, by=by, at=MORNING),
        lambda c: service.reset_password(c, person, KNOWN_HASH, and_totp=True, by=by, at=MORNING),
    )
    for verb in verbs:
        with pytest.raises(errors.OwnAccountError), database.writing() as connection:
            verb(connection)
    with database.writing() as connection:
        service.change_profile(connection, person, Profile("New name"), by=by, at=MORNING)
    assert person_of(database, "boss").name == "New name"


def test_the_last_administrator_stays(database: Database) -> None:
    person = take_on(database, "boss", Role.admin)
    take_on(database, "half", IN_AGRICULTURE)
    with pytest.raises(errors.LastAdministratorError), database.writing() as connection:
        service.take_grant(connection, person, Role.admin, by=OPERATOR, at=MORNING)
    with pytest.raises(errors.LastAdministratorError), database.writing() as connection:
        service.deactivate(connection, person, by=OPERATOR, at=MORNING)
    second = take_on(database, "second", Role.admin)
    with database.writing() as connection:
        service.deactivate(connection, second, by=OPERATOR, at=MORNING)
    with pytest.raises(errors.LastAdministratorError), database.writing() as connection:
        service.deactivate(connection, person, by=OPERATOR, at=MORNING)


def test_people_of_other_areas_are_not_seen(database: Database) -> None:
    by = visitor_of(take_on(database, "boss", (Role.supervisor, "agriculture", "*")))
    seen = {
        login: may_see(by, take_on(database, login, grant))
        for login, grant in {
            "near": (Role.agent, "agriculture", "town"),
            "far": (Role.agent, "housing", "*"),
            "above": Role.admin,
        }.items()
    }
    assert seen == {"near": True, "far": False, "above": True}
    nobody = take_on(database, "nobody")
    assert not may_see(by, nobody)
    everywhere = replace(by, grants=visitor_of(take_on(database, "chief", Role.admin)).grants)
    assert may_see(everywhere, nobody)
