"""At the door of a mediation by telephone: whether a caller has the seat they claim.

A PIN begins with the digit of its seat, so that exactly one hash is compared, whichever case is
named and whether there is one: nobody can tell by the time. Guessing is counted per case, per
telephone, and over the whole hotline together with the PINs of staff (threat T10).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from app.mediation.cases.models import DisputeCase, DisputeSeat, DisputeSitting
from app.people.credentials.passwords import hash_password, verify_password
from app.people.credentials.throttle import Gate, is_shut
from app.people.pins.door import ANYBODY, DAY, HOUR, Answer

RANDOM_DIGITS = 6
LONGEST_AFTER = timedelta(hours=3)  # after the hour a PIN still opens its session


@dataclass(frozen=True, slots=True)
class SeatClaim:
    """A case number that somebody gives, and the telephone they call from."""

    case: str
    caller: str

    @property
    def own_gate(self) -> Gate:
        """Five failures an hour and nine a day."""
        return Gate("seat", self.case, free=5, first_lock=HOUR, longest_lock=DAY)

    @property
    def gates(self) -> tuple[Gate, ...]:
        """All that counts this claim."""
        caller = Gate("pin-caller", self.caller, free=10, first_lock=HOUR, longest_lock=DAY)
        return (self.own_gate, caller, ANYBODY)


@dataclass(frozen=True, slots=True)
class Pin:
    """A fresh PIN: the digits for its party alone, and the hash to keep."""

    digits: str = field(repr=False)
    kept: str


@dataclass(frozen=True, slots=True)
class OpenSeat:
    """A seat whose PIN was right."""

    id: int
    planned_at: datetime


def make_pin(position: int, random_id: Callable[[], str]) -> Pin:
    """A PIN for a seat: its digit and six random ones. Takes tens of milliseconds: no transaction.

    `random_id` gives 128 random bits in hexadecimal.
    """
    digits = f"{position}{int(random_id(), 16) % 10**RANDOM_DIGITS:0{RANDOM_DIGITS}}"
    return Pin(digits, hash_password(digits))


def judge(
    connection: Connection, claim: SeatClaim, pin: str, at: datetime
) -> tuple[Answer, OpenSeat | None]:
    """Whether the PIN is that of a seat in a session that is to come or under way.

    Nothing is counted yet: `let_in` or `count_miss` of `app.people.pins.door` follows.
    """
    if is_shut(connection, claim.gates, at):
        return "shut", None
    found = connection.execute(
        select(DisputeSeat.id, DisputeSitting.planned_at, DisputeSeat.pin_hash)
        .join(DisputeSitting, DisputeSitting.id == DisputeSeat.sitting_id)
        .join(DisputeCase, DisputeCase.id == DisputeSitting.case_id)
        .where(
            DisputeCase.number == claim.case,
            DisputeSitting.state.in_(("planned", "called")),
            DisputeSitting.planned_at > at - LONGEST_AFTER,
            DisputeSeat.position == (int(pin[0]) if pin[:1] in tuple("123456789") else 0),
        )
        .order_by(DisputeSitting.planned_at.desc())
        .limit(1)
    ).one_or_none()
    if verify_password(pin, found.pin_hash if found else None) and found is not None:
        return "right", OpenSeat(found.id, found.planned_at)
    return "wrong", None
