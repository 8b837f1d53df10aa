"""The verbs of PINs: set one, remove it. The only writer of its table."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from app.people.access.visitor import Visitor
from app.people.audit.service import record
from app.people.pins.models import StaffPin

SHORTEST, LONGEST = 6, 12  # digits
_RUNS = "01234567890123456789", "98765432109876543210"


class WeakPinError(Exception):
    """The PIN would soon be guessed; `weakness` says why: `digits`, `same` or `run`."""

    def __init__(self, weakness: str) -> None:
        super().__init__(weakness)
        self.weakness = weakness


def check_pin(pin: str) -> None:
    """Raise WeakPinError unless it is 6 to 12 digits that are no run and not all the same."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        raise WeakPinError("digits")
    if len(set(pin)) < 3:
        raise WeakPinError("same")
    if any(pin in run for run in _RUNS):
        raise WeakPinError("run")


def set_pin(connection: Connection, visitor: Visitor, pin_hash: str, at: datetime) -> None:
    """Set one's own PIN, or replace it; `pin_hash` was made outside of the transaction."""
    connection.execute(delete(StaffPin).where(StaffPin.staff_id == visitor.id))
    connection.execute(insert(StaffPin).values(staff_id=visitor.id, pin_hash=pin_hash, set_at=at))
    record(
        connection, actor=visitor.actor, act="account.pin_set", target=visitor.actor, detail={},
        at=at,
    )  # fmt: skip


def remove_pin(connection: Connection, visitor: Visitor, at: datetime) -> bool:
    """Remove one's own PIN; whether there was one."""
    gone = delete(StaffPin).where(StaffPin.staff_id == visitor.id)
    if not connection.execute(gone).rowcount:
        return False
    record(
        connection, actor=visitor.actor, act="account.pin_removed", target=visitor.actor,
        detail={}, at=at,
    )  # fmt: skip
    return True
