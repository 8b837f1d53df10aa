"""Each check, healthy and ill: what it says and what it tells to do."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from app import schema
from app.calls.gateway.canary.service import send_canary
from app.calls.number import softphone_settings, wanted_settings
from app.calls.recordings.models import KeptRecording, State
from app.calls.spool import Spool
from app.database import Database
from app.doctor.checks import (
    background,
    configuration,
    menus,
    people,
    provider,
    public_address,
    storage,
    time_of_day,
)  # fmt: skip
from app.doctor.patient import Patient
from app.doctor.verdict import Verdict, failure, not_applicable, ok, warning
from app.jobs.models import FAILED, Job
from app.jobs.service import enqueue
from app.people.access.rights import Role
from app.people.credentials.models import StaffCredential
from app.people.roster.models import DutyShift
from sqlalchemy import insert, update
from tests.doctor.conftest import Number, at, site
from tests.fixtures.office import FLOWS, NOON, FixedClock, Office

Examined = Callable[..., Patient]
SIMULATED = {
    "public_base_url": "http://127.0.0.1:8000",
    "twilio_api_base_url": "http://127.0.0.1:8000",
}


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, ok("complete; the public address is https://hotline.example.org")),
        (SIMULATED, ok("complete; the public address is http://127.0.0.1:8000")),
        ({"public_base_url": "http://hotline.example.org"},
         failure("HOTLINE_PUBLIC_BASE_URL is http://hotline.example.org: callers' words travel in "
                 "the clear", "Put an https proxy before the service and set its https address.")),
        ({"public_base_url": "http://127.0.0.1:8000"},
         failure("HOTLINE_PUBLIC_BASE_URL is http://127.0.0.1:8000, which no provider can reach",
                 "Set the https address by which the provider reaches this service.")),
    ],
)  # fmt: skip
def test_the_public_address(examined: Examined, changed: dict[str, str], verdict: Verdict) -> None:
    assert configuration.settings(examined(**changed)) == verdict


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "long and random"),
        ({"secret_key": "Zx7x2Kq9vB4mN8pR1tY6wZ3cF5jL0dGa,Hs7x2Kq9vB4mN8pR1tY6wZ3cF5jL0dGa"},
         "long and random; a rotation is under way"),
        ({"secret_key": "a" * 40}, "HOTLINE_SECRET_KEY can be guessed: short, or a word"),
        ({"secret_key": "only twenty letters!"}, "HOTLINE_SECRET_KEY can be guessed: short, or a word"),
        ({"secret_key": "please change me to something long and random"},
         "HOTLINE_SECRET_KEY can be guessed: short, or a word"),
        ({"twilio_auth_token": "token"},
         "HOTLINE_TWILIO_AUTH_TOKEN can be guessed: short, or a word"),
    ],
)  # fmt: skip
def test_secrets(examined: Examined, changed: dict[str, str], said: str) -> None:
    assert configuration.secrets(examined(**changed)).said == said


def test_shipped_telephones(examined: Examined) -> None:
    found = configuration.telephones(examined())
    assert found.said.startswith("directory.yaml still has shipped numbers at departments.")
    assert found.remedy == "Put the county's own numbers in, on the set-up page or in the file."
    simulated = configuration.telephones(examined(**SIMULATED))
    assert simulated == not_applicable(
        "the simulated exchange rings numbers that no network assigns"
    )


# --- storage


def test_a_database_that_answers_and_one_that_does_not(office: Office, tmp_path: Path) -> None:
    patient = site(office.database, tmp_path)
    kind = "SQLite" if office.database.is_sqlite else "PostgreSQL"
    assert storage.database(patient).said.startswith(f"{kind} answers in ")
    patient.database = Database("postgresql://nobody@127.0.0.1:1/none")
    assert storage.database(patient) == failure(
        "PostgreSQL cannot be reached (OperationalError)",
        "See that it runs, and that address, user and password of HOTLINE_DATABASE_URL are right.",
    )


def test_migrations(examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    assert storage.migrations(examined()) == failure(
        "the tables are not at the newest schema", "Run `hotline db upgrade`."
    )
    monkeypatch.setattr(schema, "is_current", lambda _: True)
    assert storage.migrations(examined()) == ok("the tables are at the newest schema")


@pytest.mark.parametrize(("free", "state"), [(60.0, "ok"), (4.9, "warning"), (0.4, "failure")])
def test_room_on_the_disk(
    examined: Examined, monkeypatch: pytest.MonkeyPatch, free: float, state: str
) -> None:
    usage = shutil._ntuple_diskusage(10**12, 0, int(free * 10**9))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    found = storage.disk(examined())
    assert found.state == state
    assert (
        found.said == f"spool {free:.1f} GB, database {free:.1f} GB, recordings {free:.1f} GB free"
    )


def test_stores(examined: Examined, tmp_path: Path) -> None:
    assert storage.stores(examined()) == ok("a file was written, read and deleted")
    assert [path for path in (tmp_path / "recordings").rglob("*") if path.is_file()] == []
    (tmp_path / "a file").write_text("in the way")
    found = storage.stores(examined(recordings_url=str(tmp_path / "a file")))
    assert found.state == "failure"
    assert found.remedy == (
        "See that the address, the rights and the keys of HOTLINE_RECORDINGS_URL are right."
    )


# --- flows and time


def test_flows_that_cannot_be_played(examined: Examined, tmp_path: Path) -> None:
    good = menus.flows(examined())
    assert good == ok(f"version {examined().library.version} of {FLOWS}")
    folder = tmp_path / "flows"
    shutil.copytree(FLOWS, folder)
    (folder / "main.yaml").write_text("menu: [")
    bad = examined(flows_dir=folder)
    found = menus.flows(bad)
    assert "/main.yaml:1:8: error: A value is missing here" in found.said
    assert found.remedy.startswith("Mend what `hotline flows check` names")
    assert menus.calendar(bad) == not_applicable("the flows cannot be read")


@pytest.mark.parametrize(
    ("day", "state", "said"),
    [
        (datetime(2026, 6, 1, tzinfo=UTC), "ok",
         "2026 is known, 2027 is not: its notice comes in November as a rule"),
        (datetime(2026, 12, 1, tzinfo=UTC), "warning", "2026 is known, 2027 is not"),
        (datetime(2027, 1, 2, tzinfo=UTC), "failure", "the make-up workdays of 2027 are not known"),
        (datetime(2025, 6, 1, tzinfo=UTC), "ok", "2025 and 2026 are known"),
    ],
)  # fmt: skip
def test_holidays(examined: Examined, day: datetime, state: str, said: str) -> None:
    found = menus.calendar(at(examined(), FixedClock(day)))
    assert (found.state, found.said) == (state, said)


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (1, ok("agrees with the provider")),
        (-12, warning("12 s ahead of the provider",
                      "Let the machine keep time by NTP (`timedatectl set-ntp true`).")),
        (90, failure("90 s behind the provider",
                     "Let the machine keep time by NTP (`timedatectl set-ntp true`).")),
        (None, not_applicable("neither the database nor the provider tells another time")),
    ],
)  # fmt: skip
def test_the_clock(
    examined: Examined,
    monkeypatch: pytest.MonkeyPatch,
    seconds: float | None,
    verdict: Verdict,
) -> None:
    monkeypatch.setattr(time_of_day, "_provider", lambda _: seconds)
    assert time_of_day.clock(examined()) == verdict


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_tells_another_time(office: Office, tmp_path: Path) -> None:
    patient = at(
        site(office.database, tmp_path, twilio_api_base_url="http://127.0.0.1:1"),
        FixedClock(datetime.now(UTC)),
    )
    assert time_of_day.clock(patient) == ok("agrees with the database")


# --- the provider


def test_the_account(examined: Examined) -> None:
    patient = examined()
    assert provider.account(patient) == ok("https://api.twilio.com lets us in; the number is ours")
    patient = replace(patient, number=Number(None))
    assert provider.account(patient).said == "the account does not own HOTLINE_PHONE_NUMBER"
    assert provider.number(patient) == not_applicable("the provider does not show the number")
    patient = replace(patient, number=Number(None, "the provider refused (401, code 20003)"))
    assert provider.account(patient) == failure(
        "the provider refused (401, code 20003)",
        "See that the provider can be reached from here, and that account SID and token or API "
        "key are right.",
    )


def test_where_the_number_leads(examined: Examined) -> None:
    patient = examined()
    assert provider.number(patient) == ok("calls, fallback, progress and texts come here by POST")
    right = wanted_settings(patient.settings.base_url)
    wrong = type(right)(
        "https://old.example.org/", right.voice_fallback_url + "#ct=1", right.status_callback, "",
        not_by_post=("status_callback",),
    )  # fmt: skip
    patient = replace(patient, number=Number(wrong))
    assert provider.number(patient) == failure(
        "wrong: Voice URL leads to https://old.example.org/, status callback is asked by GET, "
        "SMS URL is empty",
        "Run `hotline doctor --set-number-urls`.",
    )
    overridden = replace(right, application="AP1")
    patient = replace(patient, number=Number(overridden))
    assert provider.number(patient).said == (
        "wrong: Voice URL is overridden by the application AP1, fallback URL is overridden by the "
        "application AP1, status callback is overridden by the application AP1"
    )


def test_where_the_browsers_of_the_staff_lead(examined: Examined) -> None:
    assert provider.softphone(examined()) == not_applicable(
        "no TwiML application is set: staff have no telephone in the browser"
    )
    keys = {"twilio_api_key_sid": "SK1", "twilio_api_key_secret": "a secret of the key"}
    patient = examined(twilio_application_sid="AP1", **keys)
    number = Number(None)
    patient = replace(patient, number=number)
    assert provider.softphone(patient).said == "the account has no TwiML application AP1"
    right = softphone_settings(patient.settings.base_url)
    number.applications["AP1"] = right
    assert provider.softphone(patient) == ok(
        "what the browsers of the staff ask for comes here by POST"
    )
    number.applications["AP1"] = replace(
        right, voice_url="https://old.example.org/", not_by_post=("status_callback",)
    )
    assert provider.softphone(patient) == failure(
        "wrong: Voice URL leads to https://old.example.org/, status callback is asked by GET",
        "Set it at the provider's console, by POST: Voice URL "
        "https://hotline.example.org/voice/softphone, status callback "
        "https://hotline.example.org/voice/status.",
    )
    number.problem = "the provider refused (401, code 20003)"
    assert provider.softphone(patient).said == "the provider refused (401, code 20003)"


@pytest.mark.parametrize(
    ("plain", "awkward", "said"),
    [
        (204, 204, "a signed request was accepted through the public address, a forged one refused"),
        (204, 403, "signed requests are refused when their address has escaped characters"),
        (403, 403, "our own signed request was refused"),
        (301, 301, "the public address redirects (301)"),
        (502, 502, "/voice/probe was answered with 502"),
    ],
)  # fmt: skip
def test_how_the_answers_to_the_probe_are_judged(plain: int, awkward: int, said: str) -> None:
    found = public_address._judged(plain, awkward)
    assert found.said == said
    assert bool(found.remedy) == (found.state == "failure")


def test_nobody_answers_at_the_public_address(examined: Examined) -> None:
    nobody = examined(**SIMULATED | {"public_base_url": "http://127.0.0.1:1"})
    assert public_address.signatures(nobody) == failure(
        "http://127.0.0.1:1 cannot be reached (ConnectError)",
        "See that the service runs, and that name, proxy and certificate lead to it.",
    )
    assert public_address.certificate(nobody) == not_applicable("the public address is not https")


# --- people and what goes on behind


def test_the_roster(office: Office, tmp_path: Path) -> None:
    assert people.roster(site(office.database, tmp_path)) == warning(
        "nobody is on duty for 168 of the next 168 hours",
        "Fill the roster on the console; until then the telephones of directory.yaml are rung.",
    )
    who = office.hire("agent")
    with office.database.writing() as connection:
        connection.execute(
            insert(DutyShift).values(
                staff_id=who, department="", role="officer", rank="primary", came_from="hand:1",
                starts_at=NOON - timedelta(hours=1), ends_at=NOON + timedelta(days=8),
            )
        )  # fmt: skip
    assert people.roster(site(office.database, tmp_path)) == ok(
        "somebody is on duty for the next seven days"
    )


def test_second_factors(office: Office, tmp_path: Path) -> None:
    assert people.second_factor(site(office.database, tmp_path)).said == "there is no administrator"
    who = office.hire(Role.admin)
    assert people.second_factor(site(office.database, tmp_path)) == warning(
        "administrators without a second factor: person1",
        "Set HOTLINE_TOTP_ROLES=admin: they enrol at their next sign-in.",
    )
    assert (
        people.second_factor(site(office.database, tmp_path, **SIMULATED)).state == "not applicable"
    )
    with office.database.writing() as connection:
        mine = update(StaffCredential).where(StaffCredential.staff_id == who)
        connection.execute(mine.values(totp_confirmed_at=NOON))
    assert people.second_factor(site(office.database, tmp_path)) == ok(
        "every administrator has a second factor"
    )


def test_jobs(office: Office, tmp_path: Path) -> None:
    assert background.jobs(site(office.database, tmp_path)) == ok("0 are due now, none is late")
    with office.database.writing() as connection:
        for number in range(3):
            ago = timedelta(seconds=30 if number else 90)
            enqueue(connection, "message.send", str(number), {}, NOON - ago)
    assert background.jobs(site(office.database, tmp_path)) == failure(
        "1 jobs are due for over 60 s: message.send (1)",
        "Start `hotline worker`, or set HOTLINE_RUN_JOBS=true for the service.",
    )
    with office.database.writing() as connection:
        connection.execute(update(Job).where(Job.key == "0").values(state=FAILED))
    assert background.jobs(site(office.database, tmp_path)) == warning(
        "1 jobs were given up: message.send (1)",
        "Find `job.given_up` in the log: it says which, and what kept it from being done.",
    )


def test_recordings_that_were_given_up(office: Office, tmp_path: Path) -> None:
    assert background.recordings(site(office.database, tmp_path)) == ok("none was given up")
    with office.database.writing() as connection:
        for number in range(5):
            connection.execute(
                insert(KeptRecording).values(
                    sid=f"RE{number}", source="RecordVerb", told_at=NOON, state=State.failed
                )
            )
    assert (
        background.recordings(site(office.database, tmp_path)).said
        == "not obtained: RE4, RE3, RE2 and more"
    )


def test_the_line(office: Office, tmp_path: Path) -> None:
    patient = site(office.database, tmp_path)
    assert background.line(patient) == not_applicable(
        "no canary: HOTLINE_CANARY_NUMBER names no other number of ours"
    )
    patient = site(office.database, tmp_path, canary_number="+867451012346")
    assert background.line(patient).said == "the canary has not come through yet"
    with office.database.writing() as connection:
        send_canary(connection, "+867451012345", "token", NOON - timedelta(minutes=20))
    assert "has not come through since" in background.line(patient).said


def test_what_goes_out(office: Office, tmp_path: Path) -> None:
    patient = site(office.database, tmp_path)
    assert background.outbound(patient) == ok("within a day 0 legs were refused, 0 are unknown")


def test_the_spool(examined: Examined, tmp_path: Path) -> None:
    patient = examined()
    assert background.spool(patient) == ok("empty")
    spool = Spool(tmp_path / "spool", "worker")
    for _ in range(2):
        spool.append({"kind": "status"})
    assert background.spool(patient).said == "2 items wait to be replayed"
    (tmp_path / "spool/dead.unreadable").write_bytes(b"cut off\n")
    assert background.spool(patient).said == "1 lines were set aside as unreadable"
