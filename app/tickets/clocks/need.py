"""Whether a clock of a ticket still runs. Pure."""

from app.tickets.changes import Standing
from app.tickets.clocks.levels import Running
from app.tickets.clocks.models import ClockName
from app.tickets.states import SETTLED, UNANSWERED


def is_needed(ticket: Standing, clock: ClockName) -> bool:
    """Whether people must still be told about this deadline."""
    if ticket.merged_into_id is not None or ticket.state in SETTLED or ticket.state == "waiting":
        return False
    return clock == "complete" or ticket.state in UNANSWERED


def running(ticket: Standing) -> tuple[Running, ...]:
    """The clocks that run now."""
    clocks = ticket.clocks
    both = (
        Running("respond", clocks.respond_due_at, clocks.respond_within),
        Running("complete", clocks.complete_due_at, clocks.complete_within),
    )
    return tuple(one for one in both if is_needed(ticket, one.clock))
