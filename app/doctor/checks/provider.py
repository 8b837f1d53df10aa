"""The provider: does the account answer, and does the number lead here."""

from app.calls.number import Provider, softphone_settings
from app.calls.telephony import NumberSettings, TelephonyError
from app.doctor.patient import Patient
from app.doctor.verdict import Verdict, failure, not_applicable, ok

_SPOKEN = {
    "voice_url": "Voice URL",
    "voice_fallback_url": "fallback URL",
    "status_callback": "status callback",
    "sms_url": "SMS URL",
}


def account(patient: Patient) -> Verdict:
    """That the provider lets us in, and that the number is ours."""
    asked = patient.provider
    if asked.problem:
        return failure(
            asked.problem,
            "See that the provider can be reached from here, and that account SID and token or API "
            "key are right.",
        )
    if asked.found is None:
        return failure(
            "the account does not own HOTLINE_PHONE_NUMBER",
            "Set the number as the provider's console shows it, beginning with + and the country.",
        )
    return ok(f"{patient.settings.twilio_api_base_url} lets us in; the number is ours")


def number(patient: Patient) -> Verdict:
    """That calls, texts, their progress and the fallback come here, all by POST."""
    asked = patient.provider
    if asked.found is None:
        return not_applicable("the provider does not show the number")
    if asked.wrong:
        told = ", ".join(_wrong(asked, name) for name in asked.wrong)
        return failure(f"wrong: {told}", "Run `hotline doctor --set-number-urls`.")
    return ok("calls, fallback, progress and texts come here by POST")


def softphone(patient: Patient) -> Verdict:
    """That what browsers of the staff ask for comes here, where they have a telephone."""
    sid = patient.settings.twilio_application_sid
    if not sid:
        return not_applicable("no TwiML application is set: staff have no telephone in the browser")
    try:
        found = patient.number.application_settings(sid)
    except TelephonyError as error:
        return failure(
            str(error), "See that the provider can be reached, and that the API key is right."
        )
    if found is None:
        return failure(
            f"the account has no TwiML application {sid}",
            "Set HOTLINE_TWILIO_APPLICATION_SID as the provider's console shows it (AP…).",
        )
    wanted = softphone_settings(patient.settings.base_url)
    wrong = [
        name for name in ("voice_url", "status_callback") if not _is_right(found, wanted, name)
    ]
    if wrong:
        told = ", ".join(_leads(found, wanted, name) for name in wrong)
        should = ", ".join(f"{_SPOKEN[name]} {getattr(wanted, name)}" for name in wrong)
        return failure(f"wrong: {told}", f"Set it at the provider's console, by POST: {should}.")
    return ok("what the browsers of the staff ask for comes here by POST")


def _wrong(asked: Provider, name: str) -> str:
    assert asked.found is not None
    if asked.found.application and name != "sms_url":
        return f"{_SPOKEN[name]} is overridden by the application {asked.found.application}"
    return _leads(asked.found, asked.wanted, name)


def _is_right(found: NumberSettings, wanted: NumberSettings, name: str) -> bool:
    return getattr(found, name) == getattr(wanted, name) and name not in found.not_by_post


def _leads(found: NumberSettings, wanted: NumberSettings, name: str) -> str:
    """Where something leads that is wrong."""
    value: str = getattr(found, name)
    if not value:
        return f"{_SPOKEN[name]} is empty"
    if value.partition("#")[0] != getattr(wanted, name):
        return f"{_SPOKEN[name]} leads to {value}"
    return f"{_SPOKEN[name]} is asked by GET"
