"""The way from outside: a request signed as the provider signs, and the certificate."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2

from app.doctor.patient import Patient
from app.doctor.verdict import Verdict, failure, not_applicable, ok, warning
from app.voice.signature import Parameters, signature_of

PATH = "/voice/probe"
# What a proxy may be tempted to write in another way: then signatures do not fit any more.
AWKWARD = "?state=a%2Bb%20c%2F%E5%9B%9E&step=&node=main.menu"
FORM: Parameters = [("CallSid", "probe"), ("SpeechResult", "回响 100% + more"), ("Empty", "")]
SOON = timedelta(days=21)

_UNCHANGED = "Let the proxy hand on path, query and body as they came"
_SAME = "make HOTLINE_PUBLIC_BASE_URL exactly the address the provider is given"


def signatures(patient: Patient) -> Verdict:
    """Send signed and forged requests to ourselves, by the public address.

    They go to a webhook that does nothing: no call, no row and no caller ever comes of them.
    """
    try:
        forged = _ask(patient, "", forge=True)
        plain, awkward = _ask(patient, ""), _ask(patient, AWKWARD)
    except httpx2.HTTPError as error:
        return failure(
            f"{patient.settings.base_url} cannot be reached ({type(error).__name__})",
            "See that the service runs, and that name, proxy and certificate lead to it.",
        )
    if forged == 204:
        return failure(
            "a forged request was accepted",
            "See what answers in place of the hotline at the public address.",
        )
    return _judged(plain, awkward)


def _judged(plain: int, awkward: int) -> Verdict:
    if plain == awkward == 204:
        return ok("a signed request was accepted through the public address, a forged one refused")
    if plain == 204:
        return failure(
            "signed requests are refused when their address has escaped characters",
            f"{_UNCHANGED}: it decodes or reorders the query now.",
        )
    if plain == 403:
        return failure(
            "our own signed request was refused",
            f"{_UNCHANGED}, {_SAME}, and let service and doctor have the same token.",
        )
    if 300 <= plain < 400:
        return failure(
            f"the public address redirects ({plain})",
            f"Set the address it redirects to, and {_SAME}.",
        )
    return failure(
        f"{PATH} was answered with {plain}",
        "See that the proxy hands everything below /voice/ on to this version of the hotline.",
    )


def _ask(patient: Patient, query: str, *, forge: bool = False) -> int:
    url = f"{patient.settings.base_url}{PATH}{query}"
    signature = signature_of(patient.settings.tokens[0], url, FORM)
    form = [*FORM, ("Forged", "yes")] if forge else FORM
    answer = httpx2.post(
        url,
        content=urlencode(form),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signature,
        },
        timeout=patient.http_seconds,
        verify=patient.trust,
    )
    return answer.status_code


def certificate(patient: Patient) -> Verdict:
    """That the public address shows a certificate the provider believes, and for long enough."""
    public = patient.public
    if public.scheme != "https":
        return not_applicable("the public address is not https")
    host = public.hostname or ""
    try:
        shown = _shown(patient, host, public.port or 443)
    except ssl.SSLCertVerificationError as error:
        return failure(
            f"the certificate of {host} is not believed: {error.verify_message}",
            "Get a certificate for this name that has not run out, and let the proxy send its "
            "whole chain.",
        )
    except OSError as error:
        return failure(
            f"{host} does not speak TLS here ({type(error).__name__})",
            "See that the name leads to the proxy and that it listens for https.",
        )
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC)
    left = ends - patient.clock.now()
    said = f"{host} is believed for {left.days} more days"
    if left < SOON:
        return warning(said, "Renew it, and see why it was not renewed by itself.")
    return ok(said)


def _shown(patient: Patient, host: str, port: int) -> dict[str, Any]:
    with (
        socket.create_connection((host, port), patient.http_seconds) as connection,
        patient.trust.wrap_socket(connection, server_hostname=host) as secured,
    ):
        return dict(secured.getpeercert() or {})
