"""Following up inbound calls: each is judged once, and a missed one becomes a call-back task."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from app.calls.outcomes.queries import EndedCall, happenings, unjudged
from app.calls.outcomes.rules import MISSED, Outcome, outcome_of
from app.calls.outcomes.service import record_outcome
from app.flows.directory import Directory
from app.tickets.callbacks import queries
from app.tickets.callbacks.queries import KIND
from app.tickets.changes import CALLER, Happened, write_event
from app.tickets.errors import SourceTakenError
from app.tickets.routing import Routing
from app.tickets.service import Appeal, open_ticket

log = structlog.get_logger()


class MissedCalls:
    """Opens a task for each caller whose call led to nothing, one at a time per caller."""

    def __init__(
        self, directory: Callable[[], Directory], ticket_number: Callable[[], str]
    ) -> None:
        self._directory = directory
        self._ticket_number = ticket_number

    def follow_up(self, connection: Connection, at: datetime) -> int:
        """Judge the calls that have ended; returns how many. Two workers may do so at once.

        Raises NumberTakenError: everything is undone, and done again with other numbers.
        """
        calls = unjudged(connection, at)
        sids = [call.sid for call in calls]
        happened = happenings(connection, sids)
        registered = queries.calls_with_tickets(connection, sids)
        for call in calls:
            outcome = outcome_of(happened[call.sid], call.seconds)
            if call.sid in registered:
                outcome = "ticket"
            if record_outcome(connection, call.sid, outcome):
                self._consequence(connection, call, outcome, at)
        return len(calls)

    def _consequence(
        self, connection: Connection, call: EndedCall, outcome: Outcome, at: datetime
    ) -> None:
        log.info("call.judged", call=call.sid, outcome=outcome)
        if not call.caller.startswith("+") or outcome in ("banned", "misdialled"):
            return  # a withheld number is counted, but nobody can be called back
        task = queries.open_task(connection, call.caller_index)
        if task is not None:
            _note_another_call(connection, task.id, call, outcome)
        elif outcome in MISSED:
            self._open(connection, call, outcome, at)

    def _open(
        self, connection: Connection, call: EndedCall, outcome: Outcome, at: datetime
    ) -> None:
        directory = self._directory()
        so_far = queries.tasks_so_far(connection, call.caller_index)
        appeal = Appeal(
            number=self._ticket_number(),
            # Two workers who meet two calls of one caller agree on the name of the task.
            source=f"callback:{call.caller_index}:{so_far + 1}",
            kind=KIND,
            category=directory.message_category,
            channel="phone",
            language=call.language or directory.default_language,
            caller=call.caller,
            note=f"missed call: {outcome}" + (f" at {call.node}" if call.node else ""),
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
            task = queries.open_task(connection, call.caller_index)
            if task is not None:
                _note_another_call(connection, task.id, call, outcome)


def _note_another_call(
    connection: Connection, ticket_id: int, call: EndedCall, outcome: Outcome
) -> None:
    detail = {"call": call.sid, "outcome": outcome}
    write_event(
        connection, ticket_id, Happened(call.ended_at, CALLER, "called_again", detail=detail)
    )
