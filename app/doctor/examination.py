"""Examines a site: all checks at once, each for itself, none longer than its time."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.doctor.patient import Patient
from app.doctor.verdict import State, Verdict, failure

PATIENCE_SECONDS = 20.0  # the provider's library alone takes seconds on a busy machine


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at."""

    name: str
    look: Callable[[Patient], Verdict]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check said, and how long it took in seconds."""

    name: str
    verdict: Verdict
    seconds: float


def examine(
    patient: Patient, checks: Sequence[Check], patience: float = PATIENCE_SECONDS
) -> list[Finding]:
    """What every check says, in their order; one that raises or hangs is a failure of its own."""
    looks = [_Look(check, patient) for check in checks]
    ends = time.monotonic() + patience
    return [look.result(ends, patience) for look in looks]


def is_served(findings: Sequence[Finding]) -> bool:
    """Whether callers are served as they should be: no check has failed."""
    return all(finding.verdict.state is not State.failure for finding in findings)


class _Look:
    """A check in a thread of its own. One that hangs is left behind: it ends with the program."""

    def __init__(self, check: Check, patient: Patient) -> None:
        self._check = check
        self._patient = patient
        self._found: Finding | None = None
        self._thread = threading.Thread(target=self._run, name=check.name, daemon=True)
        self._thread.start()

    def result(self, ends: float, patience: float) -> Finding:
        self._thread.join(max(0.0, ends - time.monotonic()))
        return self._found or Finding(
            self._check.name,
            failure(
                f"no answer within {patience:g} s",
                "See whether what this check asks hangs, and run it again.",
            ),
            patience,
        )

    def _run(self) -> None:
        began = time.monotonic()
        try:
            verdict = self._check.look(self._patient)
        except Exception as error:
            verdict = failure(
                f"could not be looked at ({type(error).__name__})",
                "Mend what other lines name first; what stays is a fault of the hotline itself.",
            )
        self._found = Finding(self._check.name, verdict, time.monotonic() - began)
