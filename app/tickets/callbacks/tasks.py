"""The task to call somebody back: one open at a time per caller, whatever it comes from."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.flows.directory import Directory
from app.tickets.callbacks import queries
from app.tickets.callbacks.queries import KIND
from app.tickets.changes import CALLER, Happened, write_event
from app.tickets.errors import SourceTakenError
from app.tickets.routing import Routing
from app.tickets.service import Appeal, open_ticket


@dataclass(frozen=True, slots=True)
class CallToReturn:
    """A call that somebody is owed an answer to; `outcome` is what it led to, in a word."""

    sid: str
    caller: str
    caller_index: str
    language: str
    outcome: str
    at: datetime
    note: str


def note_again(connection: Connection, ticket_id: int, call: CallToReturn) -> None:
    """Write on an open task that its caller called again."""
    detail = {"call": call.sid, "outcome": call.outcome}
    write_event(connection, ticket_id, Happened(call.at, CALLER, "called_again", detail=detail))


def open_task(
    connection: Connection, directory: Directory, call: CallToReturn, number: str, at: datetime
) -> str:
    """Open the task under a fresh number; returns the number of the one that stands then.

    Two workers that do so at once agree on it. Raises NumberTakenError when the number is used.
    """
    known = queries.open_task(connection, call.caller_index)
    if known is not None:
        note_again(connection, known.id, call)
        return known.number
    so_far = queries.tasks_so_far(connection, call.caller_index)
    appeal = Appeal(
        number=number,
        # Two workers who meet two calls of one caller agree on the name of the task.
        source=f"callback:{call.caller_index}:{so_far + 1}",
        kind=KIND,
        category=directory.message_category,
        channel="phone",
        language=call.language or directory.default_language,
        caller=call.caller,
        note=call.note,
        call_sid=call.sid,
    )
    promise = directory.call_backs
    routing = Routing(
        department=promise.department,
        respond=timedelta(minutes=promise.respond_minutes),
        complete=timedelta(hours=promise.complete_hours),
    )
    try:
        open_ticket(connection, appeal, routing, at)
    except SourceTakenError:
        known = queries.open_task(connection, call.caller_index)
        if known is None:
            raise
        note_again(connection, known.id, call)
        return known.number
    return number
