"""Every setting: its environment variable, type, default and check."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.calls.recordings.retention import Retention
from app.logs import LogFormat
from app.people.access.rights import Role


class SettingsError(Exception):
    """A setting is missing or contradicts another; the text is one sentence for the operator."""


def _comma_list(value: object) -> object:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _role_list(value: object) -> object:
    return [] if value == "" else _comma_list(value)


def _days_by_class(value: object) -> object:
    """`appeal=365, voicemail=90` as a mapping."""
    if not isinstance(value, str):
        return value
    return dict(part.split("=", 1) for part in value.replace(" ", "").split(",") if "=" in part)


SecretList = Annotated[list[SecretStr], NoDecode, BeforeValidator(_comma_list)]
NameList = Annotated[list[str], NoDecode, BeforeValidator(_role_list)]
RoleList = Annotated[list[Role], NoDecode, BeforeValidator(_role_list)]
RetentionDays = Annotated[
    dict[Retention, Annotated[int, Field(ge=1)]], NoDecode, BeforeValidator(_days_by_class)
]


class Settings(BaseSettings):
    """The service's settings, read from `HOTLINE_*` in the environment or `.env`."""

    model_config = SettingsConfigDict(env_prefix="HOTLINE_", env_file=".env", extra="ignore")

    database_url: str = "sqlite:///var/hotline.db"
    public_base_url: str = "http://127.0.0.1:8000"
    twilio_account_sid: str = ""
    twilio_auth_token: SecretList = Field(default_factory=list)
    twilio_api_key_sid: str = ""
    twilio_api_key_secret: SecretStr = SecretStr("")
    twilio_application_sid: str = ""  # the TwiML app to which browsers of the staff connect
    twilio_api_base_url: str = "https://api.twilio.com"
    phone_number: str = ""
    canary_number: str = ""  # another number of the account, which rings ours; empty: no canary
    flows_dir: Path = Path("ivr_flows")
    recordings_url: str = "recordings"
    attachments_url: str = ""  # empty: beside the recordings
    recordings_days: RetentionDays = Field(default_factory=dict)  # appeal=365, voicemail=90
    recordings_delete_remote: bool = True
    recordings_grace_hours: float = Field(default=24.0, ge=0)  # before the provider's copy goes
    twilio_api_private: bool = False  # the provider's name may lead into our own network
    s3_endpoint: str = ""
    s3_region: str = ""
    s3_access_key_id: str = ""
    s3_secret_access_key: SecretStr = SecretStr("")
    s3_encryption: Literal["", "AES256", "aws:kms"] = ""
    secret_key: SecretList = Field(default_factory=list)
    spool_dir: Path = Path("var/spool")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: LogFormat = LogFormat.auto
    metrics_token: SecretStr = SecretStr("")  # empty: /metrics is open to whoever reaches it
    run_jobs: bool = True  # false when `hotline worker` runs beside
    jobs_look_seconds: float = Field(default=1.0, gt=0, le=10)  # for the jobs of other processes
    totp_roles: RoleList = Field(default_factory=list)  # roles that must have a second factor
    webhook_hosts: NameList = Field(default_factory=list)  # reached although they are not public
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _check(self) -> Self:
        for problem in self._problems():
            raise ValueError(problem)
        return self

    def _problems(self) -> list[str]:
        """One sentence per thing that would make the service unsafe or useless."""
        found = []
        if not self.twilio_account_sid:
            found.append("HOTLINE_TWILIO_ACCOUNT_SID is empty: take it from the provider's console")
        if not self.tokens or not all(self.tokens):
            found.append(
                "HOTLINE_TWILIO_AUTH_TOKEN is empty: without it anybody could forge a call"
            )
        if not self.secrets or any(len(secret) < 16 for secret in self.secrets):
            found.append(
                "HOTLINE_SECRET_KEY needs at least 16 characters: it encrypts callers' data"
            )
        if not self.phone_number.startswith("+"):
            found.append("HOTLINE_PHONE_NUMBER must be the hotline's own number, such as +86745…")
        if self.canary_number and not self.canary_number.startswith("+"):
            found.append(
                "HOTLINE_CANARY_NUMBER must be another number of the account, such as +86…"
            )
        if self.canary_number and self.canary_number == self.phone_number:
            found.append(
                "HOTLINE_CANARY_NUMBER is HOTLINE_PHONE_NUMBER: a number cannot ring itself"
            )
        base = urlsplit(self.public_base_url)
        if base.scheme not in ("http", "https") or not base.hostname or base.query or base.fragment:
            found.append("HOTLINE_PUBLIC_BASE_URL must look like https://hotline.example.org")
        if not self.database_url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            found.append("HOTLINE_DATABASE_URL must begin with sqlite:/// or postgresql://")
        return [*found, *self._key_problems(), *self._oidc_problems()]

    def _key_problems(self) -> list[str]:
        found = []
        if bool(self.twilio_api_key_sid) != bool(self.twilio_api_key_secret.get_secret_value()):
            found.append(
                "HOTLINE_TWILIO_API_KEY_SID and HOTLINE_TWILIO_API_KEY_SECRET go together: "
                "one is set and the other is not"
            )
        if self.twilio_application_sid and not self.twilio_api_key_sid:
            found.append(
                "HOTLINE_TWILIO_APPLICATION_SID needs an API key: without "
                "HOTLINE_TWILIO_API_KEY_SID no token of a browser can be signed"
            )
        return found

    def _oidc_problems(self) -> list[str]:
        given = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret.get_secret_value())
        if any(given) and not all(given):
            return [
                "HOTLINE_OIDC_ISSUER, HOTLINE_OIDC_CLIENT_ID and HOTLINE_OIDC_CLIENT_SECRET go "
                "together: set all three or none"
            ]
        issuer = urlsplit(self.oidc_issuer)
        if issuer.scheme == "http" and issuer.hostname not in ("127.0.0.1", "localhost", "::1"):
            return ["HOTLINE_OIDC_ISSUER must be https: over http anybody could sign in as anybody"]
        return []

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The auth tokens by which a webhook may be signed, the current one first."""
        return tuple(token.get_secret_value() for token in self.twilio_auth_token)

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """The secret keys, the current one first."""
        return tuple(key.get_secret_value() for key in self.secret_key)

    @property
    def base_url(self) -> str:
        """The public base URL without a trailing slash."""
        return self.public_base_url.rstrip("/")


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment and `.env`. Raises SettingsError with one sentence."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        name = f"HOTLINE_{str(first['loc'][0]).upper()}: " if first["loc"] else ""
        raise SettingsError(f"{name}{message}.") from error
