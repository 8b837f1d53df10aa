"""The whole application with a stopped clock, and browsers that visit it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from app.main import Service, assemble, create_app
from app.settings import load_settings
from fastapi import FastAPI
from tests.people.browser import Browser
from tests.people.people import StoppedClock

BASE = "http://testserver"
Opener = Callable[..., Browser]


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def settings_given() -> dict[str, object]:
    """Settings that a test changes."""
    return {}


@pytest.fixture
def service(
    sqlite_url: str, tmp_path: Path, clock: StoppedClock, settings_given: dict[str, object]
) -> Iterator[Service]:
    """The parts of the application; what is tested here is the same on both databases."""
    given = {
        "_env_file": None,
        "database_url": sqlite_url,
        "public_base_url": BASE,
        "twilio_account_sid": "AC1",
        "twilio_auth_token": "the token of this test",
        "secret_key": "test secret key 0123456789",
        "phone_number": "+867451012345",
        "spool_dir": tmp_path / "spool",
        "recordings_url": str(tmp_path / "recordings"),
        "run_jobs": False,
        "log_level": "ERROR",
    }
    assembled = assemble(load_settings(**given | settings_given), clock)
    yield assembled
    assembled.database.close()


@pytest.fixture
def app(service: Service) -> FastAPI:
    return create_app(service=service)


@pytest.fixture
def browse(app: FastAPI) -> Opener:
    """Open a browser that nobody has signed in with."""

    def opener(**options: object) -> Browser:
        return Browser(app, **options)

    return opener
