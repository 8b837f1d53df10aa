"""Somebody to examine: a site at noon, whose parts can be spoilt one by one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from app.calls.number import wanted_settings
from app.calls.telephony import NumberSettings, RefusedError
from app.database import Database
from app.doctor.patient import Patient
from app.main import HOLIDAYS
from app.settings import load_settings
from tests.fixtures.office import FLOWS, HOTLINE, NOON, FixedClock, plain_url

TOKEN = "8f14e45fceea167a5a36dedd4bea2543"
SECRET = "Hs7x2Kq9vB4mN8pR1tY6wZ3cF5jL0dGa"


class Number:
    """A provider that says what it is told to."""

    def __init__(self, found: NumberSettings | None, problem: str = "") -> None:
        self.found = found
        self.problem = problem
        self.applications: dict[str, NumberSettings] = {}

    def number_settings(self) -> NumberSettings | None:
        if self.problem:
            raise RefusedError(self.problem)
        return self.found

    def point_number(self, settings: NumberSettings) -> None:
        self.found = settings

    def application_settings(self, sid: str) -> NumberSettings | None:
        if self.problem:
            raise RefusedError(self.problem)
        return self.applications.get(sid)


def site(database: Database, tmp_path: Path, **changed: Any) -> Patient:
    """A good site of the county, but for what is changed in its settings."""
    settings = load_settings(
        **{
            "_env_file": None,
            "database_url": plain_url(database),
            "public_base_url": "https://hotline.example.org",
            "twilio_account_sid": "AC1",
            "twilio_auth_token": TOKEN,
            "phone_number": HOTLINE,
            "secret_key": SECRET,
            "spool_dir": tmp_path / "spool",
            "recordings_url": str(tmp_path / "recordings"),
            "flows_dir": FLOWS,
        }
        | changed
    )
    number = Number(wanted_settings(settings.base_url))
    return Patient(settings, database, number, HOLIDAYS, FixedClock(NOON), http_seconds=2.0)


@pytest.fixture
def examined(sqlite_url: str, tmp_path: Path) -> Iterator[Callable[..., Patient]]:
    """Makes a site to examine, for what does not touch SQL differently; what is given changes it."""
    database = Database(sqlite_url)

    def make(**changed: Any) -> Patient:
        return site(database, tmp_path, **changed)

    yield make
    database.close()


def at(patient: Patient, clock: Any) -> Patient:
    """The same site at another time."""
    return replace(patient, clock=clock)
