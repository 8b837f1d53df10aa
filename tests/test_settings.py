"""Settings: a bad one stops the start with one sentence that says which and why."""

import pytest
from app.settings import SettingsError, load_settings
from typer.testing import CliRunner

GOOD = {
    "twilio_account_sid": "AC1",
    "twilio_auth_token": "token",
    "secret_key": "sixteen letters!",
    "phone_number": "+867451012345",
}


def load(**changes: object) -> object:
    return load_settings(_env_file=None, **GOOD | changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"twilio_account_sid": ""}, "HOTLINE_TWILIO_ACCOUNT_SID is empty"),
        ({"twilio_auth_token": ""}, "anybody could forge a call"),
        ({"twilio_auth_token": "good,"}, "anybody could forge a call"),
        ({"secret_key": "short"}, "at least 16 characters"),
        ({"phone_number": "0745"}, "HOTLINE_PHONE_NUMBER"),
        ({"public_base_url": "hotline.example.org"}, "HOTLINE_PUBLIC_BASE_URL"),
        ({"database_url": "mysql://x"}, "HOTLINE_DATABASE_URL must begin"),
        ({"twilio_api_key_sid": "SK1"}, "go together"),
        ({"port": "70000"}, "HOTLINE_PORT"),
        ({"recordings_days": "letters=3"}, "HOTLINE_RECORDINGS_DAYS: Input should be 'appeal'"),
    ],
)
def test_a_bad_setting_is_one_sentence(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(**changes)
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_two_tokens_are_a_rotation() -> None:
    settings = load(twilio_auth_token="new, old")
    assert settings.tokens == ("new", "old")  # type: ignore[attr-defined]
    assert "new" not in repr(settings)


def test_sqlite_refuses_a_second_worker_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.cli import app

    for name, value in GOOD.items():
        monkeypatch.setenv(f"HOTLINE_{name.upper()}", value)
    result = CliRunner().invoke(app, ["serve", "--workers", "2"])
    assert result.exit_code == 1
    assert "SQLite serves one worker" in str(result.exception)
