"""Changes of tickets, told to the county's other systems: nothing personal."""

from sqlalchemy import Connection, select

from app.tickets.models import Ticket, TicketEvent
from app.webhooks.events import of_ticket_event
from app.webhooks.queries import anybody_listens
from app.webhooks.service import announce

_TOLD = (
    Ticket.number,
    Ticket.state,
    Ticket.kind,
    Ticket.category,
    Ticket.department,
    Ticket.region,
    Ticket.priority,
    Ticket.channel,
)


def tell(connection: Connection, ticket_id: int, event_id: int) -> None:
    """Announce a change that was just written, when anybody wants to know."""
    if not anybody_listens(connection):
        return
    happened = connection.execute(
        select(TicketEvent.event, TicketEvent.actor, TicketEvent.from_state, TicketEvent.at).where(
            TicketEvent.id == event_id
        )
    ).one()
    ticket = connection.execute(select(*_TOLD).where(Ticket.id == ticket_id)).mappings().one()
    data = dict(ticket) | {
        "change": happened.event,
        "actor": happened.actor,
        "from_state": happened.from_state,
    }
    announce(
        connection,
        of_ticket_event(happened.event),
        f"ticket-event:{event_id}",
        data,
        happened.at,
        department=ticket["department"],
    )
