"""What happenings do to the clock columns of a ticket. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.flows.working import Timepiece
from app.tickets.models import Clock
from app.tickets.routing import Routing
from app.tickets.states import SETTLED, UNANSWERED, TicketState

Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clock columns of a ticket as they stand."""

    clock: Clock
    clock_round: int
    clock_started_at: datetime | None
    respond_within: int
    complete_within: int
    opened_at: datetime
    respond_due_at: datetime
    complete_due_at: datetime
    acknowledged_at: datetime | None
    responded_in_time: bool | None
    waiting_since: datetime | None
    waiting_until: datetime | None


def promised(routing: Routing, start: datetime, time: Timepiece) -> Columns:
    """The deadlines of a routing, measured from an instant."""
    respond_within = round(routing.respond / timedelta(minutes=1))
    complete_within = round(routing.complete / timedelta(minutes=1))
    return {
        "clock": routing.clock,
        "respond_within": respond_within,
        "complete_within": complete_within,
        "respond_due_at": time.add(start, respond_within * 60),
        "complete_due_at": time.add(start, complete_within * 60),
    }


def what_counts(
    state: TicketState, respond_due_at: datetime, complete_due_at: datetime, until: datetime | None
) -> datetime | None:
    """The deadline that counts in a state (the column `due_at`)."""
    if state in SETTLED:
        return None
    if state in UNANSWERED:
        return respond_due_at
    return until if state == "waiting" and until is not None else complete_due_at


def entering(
    clocks: Clocks,
    to_state: TicketState,
    at: datetime,
    time: Timepiece,
    until: datetime | None = None,
) -> Columns:
    """The changes when a ticket enters a state at an instant; `until` is when a wait ends.

    Time spent in `waiting` moves the completion deadline by as much. Reopening starts both clocks
    anew, as another round.
    """
    changes: dict[str, Any] = {"waiting_since": None, "waiting_until": None}
    respond_due, complete_due = clocks.respond_due_at, clocks.complete_due_at
    if clocks.waiting_since is not None:
        complete_due = _after_wait(time, complete_due, clocks.waiting_since, at)
    match to_state:
        case "acknowledged":
            changes |= _answered(clocks, at)
        case "waiting":
            changes |= {"waiting_since": at, "waiting_until": until}
        case "resolved":
            changes |= {"resolved_at": at, "completed_in_time": at <= complete_due}
        case "closed":
            changes["closed_at"] = at
        case "reopened":
            respond_due = time.add(at, clocks.respond_within * 60)
            complete_due = time.add(at, clocks.complete_within * 60)
            changes |= {"resolved_at": None, "closed_at": None, "clock_started_at": at}
            changes["clock_round"] = clocks.clock_round + 1
    rests = to_state in SETTLED or to_state == "waiting"
    return changes | {
        "respond_due_at": respond_due,
        "complete_due_at": complete_due,
        "due_at": what_counts(to_state, respond_due, complete_due, until),
        "next_alarm_at": None if rests else at,
    }


def _after_wait(time: Timepiece, due_at: datetime, since: datetime, at: datetime) -> datetime:
    """A deadline that stood still: what was left then is left now; what was late stays so."""
    return time.add(at, time.between(since, due_at)) if due_at > since else due_at


def _answered(clocks: Clocks, at: datetime) -> Columns:
    """The first acknowledgement counts for the promise of a response."""
    if clocks.acknowledged_at is not None:
        return {}
    return {"acknowledged_at": at, "responded_in_time": at <= clocks.respond_due_at}
