"""What a check says: how it stands, in one sentence, and in another what to do."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a check ends. Only a failure keeps callers from being served as they should."""

    ok = "ok"
    warning = "warning"
    failure = "failure"
    not_applicable = "not applicable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says. A warning and a failure have a remedy, the others need none."""

    state: State
    said: str
    remedy: str = ""


def ok(said: str) -> Verdict:
    """All is well."""
    return Verdict(State.ok, said)


def warning(said: str, remedy: str) -> Verdict:
    """Callers are served, but not for long or not as well as they should be."""
    return Verdict(State.warning, said, remedy)


def failure(said: str, remedy: str) -> Verdict:
    """Callers are not served as they should be."""
    return Verdict(State.failure, said, remedy)


def not_applicable(said: str) -> Verdict:
    """There is nothing to look at here."""
    return Verdict(State.not_applicable, said)
