"""The events that other systems may be told of, and what they are told: nothing personal."""

from collections.abc import Mapping
from typing import Any

EVENTS: Mapping[str, str] = {
    "ticket.opened": "A ticket was opened, by whatever channel.",
    "ticket.state_changed": "A ticket went from one state to another.",
    "ticket.changed": "Anything else of a ticket changed: owner, priority, category, a note …",
    "ticket.escalated": "A deadline of a ticket has passed.",
    "call.ended": "A call came to its end.",
}
EVERYTHING = "*"


def of_ticket_event(event: str) -> str:
    """The name outside for an event of a ticket's history."""
    return {"opened": "ticket.opened", "state": "ticket.state_changed"}.get(event, "ticket.changed")


def wants(events: str, event: str) -> bool:
    """Whether an endpoint's list holds an event."""
    return events == EVERYTHING or event in events.split()


def refused(events: list[str]) -> list[str]:
    """The names in a list that are no events."""
    return [name for name in events if name not in EVENTS and name != EVERYTHING]


def body_of(key: str, event: str, at: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What is posted."""
    return {"id": key, "event": event, "at": at, "data": dict(data)}
