"""At the door of the telephone: whether somebody who calls in is who they say they are.

A PIN is short, so guessing is counted in three ways (threat T10): per number of staff, per
telephone that calls, and over the whole hotline. Unknown numbers are counted, and answered, as
known ones are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from sqlalchemy import Connection

from app.keys import key_of
from app.people.access.rights import Right
from app.people.access.visitor import Kind, Visitor
from app.people.credentials.passwords import verify_password
from app.people.credentials.throttle import (
    Gate,
    TooManyAttemptsError,
    charge,
    forgive,
    is_shut,
    take_back,
)
from app.people.pins.queries import pin_hash_of
from app.people.staff.queries import find_person

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANYBODY = Gate("pin-anybody", "", free=200, first_lock=DAY, longest_lock=DAY)

Answer = Literal["right", "wrong", "shut"]


class Counted(Protocol):
    """A claim whose failures are counted."""

    @property
    def own_gate(self) -> Gate:
        """Where failures at the very thing that is claimed are counted."""

    @property
    def gates(self) -> tuple[Gate, ...]:
        """All that counts it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are, by their number, and the telephone they call from."""

    staff: str
    caller: str

    @property
    def own_gate(self) -> Gate:
        """Five failures an hour and nine a day."""
        return Gate("pin", self.staff, free=5, first_lock=HOUR, longest_lock=DAY)

    @property
    def gates(self) -> tuple[Gate, ...]:
        """All that counts this claim."""
        caller = Gate("pin-caller", self.caller, free=10, first_lock=HOUR, longest_lock=DAY)
        return (self.own_gate, caller, ANYBODY)

    @property
    def staff_id(self) -> int:
        """The id they claim; 0, which nobody has, when it is none."""
        return key_of(self.staff) or 0


def judge(connection: Connection, claim: Claim, pin: str, right: Right, at: datetime) -> Answer:
    """Whether the PIN is theirs and they have the right; `shut` when guessing has been stopped.

    Nothing is counted yet: `let_in` or `count_miss` follows. Takes tens of milliseconds.
    """
    if is_shut(connection, claim.gates, at):
        return "shut"
    is_right = verify_password(pin, pin_hash_of(connection, claim.staff_id))
    return "right" if is_right and _may(connection, claim, right) else "wrong"


def let_in(connection: Connection, claim: Counted, at: datetime) -> None:
    """Count a right PIN. Raises TooManyAttemptsError when others have failed meanwhile.

    So many calls at once have no more tries between them than one.
    """
    charge(connection, claim.gates, at)
    for gate in claim.gates:
        take_back(connection, gate)
    forgive(connection, claim.own_gate)


def count_miss(connection: Connection, claim: Counted, at: datetime) -> bool:
    """Count a wrong PIN; False when the door was shut already."""
    try:
        charge(connection, claim.gates, at)
    except TooManyAttemptsError:
        return False
    return True


def _may(connection: Connection, claim: Claim, right: Right) -> bool:
    person = find_person(connection, claim.staff_id)
    if person is None or not person.active:
        return False
    return Visitor(Kind.staff, person.id, grants=person.grants).may(right)
