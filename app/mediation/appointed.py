"""The pure rules of a session by appointment: any number of parties, each with one telephone.

It is told from a session that a caller convened by its legs: none of them is the caller's. A party
that does not answer may still call in, so nobody is given up before the time for gathering is over;
only who refuses has given an answer. Then those who are there begin, if a mediator and two parties
are.
"""

from collections.abc import Sequence

from app.mediation import states
from app.mediation.states import (
    LOST,
    PRESENT,
    Decision,
    Fail,
    Hold,
    Invite,
    Leg,
    Open,
    Reason,
    Role,
)

PARTIES: frozenset[Role] = frozenset({"party", "department"})  # an interpreter has no dispute
FEWEST = 2


def is_appointed(legs: Sequence[Leg]) -> bool:
    """Whether a session was summoned, not convened by a caller."""
    return bool(legs) and all(leg.role != "caller" for leg in legs)


def decide(legs: Sequence[Leg]) -> Decision:
    """What is to be done while a session is gathering, from its legs in the order they came."""
    if not is_appointed(legs):
        return states.decide(legs)
    mediators, others = _seats(legs)
    if all(leg.state in LOST for leg in mediators):
        return Invite("mediator", "mediator_unavailable")
    wanted = [leg for leg in others if leg.state != "refused"]
    if sum(leg.role in PARTIES for leg in wanted) < FEWEST:
        return Fail("refused")
    mediating = [leg for leg in mediators if leg.state not in LOST]
    if all(leg.state in PRESENT for leg in (*wanted, *mediating)):
        return Open()
    there = sum(leg.state in PRESENT for leg in (*others, *mediators))
    return Hold("waiting" if there > 1 else "inviting")


def may_open(legs: Sequence[Leg]) -> bool:
    """Whether a session may begin without those who are missing, once they had their time."""
    if not is_appointed(legs):
        return False
    mediators, others = _seats(legs)
    parties = sum(leg.state in PRESENT for leg in others if leg.role in PARTIES)
    return parties >= FEWEST and any(leg.state in PRESENT for leg in mediators)


def expiry(legs: Sequence[Leg]) -> Reason:
    """Why a session fails when its time is up."""
    if not is_appointed(legs):
        return states.expiry(legs)
    mediators, _ = _seats(legs)
    is_led = any(leg.state in PRESENT for leg in mediators)
    return "no_answer" if is_led else "mediator_unavailable"


def unheld(legs: Sequence[Leg]) -> Reason:
    """Why a session that was opened is over before anybody spoke with anybody."""
    if not is_appointed(legs):
        return states.unheld(legs)
    mediators, _ = _seats(legs)
    is_led = any(leg.state == "on_floor" for leg in mediators)
    return "unknown" if is_led else "mediator_unavailable"


def seat_of(legs: Sequence[Leg], number: str) -> Leg | None:
    """The present leg of a telephone: the last one it had."""
    return next((leg for leg in reversed(legs) if leg.number == number), None)


def _seats(legs: Sequence[Leg]) -> tuple[list[Leg], list[Leg]]:
    """The present leg of each telephone: the mediators', and all others'."""
    current = list({leg.number: leg for leg in legs}.values())
    mediators = [leg for leg in current if leg.role == "mediator"]
    return mediators, [leg for leg in current if leg.role != "mediator"]
