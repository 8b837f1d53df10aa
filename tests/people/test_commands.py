"""`hotline staff` and `hotline audit`, as an operator types them."""

import re

import pytest
from app.cli import app
from app.database import Database
from app.people.access.rights import Role
from app.people.audit.queries import Filters, entries
from app.people.credentials.passwords import verify_password
from app.people.credentials.queries import credential_by_login
from sqlalchemy import text
from tests.people.people import person_of
from typer.testing import CliRunner, Result

ENVIRONMENT = {
    "HOTLINE_TWILIO_ACCOUNT_SID": "AC1",
    "HOTLINE_TWILIO_AUTH_TOKEN": "token",
    "HOTLINE_SECRET_KEY": "test secret key 0123456789",
    "HOTLINE_PHONE_NUMBER": "+867451012345",
}


@pytest.fixture
def hotline(database_url: str, monkeypatch: pytest.MonkeyPatch) -> "Hotline":
    """The command on a fresh database."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database_url)
    monkeypatch.setattr("app.schema.is_current", lambda _database: True)
    return Hotline()


class Hotline:
    """Types commands."""

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    def does(self, *words: str) -> str:
        """What a command that works prints."""
        result = self(*words)
        assert result.exit_code == 0, result.output
        return result.output

    def refuses(self, *words: str) -> str:
        """What a command that cannot be done says."""
        result = self(*words)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit)
        return (
            str(result.exception.code) if isinstance(result.exception.code, str) else result.output
        )


def password_in(output: str) -> str:
    found = re.search(r"[Oo]ne-time password[^:]*: (\S+)", output)
    assert found
    return found.group(1)


def test_a_person_from_the_first_day_to_the_last(hotline: Hotline, database: Database) -> None:
    added = hotline.does(
        "staff", "add", "yang", "--name", "杨小玲", "--role", "agent",
        "--department", "agriculture", "--phone", "+8613800138000",
    )  # fmt: skip
    with database.reading() as connection:
        credential = credential_by_login(connection, "yang")
    assert credential is not None
    assert verify_password(password_in(added), credential.password_hash)
    assert credential.must_change
    assert "agent@agriculture/*" in hotline.does("staff", "list")
    hotline.does("staff", "grant", "yang", "--role", "supervisor")
    assert "already" in hotline.does("staff", "grant", "yang", "--role", "supervisor")
    hotline.does("staff", "revoke", "yang", "--role", "agent", "--department", "agriculture")
    assert {grant.role for grant in person_of(database, "yang").grants} == {Role.supervisor}
    assert password_in(hotline.does("staff", "reset", "yang", "--totp")) != password_in(added)
    hotline.does("staff", "deactivate", "yang")
    assert "closed" in hotline.does("staff", "list")
    hotline.does("staff", "reactivate", "yang")
    with database.reading() as connection:
        found = entries(connection, Filters())
    assert {entry.actor.split(":")[0] for entry in found} == {"cli"}
    assert [entry.act.removeprefix("staff.") for entry in reversed(found)] == [
        "added", "granted", "granted", "revoked", "reset", "deactivated", "reactivated",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("staff add YANG --name Yang", "has this login"),
        ("staff add x --name Yang", "A login is"),
        ("staff add li --name Li --department nowhere", "no department nowhere; there are"),
        ("staff add li --name Li --phone 12", "telephone"),
        ("staff reset nobody", "nobody has the login nobody"),
        ("staff revoke yang --role ops", "does not have this role"),
        ("staff revoke yang --role admin", "last administrator"),
        ("staff deactivate yang", "last administrator"),
        ("audit verify --noted nonsense", "fingerprint"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(hotline: Hotline, words: str, said: str) -> None:
    hotline.does("staff", "add", "yang", "--name", "Yang", "--role", "admin")
    assert said in hotline.refuses(*words.split())


def test_the_audit_is_verified(hotline: Hotline, database: Database) -> None:
    hotline.does("staff", "add", "yang", "--name", "Yang")
    output = hotline.does("audit", "verify")
    assert "whole: 2 entries" in output
    noted = output.split()[-1]
    hotline.does("audit", "verify", "--noted", noted)
    with database.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_entries_no_update"))
        else:
            connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE audit_entries SET actor = 'staff:9' WHERE id = 1"))
    assert "broken at entry 1: changed" in hotline.refuses("audit", "verify")
