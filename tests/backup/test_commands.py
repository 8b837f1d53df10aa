"""`hotline backup`, as an operator mistypes it."""

from pathlib import Path

import pytest
from app.cli import app
from tests.people.test_commands import ENVIRONMENT
from typer.testing import CliRunner


def test_a_folder_that_is_not_there_is_named(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (ENVIRONMENT | {"HOTLINE_DATABASE_URL": sqlite_url}).items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, ["backup", str(tmp_path / "nowhere" / "kept.zip")])
    assert result.exit_code == 1
    assert str(result.output).endswith(f"hotline: there is no folder {tmp_path / 'nowhere'}.\n")
