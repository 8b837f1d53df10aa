"""Category → department, priority and promise, by the directory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog

from app.tickets.models import Clock

log = structlog.get_logger()


class Category(Protocol):
    """What the directory says of a category. It may also name a `clock` for its deadlines."""

    @property
    def department(self) -> str:
        """The department that answers it."""

    @property
    def priority(self) -> str:
        """normal, high or urgent."""

    @property
    def respond_minutes(self) -> int:
        """Minutes until a person must have acknowledged."""

    @property
    def complete_hours(self) -> int:
        """Hours until it must be resolved."""


class Directory(Protocol):
    """What tickets need of `directory.yaml`."""

    @property
    def categories(self) -> Mapping[str, Category]:
        """All categories by key."""


@dataclass(frozen=True, slots=True)
class Routing:
    """Who answers a ticket and how fast; as given here, the hotline's own desk and promise."""

    department: str = ""
    priority: str = "normal"
    respond: timedelta = timedelta(minutes=30)
    complete: timedelta = timedelta(hours=24)
    clock: Clock = "round_the_clock"
    region: str = ""


def routing_of(directory: Directory, category: str) -> Routing:
    """The routing of a category; one that is no longer known goes to the hotline's own desk."""
    known = directory.categories.get(category)
    if known is None:
        log.warning("ticket.unknown_category", category=category)
        return Routing()
    return Routing(
        department=known.department,
        priority=known.priority,
        respond=timedelta(minutes=known.respond_minutes),
        complete=timedelta(hours=known.complete_hours),
        clock=getattr(known, "clock", "round_the_clock"),
    )
