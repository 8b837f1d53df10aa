"""Slows down guessing: after some failures each further one locks for longer, up to a limit.

An attempt is charged before it is judged, so that many at once cannot slip through; a right one is
forgiven. Unknown logins are counted as known ones are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from app.database import blind_index, insert_once
from app.people.credentials.models import SignInAttempts

FORGET_AFTER = timedelta(hours=24)
FIRST_LOCK = timedelta(seconds=30)
LONGEST_LOCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Gate:
    """Whose attempts are counted: `kind` and `of` name it; `free` failures cost nothing.

    The next one locks for `first_lock`, each further one for twice as long, up to `longest_lock`.
    """

    kind: str
    of: str
    free: int
    first_lock: timedelta = FIRST_LOCK
    longest_lock: timedelta = LONGEST_LOCK

    @property
    def key(self) -> str:
        """How it is kept."""
        return blind_index(f"attempts\n{self.kind}\n{self.of}")


class TooManyAttemptsError(Exception):
    """Too many failures; nothing is tried before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many attempts")
        self.until = until


def login_gate(login: str) -> Gate:
    """Attempts at one login, from wherever."""
    return Gate("login", login.strip().lower(), free=5)


def address_gate(address: str) -> Gate:
    """Attempts from one network address; an office shares one."""
    return Gate("address", address, free=20)


def code_gate(staff_id: int) -> Gate:
    """Attempts at the second factor of somebody, in whatever session."""
    return Gate("code", str(staff_id), free=5)


def charge(connection: Connection, gates: tuple[Gate, ...], at: datetime) -> None:
    """Count an attempt at each gate. Raises TooManyAttemptsError, counting none, when one is shut.

    The rows are locked in the order of their keys: two attempts at once wait for each other.
    """
    connection.execute(delete(SignInAttempts).where(SignInAttempts.last_at < at - FORGET_AFTER))
    ordered = sorted(gates, key=lambda gate: gate.key)
    counts = {gate.key: _open(connection, gate, at) for gate in ordered}
    for gate in ordered:
        failures = counts[gate.key] + 1
        connection.execute(
            update(SignInAttempts)
            .where(SignInAttempts.key == gate.key)
            .values(failures=failures, last_at=at, locked_until=_lock(failures, gate, at))
        )


def is_shut(connection: Connection, gates: tuple[Gate, ...], at: datetime) -> bool:
    """Whether an attempt would be refused at once; counts nothing."""
    shut = select(SignInAttempts.key).where(
        SignInAttempts.key.in_([gate.key for gate in gates]), SignInAttempts.locked_until > at
    )
    return connection.execute(shut.limit(1)).first() is not None


def forgive(connection: Connection, gate: Gate) -> None:
    """Forget the failures at a gate: the right answer was given."""
    connection.execute(delete(SignInAttempts).where(SignInAttempts.key == gate.key))


def take_back(connection: Connection, gate: Gate) -> None:
    """Uncount one attempt that turned out to be right, but not the failures before it."""
    connection.execute(
        update(SignInAttempts)
        .where(SignInAttempts.key == gate.key, SignInAttempts.failures > 0)
        .values(failures=SignInAttempts.failures - 1, locked_until=None)
    )


def _open(connection: Connection, gate: Gate, at: datetime) -> int:
    """The failures so far, with the row locked. Raises TooManyAttemptsError while it is shut."""
    insert_once(connection, SignInAttempts, key=gate.key, failures=0, last_at=at)
    row = connection.execute(
        select(SignInAttempts.failures, SignInAttempts.locked_until)
        .where(SignInAttempts.key == gate.key)
        .with_for_update()
    ).one()
    if row.locked_until is not None and row.locked_until > at:
        raise TooManyAttemptsError(row.locked_until)
    return int(row.failures)


def _lock(failures: int, gate: Gate, at: datetime) -> datetime | None:
    """Until when a gate is shut after so many failures."""
    if failures < gate.free:
        return None
    doublings = min(failures - gate.free, 10)
    return at + min(gate.first_lock * (1 << doublings), gate.longest_lock)
