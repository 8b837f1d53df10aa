"""Settings that the console switches."""

from datetime import UTC, datetime
from typing import Any

import pytest
from app.database import Database
from app.people.audit.models import AuditEntry
from app.site_settings.models import SiteSetting
from app.site_settings.queries import SiteSettings, site_settings
from app.site_settings.service import SettingError, change_setting
from sqlalchemy import insert, select

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def change(database: Database, key: str, value: Any) -> SiteSettings:
    with database.writing() as connection:
        return change_setting(connection, key, value, "staff:1", NOON)


def in_force(database: Database) -> SiteSettings:
    with database.reading() as connection:
        return site_settings(connection)


def test_what_was_never_changed_is_as_by_default(database: Database) -> None:
    assert in_force(database) == SiteSettings()
    assert in_force(database).challenge == "off"


def test_a_change_is_kept_and_audited(database: Database) -> None:
    assert change(database, "challenge", "busy").challenge == "busy"
    assert change(database, "challenge_calls_per_hour", "12").challenge_calls_per_hour == 12
    change(database, "challenge", "all")
    assert in_force(database) == SiteSettings(challenge="all", challenge_calls_per_hour=12)
    with database.reading() as connection:
        entries = connection.execute(select(AuditEntry.target, AuditEntry.detail)).all()
    assert [entry.target for entry in entries] == [
        "setting:challenge", "setting:challenge_calls_per_hour", "setting:challenge"
    ]  # fmt: skip
    assert entries[2].detail == '{"after":"all","before":"busy"}'


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("challenge", "sometimes"),
        ("challenge_calls_per_hour", 0),
        ("challenge_calls_per_hour", "often"),
        ("colour", "red"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    database: Database, key: str, value: Any
) -> None:
    with pytest.raises(SettingError) as refused:
        change(database, key, value)
    assert key in refused.value.said("zh-CN")
    assert in_force(database) == SiteSettings()


def test_a_setting_of_a_newer_version_is_left_alone(database: Database) -> None:
    with database.writing() as connection:
        row = {"key": "colour", "value": '"red"', "changed_at": NOON, "changed_by": "staff:1"}
        connection.execute(insert(SiteSetting).values(**row))
    assert in_force(database) == SiteSettings()
