"""The pure rules of the floor: when there is one, who is on it, and whether it is recorded.

A floor is one conference from its beginning to its end: it is for everybody or for two, recorded or
not, and never changes in that. Whatever asks for another kind of floor ends the present one and
begins a new one under a new name, so that nobody who is late can come into what is not theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.mediation.states import (
    ANSWERED,
    GATHERING,
    PRESENT,
    Hold,
    Leg,
    PollKind,
    SessionState,
    decide,
    latest,
    mediator_of,
)

LONGEST_DRAFT = 1_500  # characters of an agreement that is read aloud: some five minutes


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the mediator wants: the floor open or not, alone with one leg, recorded.

    With `talks_on` the others go on talking while the mediator is at the keys of the menu.
    `poll` is what everybody is asked just now, away from the floor. `coached` is the leg that alone
    hears the mediator.
    """

    open: bool = False
    private: str = ""
    recorded: bool = False
    talks_on: bool = False
    poll: PollKind = ""
    coached: str = ""


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of floor it is: `private` is the one leg it is for beside the mediator."""

    private: str = ""
    recorded: bool = False


def kind_wanted(state: SessionState, legs: Sequence[Leg], wishes: Wishes) -> Kind | None:
    """The floor there ought to be; None when there ought to be none."""
    if state != "open" or not wishes.open or wishes.poll:
        return None
    mediator = mediator_of(legs)
    if mediator is None or mediator.state not in PRESENT:
        return None
    if len(seats(legs, wishes)) < 2:
        return None
    return Kind(wishes.private, wishes.recorded and may_record(legs))


def seats(legs: Sequence[Leg], wishes: Wishes) -> frozenset[str]:
    """The ids of the legs that may be on the floor, if there is one."""
    there = [leg for leg in latest(legs).values() if leg.state in PRESENT]
    return frozenset(
        leg.id
        for leg in there
        if leg.role == "mediator"
        or (leg.id == wishes.private if wishes.private else not leg.is_aside)
    )


def may_read(draft: str | None) -> bool:
    """Whether there is an agreement to be read to the parties, and nobody listens for ever."""
    return bool(draft) and len(str(draft)) <= LONGEST_DRAFT


def may_record(legs: Sequence[Leg]) -> bool:
    """Whether everybody who has answered agreed to being recorded: one refusal is enough."""
    return all(leg.records for leg in legs if leg.state in ANSWERED)


def may_open(state: SessionState, legs: Sequence[Leg]) -> bool:
    """Whether the floor may be opened now.

    At first everybody who was convened has to be there, and nobody may still be asked.
    """
    mediator = mediator_of(legs)
    if mediator is None or mediator.state not in PRESENT:
        return False
    current = latest(legs)
    others = [leg for leg in current.values() if leg.role != "mediator"]
    if not any(leg.state in PRESENT for leg in others):
        return False
    if state not in GATHERING:
        return state == "open"
    if "caller" in current:
        return isinstance(decide(legs), Hold) and all(leg.state in PRESENT for leg in others)
    return not any(leg.state == "notice" for leg in others)
