"""`hotline recordings`, on a database and a store of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from app.blobs import BlobStore
from app.calls.recordings.store import original
from app.commands.recordings import recordings
from click.testing import Result
from tests.calls.recordings.conftest import Archive, ArchiveMaker
from tests.calls.recordings.liar import ACCOUNT, SID, http
from tests.calls.recordings.sounds import talk, wav
from typer.testing import CliRunner

SOUND = wav(talk((4, 0.2)))
Run = Callable[..., Result]


@pytest.fixture
def kept(archive: ArchiveMaker) -> Archive:
    return archive(http(b"", "404 Not Found"))


@pytest.fixture
def run(kept: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command with the settings of this archive."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATABASE_URL": kept.database.url.render_as_string(hide_password=False).replace(
            "+psycopg", ""
        ),
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "secret",
        "TWILIO_API_BASE_URL": kept.liar.base,
        "PHONE_NUMBER": "+867451012345",
        "SECRET_KEY": "test secret key 0123456789",
        "RECORDINGS_URL": kept.files.url,
    }.items():
        monkeypatch.setenv(f"HOTLINE_{name}", value)
    return lambda *arguments: CliRunner().invoke(recordings, list(arguments))


def test_what_was_not_obtained_is_listed_and_fetched_by_hand(kept: Archive, run: Run) -> None:
    kept.told()
    kept.works()
    listed = run("list").output
    assert SID in listed, run("list").exception
    assert "awaited" in listed
    assert "not_ready (1 tries)" in listed
    assert "playable" not in run("list", "--state", "playable").output
    failed = run("fetch", SID)
    assert failed.exit_code == 1
    kept.liar.answers = [http(SOUND)]
    fetched = run("fetch", SID)
    assert fetched.exit_code == 0, fetched.output
    assert "playable" in fetched.output
    assert kept.files.open(original(SID)) == SOUND
    again = run("fetch", SID)
    assert again.exit_code == 1
    assert run("fetch", "RE1").exit_code == 1


def test_every_stored_original_is_compared(kept: Archive, run: Run) -> None:
    kept.liar.answers = [http(SOUND)]
    kept.told()
    kept.works()
    good = run("verify")
    assert (good.exit_code, good.output) == (0, "All 1 stored recordings are what they were.\n")
    BlobStore(kept.files.url).put(original(SID), SOUND[:-1] + b"x")
    bad = run("verify")
    assert bad.exit_code == 1
    assert f"{SID}  not what it was" in bad.output
