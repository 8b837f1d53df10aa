"""The verbs of closing; the only writer of the tables of return visits.

A resolved ticket is closed by its caller's own word, or by seven days of silence after they were
last asked. "Not settled" reopens it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from sqlalchemy import Connection, select, update

from app.database import insert_once
from app.flows.satisfaction import Satisfaction
from app.people.alerts.service import raise_alert
from app.tickets.changes import CALLER, SYSTEM, Happened, Standing, change, lock, lock_by_id
from app.tickets.closing import queries
from app.tickets.closing.models import BestTime, HeardBy, ReturnVisit, VisitState
from app.tickets.closing.queries import Visit
from app.tickets.closing.schedule import SILENCE
from app.tickets.models import Ticket
from app.tickets.service import transition

log = structlog.get_logger()

# A word that comes after a ticket was closed still counts for so long; later it is a new matter.
LATE = timedelta(days=30)

ALERTS: Mapping[str, Mapping[str, str]] = {
    "not_satisfied": {
        "zh-CN": "工单 {number}：群众回访表示不满意，请督办。",
        "en-US": "Ticket {number}: the caller is not satisfied. Please look into it.",
    },
    "not_settled": {
        "zh-CN": "工单 {number}：群众回访表示没有解决，已重新办理。",
        "en-US": "Ticket {number}: the caller says it is not settled. It was reopened.",
    },
}
WAYS: Mapping[str, Sequence[str]] = {
    "not_satisfied": ("console", "push"),
    "not_settled": ("console", "sms", "push"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a caller's word led to.

    `not_asked`: the ticket is neither resolved nor lately closed, or was merged into another;
    `already`: the same word has been said.
    """

    result: Literal["closed", "reopened", "already", "not_asked"]
    number: str
    ticket_id: int


def say(
    connection: Connection, number: str, word: Satisfaction, channel: HeardBy, at: datetime
) -> Said:
    """The caller says whether a resolved ticket is settled; closes or reopens it.

    The channel must have made sure that it is the caller: by their telephone, or a code sent to
    it. Raises UnknownTicketError.
    """
    ticket = lock(connection, number)
    before = _standing_word(connection, ticket, at)
    if before is None or ticket.merged_into_id is not None:
        return Said("not_asked", number, ticket.id)
    if before == word:
        return Said("already", number, ticket.id)
    happened = Happened(at, CALLER, "said", detail={"word": word, "by": channel})
    change(connection, ticket, happened, satisfaction=word)
    _end_visit(connection, ticket.id, at, "answered", word=word, heard_by=channel)
    to_state: Literal["closed", "reopened"] = "reopened" if word == "not_settled" else "closed"
    if ticket.state != to_state:
        transition(connection, number, to_state, CALLER, "", at)
    if word != "satisfied":
        _tell_staff(connection, ticket, word, at)
    log.info("ticket.word", ticket=ticket.id, word=word, by=channel)
    return Said(to_state, number, ticket.id)


def close_silent(connection: Connection, at: datetime) -> int:
    """Close the tickets whose callers have been silent for long enough; returns how many."""
    visits = [hold(connection, visit_id) for visit_id in queries.silent(connection, at)]
    closed = [visit for visit in visits if visit is not None and _close(connection, visit, at)]
    return len(closed)


def hold(connection: Connection, visit_id: int) -> Visit | None:
    """An open visit, its ticket locked first: whoever changes either does so in this order."""
    lock_by_id(connection, queries.ticket_of(connection, visit_id))
    visit = queries.find(connection, visit_id)
    return visit if visit is not None and visit.state == "open" else None


def note_best_time(
    connection: Connection,
    caller_index: str,
    from_minute: int,
    until_minute: int,
    actor: str,
    at: datetime,
) -> None:
    """Note when a caller likes to be called: minutes after midnight in the county.

    Raises ValueError when that is no part of a day.
    """
    if not 0 <= from_minute < until_minute <= 24 * 60:
        raise ValueError(f"{from_minute} to {until_minute} minutes is no part of a day")
    values = {
        "from_minute": from_minute,
        "until_minute": until_minute,
        "noted_at": at,
        "noted_by": actor,
    }
    if not insert_once(connection, BestTime, caller_index=caller_index, **values):
        connection.execute(
            update(BestTime).where(BestTime.caller_index == caller_index).values(**values)
        )


def add_visit(
    connection: Connection, ticket_id: int, resolved_at: datetime, **columns: Any
) -> bool:
    """Begin to ask the caller of a resolved ticket; False when that was begun before."""
    return insert_once(
        connection,
        ReturnVisit,
        ticket_id=ticket_id,
        resolved_at=resolved_at,
        state="open",
        **columns,
    )


def change_visit(connection: Connection, visit: Visit, **columns: Any) -> None:
    """Write down how the asking goes on."""
    connection.execute(update(ReturnVisit).where(ReturnVisit.id == visit.id).values(**columns))


def withdraw(connection: Connection, visit: Visit, at: datetime) -> None:
    """The ticket is no longer as it was resolved: its caller is not asked any more."""
    change_visit(connection, visit, state="withdrawn", next_try_at=None, ended_at=at)


def _close(connection: Connection, visit: Visit, at: datetime) -> bool:
    if not visit.is_wanted:
        withdraw(connection, visit, at)
        return False
    ticket = lock_by_id(connection, visit.ticket_id)
    happened = Happened(at, SYSTEM, "silent", detail={"days": SILENCE.days})
    change(connection, ticket, happened, satisfaction="none_given")
    transition(connection, ticket.number, "closed", SYSTEM, "", at)
    _end_visit(connection, ticket.id, at, "silent")
    log.info("ticket.closed_by_silence", ticket=ticket.id)
    return True


def _standing_word(connection: Connection, ticket: Standing, at: datetime) -> str | None:
    """The caller's word so far (empty: none); None when a word is not expected any more."""
    if ticket.state == "resolved":
        return ""
    if ticket.state != "closed":
        return None
    row = connection.execute(
        select(Ticket.satisfaction, Ticket.closed_at).where(Ticket.id == ticket.id)
    ).one()
    return row.satisfaction if row.closed_at > at - LATE else None


def _end_visit(
    connection: Connection,
    ticket_id: int,
    at: datetime,
    state: VisitState,
    word: str = "",
    heard_by: str = "",
) -> None:
    connection.execute(
        update(ReturnVisit)
        .where(ReturnVisit.ticket_id == ticket_id, ReturnVisit.state == "open")
        .values(state=state, word=word, heard_by=heard_by, next_try_at=None, ended_at=at)
    )


def _tell_staff(connection: Connection, ticket: Standing, word: Satisfaction, at: datetime) -> None:
    """The supervisors learn of every unhappy word, the owner of what begins anew."""
    told = set(queries.supervisors(connection, ticket.department, ticket.region))
    if word == "not_settled" and ticket.owner_id is not None:
        told.add(ticket.owner_id)
    sentences = {tag: text.format(number=ticket.number) for tag, text in ALERTS[word].items()}
    for staff_id in sorted(told):
        raise_alert(
            connection,
            key=f"word:{ticket.id}:{ticket.clocks.clock_round}:{word}:{staff_id}",
            staff_id=staff_id,
            kind=f"ticket.{word}",
            ticket_id=ticket.id,
            words=sentences,
            at=at,
            ways=WAYS[word],
        )
