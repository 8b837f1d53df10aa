"""Doing one thing to many tickets: what fails for one leaves the others done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from app.tickets import amendments
from app.tickets.changes import staff_actor
from app.tickets.errors import RefusedError, TicketError
from app.tickets.handover import service as handover
from app.tickets.notes.service import add_note
from app.tickets.routing import Routing

MOST = 200  # tickets at once

Change = Callable[[Connection, str], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one ticket: `done`, `unchanged` (it was so already), or `refused`, and why."""

    number: str
    result: Literal["done", "unchanged", "refused"]
    error: TicketError | None = None


def in_bulk(connection: Connection, numbers: Iterable[str], change: Change) -> list[Outcome]:
    """Make a change to each ticket, in the order of their numbers.

    Each stands or falls by itself, within a savepoint. Raises RefusedError for too many.
    """
    wanted = sorted(set(numbers))  # one order for everybody: two bulks never lock each other out
    if len(wanted) > MOST:
        raise RefusedError(
            f"一次最多处理 {MOST} 个工单。", f"At most {MOST} tickets can be changed at once."
        )
    return [_one(connection, number, change) for number in wanted]


def acknowledging(staff_id: int, at: datetime) -> Change:
    """Take each ticket."""
    return lambda connection, number: handover.claim(connection, number, staff_id, at)


def assigning(to_staff_id: int | None, actor: str, at: datetime, why: str = "") -> Change:
    """Give each ticket to somebody."""
    return lambda connection, number: handover.assign(
        connection, number, to_staff_id, actor, at, why
    )


def prioritising(priority: str, actor: str, at: datetime) -> Change:
    """Set the priority of each ticket."""
    return lambda connection, number: amendments.set_priority(
        connection, number, priority, actor, at
    )


def rerouting(category: str, routing: Routing, actor: str, at: datetime, why: str = "") -> Change:
    """Give each ticket another category."""
    return lambda connection, number: amendments.reroute(
        connection, number, category, routing, actor, at, why
    )


def noting(body: str, staff_id: int, at: datetime, *, key: str) -> Change:
    """Write the same internal note to each ticket; `key` is of the form that was sent."""
    return lambda connection, number: add_note(
        connection, number, body, staff_actor(staff_id), at, key=f"{key}:{number}"
    )


def _one(connection: Connection, number: str, change: Change) -> Outcome:
    try:
        with connection.begin_nested():
            changed = change(connection, number)
    except TicketError as error:
        return Outcome(number, "refused", error)
    return Outcome(number, "done" if changed else "unchanged")
