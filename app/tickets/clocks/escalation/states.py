"""The pure rules of an escalation: what a call may become, and who is asked next."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.tickets.clocks.escalation.models import CallState, EscalationState, Rung

UNDER_WAY: frozenset[CallState] = frozenset({"dialing", "unknown", "answered"})
RINGING: frozenset[CallState] = frozenset({"dialing", "unknown"})
# A person may press 1 however late the call reached them, as long as nobody else has.
TAKEABLE: frozenset[EscalationState] = frozenset({"open", "exhausted"})

ENDED_AS: dict[str, CallState] = {"busy": "busy", "failed": "failed"}


@dataclass(frozen=True, slots=True)
class Leg:
    """One telephone in the line, as it stands."""

    id: str
    escalation_id: str
    position: int
    rung: Rung
    staff_id: int | None
    number: str
    language: str
    token: str
    call_sid: str | None
    state: CallState
    is_placed: bool


def next_leg(legs: Sequence[Leg]) -> Leg | None:
    """Who is to be asked now: the first not asked yet, when nobody is being asked."""
    if any(leg.state in UNDER_WAY for leg in legs):
        return None
    return next((leg for leg in legs if leg.state == "planned"), None)


def is_exhausted(legs: Sequence[Leg]) -> bool:
    """Whether everybody was asked and nobody is being asked any more."""
    return not any(leg.state in UNDER_WAY or leg.state == "planned" for leg in legs)


def ended_as(state: CallState, status: str) -> CallState:
    """What a call becomes when it ends with one of the provider's final statuses."""
    if state == "answered":
        return "silent"  # put down before a key was pressed
    return ENDED_AS.get(status, "no_answer")
