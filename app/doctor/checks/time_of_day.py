"""Whether this machine's clock can be believed: deadlines, codes and signatures rest on it."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
from sqlalchemy import func, select

from app.doctor.patient import Patient
from app.doctor.verdict import Verdict, failure, not_applicable, ok, warning

OFF_SECONDS, FAR_OFF_SECONDS = 5.0, 30.0  # one-time codes are good for thirty


def clock(patient: Patient) -> Verdict:
    """Compare this machine's clock with the database's and the provider's."""
    others = {"the database": _database(patient), "the provider": _provider(patient)}
    off = {name: seconds for name, seconds in others.items() if seconds is not None}
    if not off:
        return not_applicable("neither the database nor the provider tells another time")
    name, most = max(off.items(), key=lambda one: abs(one[1]))
    if abs(most) < OFF_SECONDS:
        return ok(f"agrees with {' and '.join(off)}")
    said = f"{abs(most):.0f} s {'behind' if most > 0 else 'ahead of'} {name}"
    remedy = "Let the machine keep time by NTP (`timedatectl set-ntp true`)."
    return failure(said, remedy) if abs(most) >= FAR_OFF_SECONDS else warning(said, remedy)


def _database(patient: Patient) -> float | None:
    """How far the database is ahead, in seconds; None when its clock is this machine's."""
    if patient.database.is_sqlite:
        return None
    try:
        with patient.database.reading() as connection:
            told = connection.execute(select(func.clock_timestamp())).scalar_one()
    except Exception:  # another check says so
        return None
    return _ahead(told.astimezone(UTC), patient)


def _provider(patient: Patient) -> float | None:
    """How far the provider is ahead, by the Date of an answer; None when it gives none."""
    try:
        answer = httpx2.get(
            patient.settings.twilio_api_base_url,
            timeout=patient.http_seconds,
            verify=patient.trust,
        )
        told = parsedate_to_datetime(answer.headers["Date"])
    except (httpx2.HTTPError, KeyError, ValueError):
        return None
    return _ahead(told, patient)


def _ahead(told: datetime, patient: Patient) -> float:
    return (told - patient.clock.now()).total_seconds()
