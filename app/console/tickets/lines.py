"""A ticket as a line of a list, in the reader's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.console.naming import Names
from app.people.access.visitor import Visitor
from app.tickets.lists.rows import ListedTicket
from app.tickets.states import SETTLED, UNANSWERED

SOON = 0.2  # of the promised time is left: the countdown turns


@dataclass(frozen=True, slots=True)
class Line:
    """What a list shows of a ticket. `warn` is in seconds before `due_at`, `due_kind` a code.

    `hidden` is whether a seal keeps its caller from the reader.
    """

    number: str
    version: int
    title: str
    state: str
    kind: str
    priority: str
    category: str
    department: str
    channel: str
    place: str
    caller: str
    owner: str
    is_mine: bool
    sealed: bool
    hidden: bool
    opened_at: datetime
    due_at: datetime | None
    due_kind: str
    warn: int


def line_of(ticket: ListedTicket, names: Names, visitor: Visitor) -> Line:
    """A ticket as a line."""
    return Line(
        number=ticket.number,
        version=ticket.version,
        title=title_of(ticket, names),
        state=ticket.state,
        kind=ticket.kind,
        priority=ticket.priority,
        category=names.category(ticket.category),
        department=names.department(ticket.department),
        channel=ticket.channel,
        place=ticket.place,
        caller=caller_of(ticket, names),
        owner=names.person(ticket.owner_id),
        is_mine=ticket.owner_id is not None and ticket.owner_id == visitor.staff_id,
        sealed=ticket.confidential,
        hidden=ticket.hidden,
        opened_at=ticket.opened_at,
        due_at=ticket.due_at,
        due_kind=due_kind(ticket.state),
        warn=warn_seconds(ticket.opened_at, ticket.due_at),
    )


def owners(tickets: Iterable[ListedTicket]) -> set[int]:
    """The people of the staff who are named in a list."""
    return {ticket.owner_id for ticket in tickets if ticket.owner_id is not None}


def title_of(ticket: ListedTicket, names: Names) -> str:
    """What a ticket is called: its subject, or why it has none."""
    if ticket.hidden:
        return names.say("tickets.sealed_matter")
    return ticket.subject or names.coded("untitled", ticket.kind)


def caller_of(ticket: ListedTicket, names: Names) -> str:
    """Who brought it, as far as that may be seen."""
    if ticket.hidden:
        return names.say("tickets.sealed_caller")
    return ticket.caller_name or ticket.caller or names.say("tickets.unknown_caller")


def due_kind(state: str) -> str:
    """Which deadline counts in a state."""
    if state in SETTLED:
        return "none"
    if state in UNANSWERED:
        return "respond"
    return "wait" if state == "waiting" else "complete"


def warn_seconds(start: datetime, due: datetime | None) -> int:
    """How long before a deadline the countdown shows that it is near."""
    return 0 if due is None else max(60, int((due - start).total_seconds() * SOON))
