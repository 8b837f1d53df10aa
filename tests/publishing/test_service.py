"""Versions and releases: kept once, in force at once, approved by a second person, rolled back."""

import pytest
from app.database import Database
from app.flows.files import content_version
from app.people.audit.models import AuditEntry
from app.publishing import queries
from app.publishing.errors import PublishingError
from app.publishing.models import FlowContent
from app.publishing.service import approve, decline, publish, roll_back, take_folder
from app.site_settings.service import change_setting
from sqlalchemy import func, select
from tests.publishing.sets import COLLEAGUE, NOON, OPS, act, greeting, shipped

FIRST, SECOND = content_version(shipped()), content_version(greeting("汛期热线"))


def begun(database: Database, *, second_person: bool = False) -> None:
    with database.writing() as connection:
        assert take_folder(connection, shipped(), NOON)
        if second_person:
            change_setting(connection, "flows_need_second_person", True, OPS, NOON)


def in_force(database: Database) -> str:
    with database.reading() as connection:
        return queries.in_force(connection)


def test_a_folder_is_taken_once(database: Database) -> None:
    begun(database)
    with database.writing() as connection:
        assert not take_folder(connection, shipped(), NOON)
    with database.reading() as connection:
        (release,) = queries.releases(connection)
        assert (release.version, release.by, release.origin) == (FIRST, "files", "files")
        assert queries.files_of(connection, FIRST) == shipped()


def test_what_two_versions_share_is_kept_once(database: Database) -> None:
    begun(database)
    with database.writing() as connection:
        assert publish(connection, greeting("汛期热线"), act())
        kept = connection.execute(select(func.count()).select_from(FlowContent)).scalar()
    assert kept == len(shipped()) + 1
    assert in_force(database) == SECOND


def test_a_folder_that_has_not_changed_does_not_override_the_console(database: Database) -> None:
    begun(database)
    with database.writing() as connection:
        publish(connection, greeting("汛期热线"), act())
        assert not take_folder(connection, shipped(), NOON)
    assert in_force(database) == SECOND
    with database.writing() as connection:
        assert take_folder(connection, greeting("又一条热线"), NOON)
    assert in_force(database) == content_version(greeting("又一条热线"))
    with database.reading() as connection:
        assert queries.releases(connection)[0].why == "prompts/zh-CN.yaml"


def test_what_is_in_force_cannot_be_published_again(database: Database) -> None:
    begun(database)
    with database.writing() as connection, pytest.raises(PublishingError, match="already"):
        publish(connection, shipped(), act())


def test_a_second_person_approves_and_the_author_cannot(database: Database) -> None:
    begun(database, second_person=True)
    with database.writing() as connection:
        assert not publish(connection, greeting("汛期热线"), act())
        (asked,) = queries.waiting(connection)
    assert in_force(database) == FIRST
    with database.writing() as connection, pytest.raises(PublishingError, match="colleague"):
        approve(connection, asked.id, actor=OPS, at=NOON)
    with database.writing() as connection:
        approve(connection, asked.id, actor=COLLEAGUE, at=NOON)
    assert in_force(database) == SECOND
    with database.writing() as connection, pytest.raises(PublishingError, match="decided already"):
        decline(connection, asked.id, actor=COLLEAGUE, remark="", at=NOON)
    with database.reading() as connection:
        acts = connection.execute(select(AuditEntry.act, AuditEntry.actor)).all()
    assert ("flows.proposed", OPS) in acts
    assert ("flows.released", COLLEAGUE) in acts


def test_a_change_of_the_folder_waits_for_anybody(database: Database) -> None:
    begun(database, second_person=True)
    with database.writing() as connection:
        take_folder(connection, greeting("汛期热线"), NOON)
        assert queries.in_force(connection) == FIRST
        (asked,) = queries.waiting(connection)
        approve(connection, asked.id, actor=OPS, at=NOON)
    assert in_force(database) == SECOND


def test_nothing_is_approved_after_something_else_came_into_force(database: Database) -> None:
    begun(database)
    with database.writing() as connection:
        publish(connection, greeting("汛期热线"), act())
        change_setting(connection, "flows_need_second_person", True, OPS, NOON)
        publish(connection, greeting("又一条热线"), act())
        (asked,) = queries.waiting(connection)
        roll_back(connection, FIRST, actor=COLLEAGUE, why="听不清", at=NOON)
        with pytest.raises(PublishingError, match="came into force since"):
            approve(connection, asked.id, actor=COLLEAGUE, at=NOON)


def test_going_back_is_one_step_and_only_to_what_was_in_force(database: Database) -> None:
    begun(database)
    with database.writing() as connection:
        publish(connection, greeting("汛期热线"), act())
        change_setting(connection, "flows_need_second_person", True, OPS, NOON)
        publish(connection, greeting("又一条热线"), act())
        roll_back(connection, FIRST, actor=OPS, why="听不清", at=NOON)
    assert in_force(database) == FIRST
    with database.reading() as connection:
        newest = queries.releases(connection)[0]
        assert (newest.origin, newest.why) == ("roll-back", "听不清")
    with database.writing() as connection:
        with pytest.raises(PublishingError, match="already"):
            roll_back(connection, FIRST, actor=OPS, why="again", at=NOON)
        never = content_version(greeting("又一条热线"))
        with pytest.raises(PublishingError, match="has been in force"):
            roll_back(connection, never, actor=OPS, why="never was", at=NOON)


@pytest.mark.parametrize("written", ["", "zz", "%%%%", "0000", FIRST[:3]])
def test_a_version_is_named_by_enough_of_its_digits(database: Database, written: str) -> None:
    begun(database)
    with database.reading() as connection:
        assert queries.resolve(connection, FIRST[:4].upper()) == FIRST
        with pytest.raises(queries.UnknownVersionError):
            queries.resolve(connection, written)
