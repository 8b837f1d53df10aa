"""What may be set right on a ticket: its category, priority, place, caller; the caller's word."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import Connection, select

from app.database import blind_index
from app.tickets import deadlines
from app.tickets.changes import Happened, Standing, change, lock
from app.tickets.errors import RefusedError
from app.tickets.models import Satisfaction, Ticket
from app.tickets.routing import Routing
from app.tickets.search import service as search
from app.tickets.states import SETTLED
from app.tickets.times import timepiece

PRIORITIES = ("normal", "high", "urgent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What is set right; None leaves a field as it is. `caller` is in E.164 or empty."""

    subject: str | None = None
    place: str | None = None
    caller: str | None = None
    caller_name: str | None = None
    language: str | None = None
    household_id: int | None = None


def set_priority(
    connection: Connection, number: str, priority: str, actor: str, at: datetime
) -> bool:
    """Set how urgent a ticket is; returns False when it is so already."""
    ticket = lock(connection, number)
    if priority not in PRIORITIES:
        raise RefusedError(
            "优先级只有：普通、优先、紧急。", "A priority is normal, high or urgent."
        )
    if ticket.priority == priority:
        return False
    detail = {"from": ticket.priority, "to": priority}
    change(connection, ticket, Happened(at, actor, "priority", detail=detail), priority=priority)
    return True


def reroute(
    connection: Connection,
    number: str,
    category: str,
    routing: Routing,
    actor: str,
    at: datetime,
    why: str = "",
) -> bool:
    """Give a ticket another category, and with it department, priority and deadlines.

    The deadlines are measured from the instant its clocks started, and time it spent waiting still
    counts. The owner stays the owner. Returns False when it has that category and department
    already. Raises RefusedError when it is settled.
    """
    ticket = lock(connection, number)
    if (ticket.category, ticket.department) == (category, routing.department):
        return False
    if ticket.state in SETTLED:
        raise RefusedError(
            f"工单 {number} 已办结：要改派，请先重开。",
            f"Ticket {number} is settled: reopen it to give it another category.",
        )
    detail = {
        "from": ticket.category,
        "to": category,
        "from_department": ticket.department,
        "to_department": routing.department,
    }
    change(
        connection,
        ticket,
        Happened(at, actor, "rerouted", words=why.strip(), detail=detail),
        category=category,
        department=routing.department,
        priority=routing.priority,
        **_promise_anew(ticket, routing, at),
    )
    return True


def amend(
    connection: Connection, number: str, amendment: Amendment, actor: str, at: datetime
) -> bool:
    """Set right what a ticket says of its matter and caller; returns False when nothing changes."""
    ticket = lock(connection, number)
    former = _described(connection, ticket.id)
    given = {name: getattr(amendment, name) for name in Amendment.__slots__}
    changes = {
        name: value for name, value in given.items() if value is not None and value != former[name]
    }
    if not changes:
        return False
    happened = Happened(at, actor, "amended", detail={"fields": sorted(changes)})
    change(connection, ticket, happened, **changes, **_indexes(changes))
    _follow(connection, ticket.id, former, changes)
    return True


def note_satisfaction(
    connection: Connection, number: str, word: Satisfaction, actor: str, at: datetime
) -> bool:
    """Keep what the caller said of the outcome; returns False when they had said the same."""
    if word not in get_args(Satisfaction):
        raise RefusedError("没有这种满意度。", "There is no such degree of satisfaction.")
    ticket = lock(connection, number)
    standing = connection.execute(
        select(Ticket.satisfaction).where(Ticket.id == ticket.id)
    ).scalar_one()
    if standing == word:
        return False
    happened = Happened(at, actor, "satisfaction", detail={"word": word})
    change(connection, ticket, happened, satisfaction=word)
    return True


def _promise_anew(ticket: Standing, routing: Routing, at: datetime) -> dict[str, Any]:
    """The clock columns of another promise; what was waited under the former one is kept."""
    clocks = ticket.clocks
    start = clocks.clock_started_at or clocks.opened_at
    former = timepiece(clocks.clock, ticket.department)
    waited = former.between(former.add(start, clocks.complete_within * 60), clocks.complete_due_at)
    time = timepiece(routing.clock, routing.department)
    promise = dict(deadlines.promised(routing, start, time))
    promise["complete_due_at"] = time.add(promise["complete_due_at"], waited)
    due = deadlines.what_counts(
        ticket.state, promise["respond_due_at"], promise["complete_due_at"], clocks.waiting_until
    )
    return promise | {"due_at": due, "next_alarm_at": None if ticket.state == "waiting" else at}


def _described(connection: Connection, ticket_id: int) -> dict[str, Any]:
    columns = [getattr(Ticket, name) for name in Amendment.__slots__]
    row = connection.execute(select(*columns, Ticket.words).where(Ticket.id == ticket_id)).one()
    return dict(row._mapping)


def _indexes(changes: dict[str, Any]) -> dict[str, str]:
    """The blind indexes of what changes."""
    found = {
        f"{name}_index": blind_index(changes[name]) if changes[name] else ""
        for name in ("place", "caller_name")
        if name in changes
    }
    return found | ({"caller_index": blind_index(changes["caller"])} if "caller" in changes else {})


def _follow(
    connection: Connection, ticket_id: int, former: dict[str, Any], changes: dict[str, Any]
) -> None:
    """Keep the terms of the search in step."""
    names = ("subject", "words", "place")
    now = former | changes
    search.reindex(
        connection, ticket_id, [former[name] for name in names], [now[name] for name in names]
    )
