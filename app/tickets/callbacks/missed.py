"""Following up inbound calls: each is judged once, and a missed one becomes a call-back task."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from app.calls.outcomes.queries import EndedCall, happenings, unjudged
from app.calls.outcomes.rules import MISSED, Outcome, outcome_of
from app.calls.outcomes.service import record_outcome
from app.flows.directory import Directory
from app.tickets.callbacks import queries
from app.tickets.callbacks.tasks import CallToReturn, note_again, open_task

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
        owed = CallToReturn(
            call.sid,
            call.caller,
            call.caller_index,
            call.language,
            outcome,
            call.ended_at,
            note=f"missed call: {outcome}" + (f" at {call.node}" if call.node else ""),
        )
        task = queries.open_task(connection, call.caller_index)
        if task is not None:
            note_again(connection, task.id, owed)
        elif outcome in MISSED:
            open_task(connection, self._directory(), owed, self._ticket_number(), at)
