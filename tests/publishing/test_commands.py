"""`hotline flows versions`, `diff`, `publish`, `rollback` and `pull`, as an operator uses them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from app.cli import app
from app.database import Database
from app.flows.files import content_version, read_folder, write_folder
from app.people.staff.queries import names_of
from app.publishing import queries
from app.publishing.service import publish, take_folder
from app.site_settings.service import change_setting
from tests.people.roster.test_roster import employ
from tests.people.test_commands import ENVIRONMENT
from tests.publishing.sets import NOON, SHIPPED, act, changed, greeting, shipped
from typer.testing import CliRunner

FIRST, SECOND = content_version(shipped()), content_version(greeting("汛期热线"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "flows")
    return tmp_path / "flows"


@pytest.fixture
def database(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database with the shipped version in force, which the commands are pointed at."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", sqlite_url)
    monkeypatch.setattr("app.schema.is_current", lambda database: True)
    made = Database(sqlite_url)
    with made.writing() as connection:
        take_folder(connection, shipped(), NOON)
    return made


def hotline(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["flows", *words])
    said = result.exception.code if isinstance(result.exception, SystemExit) else ""
    return result.exit_code, f"{result.output}{said}"


def test_the_way_of_a_change(database: Database, folder: Path) -> None:
    write_folder(folder, greeting("汛期热线"))
    code, told = hotline("diff", "--folder", str(folder), "--lines")
    assert code == 0, told
    assert f"{FIRST} -> {SECOND}" in told
    assert "prompt main.greeting (zh-CN) now says “您好，汛期热线" in told
    assert "+main.greeting: 您好，汛期热线" in told
    assert hotline("publish", str(folder), "--why", "汛期") == (0, f"{SECOND} is in force.\n")
    assert "汛期" in hotline("versions")[1]
    code, told = hotline("rollback", FIRST[:6], "--why", "听不清")
    assert (code, f"{FIRST} is in force again" in told) == (0, True)
    assert hotline("versions")[1].startswith("* ")
    assert "roll-back" in hotline("versions")[1].splitlines()[0]
    assert hotline("diff", FIRST[:6], SECOND[:6])[0] == 0


def test_a_bad_folder_is_not_published(database: Database, folder: Path) -> None:
    write_folder(folder, changed("main.yaml", "policy.ask", "policy.aks"))
    code, told = hotline("publish", str(folder))
    assert code == 1
    assert "There is no node `policy.aks`" in told
    with database.reading() as connection:
        assert queries.in_force(connection) == FIRST


def test_publishing_waits_where_the_site_asks_for_two(database: Database, folder: Path) -> None:
    with database.writing() as connection:
        change_setting(connection, "flows_need_second_person", True, "staff:1", NOON)
    write_folder(folder, greeting("汛期热线"))
    assert "waits for a second person" in hotline("publish", str(folder))[1]
    assert "waits for a second person" in hotline("versions")[1]


def test_versions_tells_people_by_their_names(database: Database, folder: Path) -> None:
    staff = employ(database, "ops")
    with database.writing() as connection:
        change = replace(act(), actor=f"staff:{staff}")
        publish(connection, greeting("汛期热线"), change)
    told = hotline("versions")[1]
    assert f"staff:{staff}" not in told
    assert name_of(database, staff) in told


def name_of(database: Database, staff: int) -> str:
    with database.reading() as connection:
        return names_of(connection, [staff])[staff]


def test_a_pulled_folder_is_no_change(database: Database, folder: Path) -> None:
    fresh = greeting("汛期热线")
    extra = folder / "flood.yaml"
    extra.write_text("nodes: {}")
    with database.writing() as connection:
        publish(connection, fresh, act())
    code, told = hotline("pull", str(folder))
    assert (code, told.splitlines()[:2]) == (0, ["flood.yaml", "prompts/zh-CN.yaml"])
    assert read_folder(folder)[0] == fresh
    assert not extra.exists()
    with database.writing() as connection:
        assert not take_folder(connection, fresh, NOON)


@pytest.mark.parametrize("words", [("diff", "0000"), ("rollback", "zzzz", "--why", "x")])
def test_an_unknown_version_is_refused_in_a_sentence(
    database: Database, words: tuple[str, ...]
) -> None:
    code, told = hotline(*words)
    assert code == 1
    assert "begins with" in told


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    "words", [["check"], ["publish", "--why", "x"], ["test"], ["graph", "main"]]
)
def test_a_folder_that_is_not_there_is_named(words: list[str], tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    where = ["--folder", missing] if words[0] == "graph" else [missing]
    result = CliRunner().invoke(app, ["flows", *words, *where])
    assert result.exit_code == 2
    assert result.output == f"hotline: there is no folder {missing}.\n"


@pytest.mark.usefixtures("database")
def test_two_versions_that_are_alike_are_said_to_be(folder: Path) -> None:
    told = CliRunner().invoke(app, ["flows", "diff", "--folder", str(folder)]).output
    assert told.endswith("  Nothing changes for callers.\n")
