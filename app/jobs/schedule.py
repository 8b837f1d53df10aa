"""Recurring work: each slot of time becomes one job, whichever worker sees it first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from app.jobs.service import enqueue

IsDue = Callable[[Connection, datetime], bool]


def always(_connection: Connection, _at: datetime) -> bool:
    """There is something to do in every slot."""
    return True


@dataclass(frozen=True, slots=True)
class Every:
    """A job of this kind every so many seconds, counted from the beginning of 1970 in UTC.

    `is_due` is an indexed read that tells whether there is anything to do: a slot without is left
    out, so that an idle hotline writes nothing. A slot that everybody slept through is not made
    up for: the handler does whatever is due at its time.
    """

    kind: str
    seconds: float
    is_due: IsDue = always

    def slot(self, at: datetime) -> int:
        """The number of the slot that an instant falls into."""
        return int(at.timestamp() // self.seconds)

    def begins(self, slot: int) -> datetime:
        """The instant at which a slot begins."""
        return datetime.fromtimestamp(slot * self.seconds, UTC)


class Schedule:
    """What recurs, and which slots this process has looked after already."""

    def __init__(self, recurring: Sequence[Every]) -> None:
        self._recurring = tuple(recurring)
        self._seen: dict[str, int] = {}

    def unseen(self, at: datetime) -> list[Every]:
        """What has not been looked after in its slot of this instant."""
        return [every for every in self._recurring if self._seen.get(every.kind) != every.slot(at)]

    def seen(self, looked_after: Sequence[Every], at: datetime) -> None:
        """These need no further look in their slots of this instant."""
        self._seen |= {every.kind: every.slot(at) for every in looked_after}


def enqueue_slots(connection: Connection, recurring: Sequence[Every], at: datetime) -> None:
    """Ask for the jobs of the slots of an instant; each is there once, however often asked for."""
    for every in recurring:
        slot = every.slot(at)
        enqueue(connection, every.kind, f"{every.kind}:{slot}", {}, every.begins(slot))
