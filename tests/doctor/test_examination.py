"""A whole examination: each check for itself, told in lines and as JSON."""

import json
import threading
from collections.abc import Callable
from typing import Any, cast

from app.doctor import report
from app.doctor.checks import CHECKS
from app.doctor.checks.configuration import unreadable_settings
from app.doctor.examination import Check, examine, is_served
from app.doctor.patient import Patient
from app.doctor.verdict import Verdict, failure, not_applicable, ok, warning
from app.settings import SettingsError

NOBODY = cast("Patient", None)


def saying(verdict: Verdict) -> Callable[[Patient], Verdict]:
    return lambda _patient: verdict


def raising(_patient: Patient) -> Verdict:
    raise RuntimeError("a telephone: 13800138000")


def test_one_that_raises_or_hangs_holds_up_nobody() -> None:
    forever = threading.Event()

    def hanging(_patient: Patient) -> Verdict:
        forever.wait()
        return ok("at last")

    checks = [Check("hangs", hanging), Check("raises", raising), Check("well", saying(ok("well")))]
    found = examine(NOBODY, checks, patience=0.2)
    forever.set()
    assert [one.verdict.said for one in found] == [
        "no answer within 0.2 s",
        "could not be looked at (RuntimeError)",
        "well",
    ]
    assert not is_served(found)


def told(*verdicts: Verdict) -> list[str]:
    checks = [Check(f"check {n}", saying(verdict)) for n, verdict in enumerate(verdicts)]
    return report.lines(examine(NOBODY, checks))


def test_it_is_told_in_lines() -> None:
    assert told(ok("good"), not_applicable("not here")) == [
        "✓ check 0  good", "– check 1  not here", "", "All is well.",
    ]  # fmt: skip
    assert told(ok("good"), warning("soon", "Do it."))[-3:] == [
        "    warning: Do it.", "", "Callers are served; 1 of 2 checks warn.",
    ]  # fmt: skip
    assert told(failure("broken", "Mend it."), warning("soon", "Do it.")) == [
        "✗ check 0  broken", "    failure: Mend it.",
        "! check 1  soon", "    warning: Do it.",
        "", "1 of 2 checks failed, 1 warn.",
    ]  # fmt: skip


def test_it_is_told_as_json() -> None:
    found = examine(NOBODY, [Check("one", saying(failure("broken", "Mend it.")))])
    read: dict[str, Any] = json.loads(report.as_json(found))
    assert read["served"] is False
    (check,) = read["checks"]
    del check["seconds"]
    assert check == {"name": "one", "state": "failure", "said": "broken", "remedy": "Mend it."}


def test_settings_that_cannot_be_read_are_a_finding_like_others() -> None:
    finding = unreadable_settings(SettingsError("HOTLINE_PHONE_NUMBER must be …"))
    assert report.lines([finding])[0] == "✗ settings  HOTLINE_PHONE_NUMBER must be …"


def test_each_check_has_a_name_of_its_own() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names) == 22
