"""The life of a ticket, as one table."""

from collections.abc import Mapping
from typing import Literal

TicketState = Literal[
    "new", "acknowledged", "in_progress", "waiting", "resolved", "closed", "reopened"
]

# From each state, the states that may follow.
NEXT: Mapping[TicketState, frozenset[TicketState]] = {
    "new": frozenset({"acknowledged"}),
    "acknowledged": frozenset({"in_progress"}),
    "in_progress": frozenset({"waiting", "resolved"}),
    "waiting": frozenset({"in_progress", "resolved"}),
    "resolved": frozenset({"closed", "reopened"}),
    "closed": frozenset({"reopened"}),
    "reopened": frozenset({"acknowledged", "in_progress"}),
}

UNANSWERED: frozenset[TicketState] = frozenset({"new", "reopened"})  # nobody has taken it (again)
SETTLED: frozenset[TicketState] = frozenset({"resolved", "closed"})


def may_follow(before: TicketState, after: TicketState) -> bool:
    """Whether a ticket may go from one state to another."""
    return after in NEXT[before]
