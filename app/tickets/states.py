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


def name(state: TicketState) -> str:
    """A state as a Chinese sentence says it."""
    return _NAMES[state]


_NAMES: Mapping[TicketState, str] = {
    "new": "待响应",
    "acknowledged": "已响应",
    "in_progress": "办理中",
    "waiting": "等待中",
    "resolved": "已办结",
    "closed": "已关闭",
    "reopened": "已重开",
}
