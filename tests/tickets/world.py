"""A ticket desk for tests: one database, tickets by short names, instants in minutes after noon."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from app.database import Database
from app.flows.check_digit import check_digit
from app.people.access.scope import Scope
from app.tickets.lists.queries import Desk, find_ticket
from app.tickets.lists.rows import WholeTicket
from app.tickets.models import Ticket, TicketEvent
from app.tickets.routing import Routing
from app.tickets.seal.sight import Viewer
from app.tickets.service import Appeal, OpenedTicket, open_ticket, transition
from sqlalchemy import Connection, select, true

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday, noon in the county
FARMER, NEIGHBOUR = "+8613800138000", "+8613800138001"
LI, WANG, ZHAO = 1, 2, 3  # of the staff
AGRICULTURE = Routing(department="agriculture")
EVERYWHERE = Viewer(unseals=Scope(frozenset({("*", "*")})))

T = TypeVar("T")


def number(order: int) -> str:
    """The ticket number of the n-th ticket."""
    digits = str(1_000_000 + order)
    return digits + check_digit(digits)


def after(minutes: float) -> datetime:
    """So many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


@dataclass
class TicketDesk:
    """Tickets of a test. `first` is the number of the first one."""

    database: Database
    opened: int = 0
    first: str = field(default_factory=lambda: number(1))

    def write(self, act: Callable[..., T], *args: Any, **more: Any) -> T:
        """Do something in a transaction."""
        with self.database.writing() as connection:
            return act(connection, *args, **more)

    def read(self, query: Callable[..., T], *args: Any, **more: Any) -> T:
        """Read something."""
        with self.database.reading() as connection:
            return query(connection, *args, **more)

    def open(self, minutes: float = 0, routing: Routing = AGRICULTURE, **appeal: Any) -> str:
        """Open a ticket; returns its number."""
        return self.open_whole(minutes, routing, **appeal).number

    def open_whole(
        self, minutes: float = 0, routing: Routing = AGRICULTURE, **appeal: Any
    ) -> OpenedTicket:
        """Open a ticket."""
        self.opened += 1
        given = {
            "number": number(self.opened),
            "source": f"test:{self.opened}",
            "kind": "appeal",
            "category": "land",
            "channel": "phone",
            "language": "zh-CN",
            "caller": FARMER,
        }
        return self.write(open_ticket, Appeal(**(given | appeal)), routing, after(minutes))

    def move(
        self,
        ticket: str,
        state: Any,
        minutes: float,
        who: int | str = LI,
        why: str = "",
        **more: Any,
    ) -> bool:
        """Move a ticket to a state."""
        actor = who if isinstance(who, str) else f"staff:{who}"
        actor = "caller" if state == "closed" else actor
        if state == "resolved":
            why = why or "地已经还给您了"
        return self.write(transition, ticket, state, actor, why, after(minutes), **more)

    def settle(self, ticket: str, minutes: float = 10) -> None:
        """Take a new ticket all the way to resolved."""
        for step, state in enumerate(("acknowledged", "in_progress", "resolved")):
            self.move(ticket, state, minutes + step)

    def row(self, ticket: str) -> Any:
        """All columns of a ticket."""
        with self.database.reading() as connection:
            table = Ticket.__table__
            return connection.execute(select(table).where(Ticket.number == ticket)).one()

    def whole(self, ticket: str, viewer: Viewer = EVERYWHERE) -> WholeTicket:
        """A ticket as somebody sees it."""
        found = self.read(find_ticket, ticket, true(), viewer)
        assert found is not None
        return found

    def events(self, ticket: str) -> list[Any]:
        """The events of a ticket in their order."""
        with self.database.reading() as connection:
            query = select(TicketEvent.__table__).where(
                TicketEvent.ticket_id
                == select(Ticket.id).where(Ticket.number == ticket).scalar_subquery()
            )
            return list(connection.execute(query.order_by(TicketEvent.id)))

    def happened(self, ticket: str) -> list[str]:
        """The codes of the events of a ticket."""
        return [event.event for event in self.events(ticket)]


def at_desk(staff_id: int, *departments: str) -> Desk:
    """Whose desk: a person who works for some departments and may look there."""
    areas = frozenset((department, "*") for department in departments)
    scope = Scope(areas).condition(Ticket.department, Ticket.region)
    return Desk(Viewer(staff_id), departments, scope)


def run(database: Database, act: Callable[[Connection], T]) -> T:
    """One transaction, for a thread."""
    with database.writing() as connection:
        return act(connection)
