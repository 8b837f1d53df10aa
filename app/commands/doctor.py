"""`hotline doctor`: what stands between the hotline and its callers, and what to do about it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.doctor.patient import Patient


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    set_number_urls: Annotated[
        bool, typer.Option(help="First let the number at the provider lead here, after a question.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    port: Annotated[
        int, typer.Option(envvar="HOTLINE_PORT", min=1, max=65535, help="Of the demonstration.")
    ] = 8000,
    var: Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")] = Path(
        "var"
    ),
) -> None:
    """Look at everything the hotline needs: a line for each check, and the remedy below it.

    Run it where the service runs, with its settings. Nothing is changed. Ends with 1 when a check
    has failed.
    """
    from app.doctor import report
    from app.doctor.checks import CHECKS
    from app.doctor.checks.configuration import unreadable_settings
    from app.doctor.examination import examine, is_served
    from app.settings import SettingsError

    try:
        patient = _patient(port, var)
    except SettingsError as error:
        findings = [unreadable_settings(error)]
    else:
        if set_number_urls:
            _set_number_urls(patient, ask=not yes)
        findings = examine(patient, CHECKS)
    typer.echo(report.as_json(findings) if as_json else "\n".join(report.lines(findings)))
    sys.exit(0 if is_served(findings) else 1)


def _patient(port: int, var: Path) -> "Patient":
    from app.clock import SystemClock
    from app.database import Database, unlock
    from app.demo import settings_or_demo
    from app.doctor.patient import Patient
    from app.gates import HOLIDAYS
    from app.voice.account import account_of
    from app.voice.gateway import TwilioGateway

    settings = settings_or_demo(port, var)
    unlock(list(settings.secrets))
    return Patient(
        settings,
        Database(settings.database_url),
        TwilioGateway(account_of(settings)),
        HOLIDAYS,
        SystemClock(),
    )


def _set_number_urls(patient: "Patient", *, ask: bool) -> None:
    from app.calls.number import point_here
    from app.calls.telephony import TelephonyError

    settings = patient.settings
    question = f"Let {settings.phone_number} at {settings.twilio_api_base_url} lead to"
    if ask and not typer.confirm(f"{question} {settings.base_url}?"):
        sys.exit("hotline: nothing was changed.")
    try:
        point_here(patient.number, settings.base_url)
    except TelephonyError as error:
        sys.exit(f"hotline: {error}")
