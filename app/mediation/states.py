"""The pure rules of a mediation: what a leg may become, and what follows from its legs.

A session is *inviting* while nobody but the caller is there, *waiting* while some are there and
held, *open* once all three have consented, then *closed*; or it *fails*. Until it is open every
leg waits in a loop of its own, so nobody can hear anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["caller", "mediator", "department", "party", "interpreter"]
INVITED: tuple[Role, ...] = ("mediator", "department")

SessionState = Literal["inviting", "waiting", "open", "closed", "failed"]
GATHERING: frozenset[SessionState] = frozenset({"inviting", "waiting"})
ENDED: frozenset[SessionState] = frozenset({"closed", "failed"})

LegState = Literal[
    "dialing",  # is rung, or will be at once
    "unknown",  # nobody knows whether it is rung (law L4)
    "notice",  # has answered and hears what it is invited to
    "consented",  # is held in its own waiting loop
    "on_floor",
    "refused",
    "no_answer",
    "busy",
    "machine",
    "failed",
    "left",
]
NO_CONSENT: frozenset[LegState] = frozenset({"refused", "no_answer", "busy", "machine", "failed"})
LEG_NEXT: Mapping[LegState, frozenset[LegState]] = {
    "dialing": NO_CONSENT.union(["unknown", "notice"]),
    "unknown": NO_CONSENT.union(["notice"]),
    "notice": NO_CONSENT.union(["consented"]),
    "consented": frozenset({"on_floor", "left"}),
    "on_floor": frozenset({"left"}),
}  # all others are final
RINGING: frozenset[LegState] = frozenset({"dialing", "unknown"})
ANSWERED: frozenset[LegState] = frozenset({"notice", "consented"})
PRESENT: frozenset[LegState] = frozenset({"consented", "on_floor"})
LOST: frozenset[LegState] = NO_CONSENT.union(["left"])

Reason = Literal[
    "", "refused", "no_answer", "machine", "mediator_unavailable", "caller_left", "unknown"
]


@dataclass(frozen=True, slots=True)
class Leg:
    """One party's telephone in a session. `call_sid` is None until a call is known."""

    id: str
    role: Role
    state: LegState
    number: str
    token: str
    call_sid: str | None
    is_placed: bool = False


@dataclass(frozen=True, slots=True)
class Invite:
    """Somebody has to be found for a role; when nobody is left to ring, fail for the reason."""

    role: Role
    otherwise: Reason


@dataclass(frozen=True, slots=True)
class Fail:
    """The mediation cannot come about."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Open:
    """Everybody has consented."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Go on waiting."""

    state: SessionState


Decision = Invite | Fail | Open | Hold


def may_become(before: LegState, after: LegState) -> bool:
    """Whether a leg may go from one state to another; late and repeated events may not."""
    return after in LEG_NEXT.get(before, ())


def decide(legs: Sequence[Leg]) -> Decision:
    """What is to be done while a session is gathering, from its legs in the order they were rung.

    A refusal of the department is its answer and is not asked for again at its next number; a
    mediator who refuses is busy with something else, and the next one is asked.
    """
    current = latest(legs)
    if current["caller"].state in LOST:
        return Fail("caller_left")
    department = current.get("department")
    if department is not None and department.state == "refused":
        return Fail("refused")
    for role in INVITED:
        leg = current.get(role)
        if leg is None or leg.state in LOST:
            return Invite(role, failure(role, leg))
    there = [leg for leg in current.values() if leg.state in PRESENT]
    if len(there) == len(current):
        return Open()
    return Hold("waiting" if len(there) > 1 else "inviting")


def latest(legs: Sequence[Leg]) -> dict[Role, Leg]:
    """Each role's present leg: the last one that was rung for it."""
    return {leg.role: leg for leg in legs}


def missing(legs: Sequence[Leg]) -> tuple[Role, ...]:
    """The roles that are not there yet."""
    current = latest(legs)
    roles: tuple[Role, ...] = ("caller", *INVITED)
    return tuple(
        role for role in roles if role not in current or current[role].state not in PRESENT
    )


def failure(role: Role, leg: Leg | None) -> Reason:
    """Why a mediation fails for want of a role, from the last leg that was rung for it."""
    if role == "mediator":
        return "mediator_unavailable"
    match leg.state if leg else "no_answer":
        case "refused":
            return "refused"
        case "machine":
            return "machine"
        case "unknown":
            return "unknown"
    return "no_answer"


def expiry(legs: Sequence[Leg]) -> Reason:
    """Why a mediation fails when its time is up: for want of the department first."""
    absent = missing(legs)
    role: Role = "department" if "department" in absent else "mediator"
    return failure(role, latest(legs).get(role))


def unheld(legs: Sequence[Leg]) -> Reason:
    """Why a session that was opened is over before anybody spoke with anybody."""
    current = latest(legs)
    if current["caller"].state in LOST:
        return "caller_left"
    if current["mediator"].state != "on_floor":
        return "mediator_unavailable"
    return "unknown"


def ended_as(state: LegState, status: str) -> LegState:
    """What a leg becomes when its call ends with one of the provider's final statuses."""
    if state in PRESENT:
        return "left"
    match status:
        case "busy":
            return "busy"
        case "failed":
            return "failed"
    return "no_answer"  # never answered, or put down during the notice
