"""The pure rules of a hearing: what a leg may become, who is present, when a vote may open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from app.flows.hearing import Attendance

HearingState = Literal["planned", "calling", "open", "closed", "cancelled"]
BEFORE: frozenset[HearingState] = frozenset({"planned", "calling"})
OVER: frozenset[HearingState] = frozenset({"closed", "cancelled"})

LegState = Literal[
    "dialing",  # is rung, or will be at once
    "unknown",  # nobody knows whether it is rung (law L4)
    "notice",  # has answered and hears what it is invited to
    "attending",  # has consented: waits, listens, speaks or votes
    "refused",
    "no_answer",
    "busy",
    "machine",
    "failed",
    "left",
]
_GONE: frozenset[LegState] = frozenset({"refused", "no_answer", "busy", "machine", "failed"})
LEG_NEXT: Mapping[LegState, frozenset[LegState]] = {
    "dialing": _GONE | {"unknown", "notice"},
    "unknown": _GONE | {"notice"},
    "notice": _GONE | {"attending"},
    "attending": frozenset({"left"}),
}  # all others are final
UNDER_WAY: frozenset[LegState] = frozenset({"dialing", "unknown", "notice", "attending"})
RINGING: frozenset[LegState] = frozenset({"dialing", "unknown"})
RUNG_AGAIN: frozenset[LegState] = frozenset({"no_answer", "busy", "machine", "failed"})
MOST_RINGS = 3  # of one member by the plan; by hand they may be rung again

QuorumKind = Literal["number", "share"]
TurnState = Literal["asked", "speaking", "done", "withdrawn"]
VoteState = Literal["ready", "open", "closed"]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a hearing as its rules need them."""

    id: int
    position: int
    role: Attendance
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Leg:
    """One call of a member. `call_sid` is None until a call is known."""

    id: str
    member_id: int
    state: LegState
    token: str
    call_sid: str | None
    roll: int
    is_placed: bool
    dialled_in: bool


def may_become(before: LegState, after: LegState) -> bool:
    """Whether a leg may go from one state to another; late and repeated events may not."""
    return after in LEG_NEXT.get(before, ())


def ended_as(state: LegState, status: str) -> LegState:
    """What a leg becomes when its call ends with one of the provider's final statuses."""
    if state == "attending":
        return "left"
    match status:
        case "busy":
            return "busy"
        case "failed":
            return "failed"
    return "no_answer"  # never answered, or put down during the notice


def attending(legs: Iterable[Leg]) -> dict[int, Leg]:
    """The leg on which each member attends: the latest, should there be several for a moment."""
    return {leg.member_id: leg for leg in legs if leg.state == "attending"}


def present(members: Sequence[Member], legs: Sequence[Leg], roll: int) -> frozenset[int]:
    """The representatives who attend and have answered the last roll call, each once."""
    there = attending(legs)
    return frozenset(
        member.id
        for member in members
        if member.role == "representative" and member.id in there and there[member.id].roll >= roll
    )


def needed(kind: QuorumKind, quorum: int, representatives: int) -> int:
    """How many representatives must be present for a vote: at least one."""
    if kind == "share":
        return max(1, ceil(representatives * quorum / 100))
    return max(1, quorum)


def is_to_be_rung(member: Member, legs: Iterable[Leg]) -> bool:
    """Whether the plan rings a member now: not yet, or in vain and not too often.

    Who refused, has left, or may be ringing this moment is left alone.
    """
    own = [leg for leg in legs if leg.member_id == member.id]
    rung = [leg for leg in own if not leg.dialled_in]
    return len(rung) < MOST_RINGS and all(leg.state in RUNG_AGAIN for leg in own)
