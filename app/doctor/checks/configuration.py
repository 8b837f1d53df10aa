"""Settings, secrets and telephones: what somebody has typed."""

from collections.abc import Iterator

from app.doctor.examination import Finding
from app.doctor.patient import LOOPBACK, Patient
from app.doctor.verdict import Verdict, failure, not_applicable, ok, warning
from app.flows.directory import Directory
from app.flows.numbering import is_placeholder
from app.settings import SettingsError

GOOD_SECRET = 32  # characters; 32 bytes in base64 are 44
FEWEST_KINDS = 10  # different characters: a sentence of one letter is no secret
_DEFAULTS = ("change", "secret", "example", "password", "0123456789", "test")


def settings(patient: Patient) -> Verdict:
    """That the public address is one that a provider may use; the rest was checked on loading."""
    public = patient.public
    if public.scheme == "http" and public.hostname not in LOOPBACK:
        return failure(
            f"HOTLINE_PUBLIC_BASE_URL is {patient.settings.base_url}: callers' words travel in the "
            "clear",
            "Put an https proxy before the service and set its https address.",
        )
    if public.hostname in LOOPBACK and not patient.is_simulated:
        return failure(
            f"HOTLINE_PUBLIC_BASE_URL is {patient.settings.base_url}, which no provider can reach",
            "Set the https address by which the provider reaches this service.",
        )
    return ok(f"complete; the public address is {patient.settings.base_url}")


def unreadable_settings(error: SettingsError) -> Finding:
    """All that can be said while the settings cannot be read."""
    remedy = "Set it in the environment or in `.env`; until then nothing else can be looked at."
    return Finding("settings", failure(str(error), remedy), 0.0)


def secrets(patient: Patient) -> Verdict:
    """That nobody guesses the key of callers' data or the token of webhooks."""
    weak = [
        name
        for name, values in (
            ("HOTLINE_SECRET_KEY", patient.settings.secrets),
            ("HOTLINE_TWILIO_AUTH_TOKEN", patient.settings.tokens),
        )
        if any(_is_weak(value) for value in values)
    ]
    if weak:
        return warning(
            f"{' and '.join(weak)} can be guessed: short, or a word",
            "Make a key with `openssl rand -base64 32` and put it before the old one, with a comma "
            "between; take a token from the provider's console.",
        )
    turning = len(patient.settings.secrets) + len(patient.settings.tokens) > 2
    return ok("long and random" + ("; a rotation is under way" if turning else ""))


def telephones(patient: Patient) -> Verdict:
    """That duty and departments can be rung at all."""
    if patient.is_simulated:
        return not_applicable("the simulated exchange rings numbers that no network assigns")
    places = sorted(_placeholders(patient.library.directory))
    if places:
        return failure(
            f"directory.yaml still has shipped numbers at {', '.join(places)}",
            "Put the county's own numbers in, on the set-up page or in the file.",
        )
    return ok("every duty and department telephone is a number that can be rung")


def _placeholders(directory: Directory) -> Iterator[str]:
    for name in ("officers", "mediators"):
        if any(map(is_placeholder, getattr(directory.duty, name))):
            yield f"duty.{name}"
    for key, department in directory.departments.items():
        if any(map(is_placeholder, department.numbers)):
            yield f"departments.{key}"


def _is_weak(secret: str) -> bool:
    guessed = any(word in secret.lower() for word in _DEFAULTS)
    return len(secret) < GOOD_SECRET or len(set(secret)) < FEWEST_KINDS or guessed
