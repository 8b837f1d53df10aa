"""`hotline doctor` beside a running service and exchange, as real http, from the command line."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import pytest
import uvicorn
from app import schema
from app.cli import app
from app.database import Database
from app.demo import build_demo, demo_exchange
from app.exchange.exchange import Exchange
from app.people.access.rights import Role
from app.people.staff.models import Staff, StaffGrant
from app.settings import Settings, load_settings
from sqlalchemy import insert, text
from tests.doctor.conftest import SECRET, TOKEN
from tests.fixtures.office import FLOWS, HOTLINE, NOON
from typer.testing import CliRunner


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of a demonstration, in the environment as well."""
    port = _free_port()
    given = {
        "DATABASE_URL": sqlite_url,
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{port}",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "PHONE_NUMBER": HOTLINE,
        "SECRET_KEY": f"{SECRET},test secret key 0123456789",
        "FLOWS_DIR": str(FLOWS),
        "SPOOL_DIR": str(tmp_path / "spool"),
        "RECORDINGS_URL": str(tmp_path / "recordings"),
        "PORT": str(port),
        "LOG_LEVEL": "ERROR",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"HOTLINE_{name}", value)
    _employ(sqlite_url)
    return load_settings(_env_file=None)


def _employ(url: str) -> None:
    database = Database(url)
    with database.writing() as connection:
        connection.execute(insert(Staff).values(id=1, login="luo", name="罗", created_at=NOON))
        grant = {"staff_id": 1, "role": Role.admin, "granted_at": NOON}
        connection.execute(insert(StaffGrant).values(grant))
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        newest = {"newest": schema.revisions()[-1]}
        connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), newest)
    database.close()


def _free_port() -> int:
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def running(settings: Settings) -> Iterator[Exchange]:
    """The service and the exchange, on their port, in a thread."""
    exchange = demo_exchange(settings)
    config = uvicorn.Config(
        build_demo(settings, exchange), port=settings.port, log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            pass
        yield exchange
    finally:
        server.should_exit = True
        thread.join()


def states(output: str) -> dict[str, str]:
    return {check["name"]: check["state"] for check in json.loads(output)["checks"]}


def test_it_looks_at_a_running_hotline_and_sets_its_number_right(settings: Settings) -> None:
    command = CliRunner()
    with running(settings) as exchange:
        number = exchange.numbers[HOTLINE].settings
        number.voice_url, number.sms_url = "https://old.example.org/", ""
        before = command.invoke(app, ["doctor"])
        assert before.exit_code == 1
        assert "wrong: Voice URL leads to https://old.example.org/, SMS URL is empty" in (
            before.output
        )
        refused = command.invoke(app, ["doctor", "--set-number-urls"], input="n\n")
        assert "nothing was changed" in str(refused.exception or refused.output)
        after = command.invoke(app, ["doctor", "--set-number-urls", "--yes", "--json"])
        assert after.exit_code == 0, after.output
        assert [name for name, state in states(after.output).items() if state == "failure"] == []
        assert states(after.output)["signatures"] == states(after.output)["number"] == "ok"
        assert number.voice_url == f"{settings.base_url}/voice/incoming"
    alone = command.invoke(app, ["doctor", "--json"])
    assert alone.exit_code == 1
    failed = {name for name, state in states(alone.output).items() if state == "failure"}
    assert failed == {"account", "signatures"}


def test_it_knows_where_the_browsers_of_the_staff_are_led(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(settings) as exchange:
        exchange.api_keys["SK1"] = TOKEN
        (application,) = exchange.applications.values()
        keys = {"API_KEY_SID": "SK1", "API_KEY_SECRET": TOKEN, "APPLICATION_SID": application.sid}
        for name, value in keys.items():
            monkeypatch.setenv(f"HOTLINE_TWILIO_{name}", value)
        told = CliRunner().invoke(app, ["doctor", "--json"])
        assert states(told.output)["softphone"] == "ok"
        monkeypatch.setenv("HOTLINE_TWILIO_APPLICATION_SID", "AP" + "0" * 32)
        told = CliRunner().invoke(app, ["doctor", "--json"])
        assert states(told.output)["softphone"] == "failure"
        assert "the account has no TwiML application AP000" in told.output


def test_without_settings_it_says_which_is_missing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_TWILIO_AUTH_TOKEN", "")
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 1
    assert "✗ settings  HOTLINE_TWILIO_AUTH_TOKEN is empty" in told.output
