"""The pure rules of a mediation: what a leg may become, and what follows from its legs.

A session is *inviting* while nobody else is there, *waiting* while parties are held, *open* once
the mediator has opened the floor, then *closed*; or it *fails*. Whoever is not on the floor waits
in a loop of their own, so nobody can hear anybody there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Role = Literal["caller", "mediator", "department", "interpreter", "party"]
# Whose agreement it is: the others hear it too, and are not asked for their yes.
SIGNING: frozenset[Role] = frozenset({"caller", "party"})
INVITED: tuple[Role, ...] = ("mediator", "department")  # found by role when a caller convenes

SessionState = Literal["inviting", "waiting", "open", "closed", "failed"]
GATHERING: frozenset[SessionState] = frozenset({"inviting", "waiting"})
ENDED: frozenset[SessionState] = frozenset({"closed", "failed"})

LegState = Literal[
    "dialing",  # is rung, or will be at once
    "unknown",  # nobody knows whether it is rung (law L4)
    "notice",  # has answered and hears what it is invited to
    "consented",
    "held",  # waits in a loop of its own
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
    "dialing": NO_CONSENT.union(["unknown", "notice", "left"]),
    "unknown": NO_CONSENT.union(["notice", "left"]),
    "notice": NO_CONSENT.union(["consented", "left"]),
    "consented": frozenset({"held"}),
    "held": frozenset({"on_floor", "left"}),
    "on_floor": frozenset({"held", "left"}),
}  # all others are final
RINGING: frozenset[LegState] = frozenset({"dialing", "unknown"})
PRESENT: frozenset[LegState] = frozenset({"held", "on_floor"})
ANSWERED: frozenset[LegState] = PRESENT.union(["notice"])
LOST: frozenset[LegState] = NO_CONSENT.union(["left"])

Reason = Literal[
    "", "refused", "no_answer", "machine", "mediator_unavailable", "caller_left", "unknown"
]
PollKind = Literal["", "read", "yes"]
PollAnswer = Literal["", "heard", "yes", "no", "silent"]


@dataclass(frozen=True, slots=True)
class Leg:
    """One telephone in a session. `call_sid` is None until a call is known.

    `party` is who it stands for: a party that is rung again has another leg. `floor` is the
    conference this leg was last sent into, empty while it is elsewhere. `records` says whether the
    party agreed to being recorded, `answer` what it said when the agreement was read to it.
    """

    id: str
    role: Role
    state: LegState
    number: str
    token: str
    call_sid: str | None
    is_placed: bool = False
    party: str = ""
    name: str = ""
    language: str = ""
    floor: str = ""
    is_aside: bool = False  # the mediator has asked it to hold
    is_muted: bool = False
    records: bool = False
    answer: PollAnswer = ""


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
class Hold:
    """Go on waiting: for others, or for the mediator to open the floor."""

    state: SessionState


Decision = Invite | Fail | Hold


def may_become(before: LegState, after: LegState) -> bool:
    """Whether a leg may go from one state to another; late and repeated events may not."""
    return after in LEG_NEXT.get(before, ())


def decide(legs: Sequence[Leg]) -> Decision:
    """What is to be done while a session is gathering, from its legs in the order they were rung.

    When a caller convenes it, a mediator and the department are looked for: a refusal of the
    department is its answer and is not asked for again at its next number; a mediator who refuses
    is busy with something else, and the next one is asked. When a mediator summons parties, it
    goes on for as long as the mediator can still come and not all others have refused: who was busy
    or not at home may call in, or be rung again, until the time for gathering is up.
    """
    current = latest(legs)
    if "caller" not in current:
        return _summoned(tuple(current.values()))
    if current["caller"].state in LOST:
        return Fail("caller_left")
    department = current.get("department")
    if department is not None and department.state == "refused":
        return Fail("refused")
    for role in INVITED:
        leg = current.get(role)
        if leg is None or leg.state in LOST:
            return Invite(role, failure(role, leg))
    return _hold(tuple(current.values()))


def _summoned(current: Sequence[Leg]) -> Decision:
    mediators = [leg for leg in current if leg.role == "mediator"]
    if not any(leg.state not in LOST for leg in mediators):
        return Fail("mediator_unavailable")
    others = [leg for leg in current if leg.role != "mediator"]
    if others and all(leg.state == "refused" for leg in others):
        return Fail("refused")
    return _hold(current)


def _hold(current: Sequence[Leg]) -> Hold:
    there = [leg for leg in current if leg.state in PRESENT]
    return Hold("waiting" if len(there) > 1 else "inviting")


def latest(legs: Sequence[Leg]) -> dict[str, Leg]:
    """Each party's present leg: the last one that was rung for it, in the order of the parties."""
    return {leg.party: leg for leg in legs}


def mediator_of(legs: Sequence[Leg]) -> Leg | None:
    """The leg of the mediator who is there, or will be; None when there is none."""
    current = [leg for leg in latest(legs).values() if leg.role == "mediator"]
    return next((leg for leg in current if leg.state not in LOST), None)


def parties_of(legs: Sequence[Leg]) -> tuple[Leg, ...]:
    """The present legs of all parties but the mediator; a party's number is its place, from 1."""
    return tuple(leg for leg in latest(legs).values() if leg.role != "mediator")


def missing(legs: Sequence[Leg]) -> tuple[Role, ...]:
    """The roles that are not there yet."""
    current = latest(legs)
    away = [leg.role for leg in current.values() if leg.state not in PRESENT]
    if "caller" in current:
        away += [role for role in INVITED if role not in current]
    return tuple(dict.fromkeys(away))


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
    role: Role = next((role for role in ("department", "mediator") if role in absent), "party")
    awaited = [leg for leg in latest(legs).values() if leg.role == role]
    return failure(role, awaited[-1] if awaited else None)


def unheld(legs: Sequence[Leg]) -> Reason:
    """Why a session that was opened is over before anybody spoke with anybody."""
    caller = latest(legs).get("caller")
    if caller is not None and caller.state in LOST:
        return "caller_left"
    mediator = mediator_of(legs)
    if mediator is None or mediator.state != "on_floor":
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
