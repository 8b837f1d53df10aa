"""Both clocks of a ticket as its page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.console.tickets.lines import warn_seconds
from app.tickets.lists.rows import WholeTicket
from app.tickets.states import SETTLED, UNANSWERED

Mode = Literal["running", "paused", "kept", "missed"]


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock: running towards `at`, paused until `at`, or kept or missed at `at`.

    `due_at` is its deadline, `warn` how many seconds before it the countdown turns.
    """

    name: Literal["respond", "complete"]
    mode: Mode
    at: datetime
    due_at: datetime
    warn: int


def clocks_of(ticket: WholeTicket) -> Sequence[ClockView]:
    """The clock of the response and that of the completion; none when it was merged."""
    if ticket.merged_into_id is not None:
        return ()
    return (_respond(ticket), _complete(ticket))


def _respond(ticket: WholeTicket) -> ClockView:
    due, warn = ticket.respond_due_at, warn_seconds(ticket.opened_at, ticket.respond_due_at)
    if ticket.acknowledged_at is None or ticket.state in UNANSWERED:
        return ClockView("respond", "running", due, due, warn)
    mode: Mode = "missed" if ticket.responded_in_time is False else "kept"
    return ClockView("respond", mode, ticket.acknowledged_at, due, warn)


def _complete(ticket: WholeTicket) -> ClockView:
    due, warn = ticket.complete_due_at, warn_seconds(ticket.opened_at, ticket.complete_due_at)
    if ticket.state in SETTLED and ticket.resolved_at is not None:
        mode: Mode = "missed" if ticket.completed_in_time is False else "kept"
        return ClockView("complete", mode, ticket.resolved_at, due, warn)
    if ticket.state == "waiting" and ticket.waiting_until is not None:
        return ClockView("complete", "paused", ticket.waiting_until, due, warn)
    return ClockView("complete", "running", due, due, warn)
