"""What of the tickets a visitor may see and do.

On pages a sealed ticket is blank to all but its owner. Supervisors and auditors, who may see behind
the seal, say why and are recorded (`sealing.py`).
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, true

from app.people.access.rights import Right
from app.people.access.visitor import ForbiddenError, Visitor
from app.tickets.errors import UnknownTicketError
from app.tickets.handover.service import Receiver
from app.tickets.lists import queries
from app.tickets.lists.rows import WholeTicket
from app.tickets.models import Ticket
from app.tickets.seal.sight import Viewer


def reach(
    visitor: Visitor, right: Right = Right.tickets_view, *, own: bool = False
) -> ColumnElement[bool]:
    """The tickets somebody has a right on, as a condition: those of their area.

    With `own`, those they own, wherever; both together would leave no index to read a list by.
    """
    if own and visitor.staff_id is not None and visitor.may(right):
        return Ticket.owner_id == visitor.staff_id
    return visitor.scope(right).condition(Ticket.department, Ticket.region)


def departments_of(visitor: Visitor) -> frozenset[str]:
    """The departments somebody works for; `*` is all of them."""
    return frozenset(department for department, _ in visitor.scope(Right.tickets_work).areas)


def desk_of(visitor: Visitor) -> queries.Desk:
    """Somebody's desk."""
    return queries.Desk(viewer(visitor), departments_of(visitor), reach(visitor))


def viewer(visitor: Visitor) -> Viewer:
    """Somebody as one who looks at lists and pages: seals stay closed but for one's own."""
    return Viewer(visitor.staff_id)


def receiver_of(visitor: Visitor) -> Receiver:
    """Somebody as the one who answers an offer."""
    assert visitor.staff_id is not None
    return Receiver(visitor.staff_id, departments_of(visitor))


@dataclass(frozen=True, slots=True)
class Powers:
    """What a visitor may do with one ticket."""

    work: bool
    assign: bool
    own: bool
    offered: bool
    unseal: bool
    listen: bool


def powers_over(visitor: Visitor, ticket: WholeTicket, *, offered: bool) -> Powers:
    """What a visitor may do with a ticket, offered to them or not."""

    def may(right: Right) -> bool:
        return visitor.may(right, department=ticket.department, region=ticket.region)

    own = ticket.owner_id is not None and ticket.owner_id == visitor.staff_id
    works = visitor.may(Right.tickets_work)
    return Powers(
        work=may(Right.tickets_work) or (own and works),
        assign=may(Right.tickets_assign),
        own=own,
        offered=offered and works and not own,
        unseal=may(Right.tickets_unseal),
        listen=visitor.may(Right.recordings_listen) and not ticket.hidden,
    )


def visible(connection: Connection, visitor: Visitor, number: str) -> tuple[WholeTicket, Powers]:
    """A ticket that a visitor may see, and what they may do with it.

    Their own, and what is on offer to them, they see wherever it belongs. Raises
    UnknownTicketError for any other, as if it did not exist.
    """
    desk = desk_of(visitor)
    ticket = queries.find_ticket(connection, number, true(), desk.viewer)
    if ticket is None:
        raise UnknownTicketError(number)
    offered = queries.is_offered(connection, ticket.id, desk)
    powers = powers_over(visitor, ticket, offered=offered)
    inside = visitor.may(Right.tickets_view, department=ticket.department, region=ticket.region)
    if not (inside or powers.own or powers.offered):
        raise UnknownTicketError(number)
    return ticket, powers


def workable(
    connection: Connection, visitor: Visitor, number: str, right: Right = Right.tickets_work
) -> WholeTicket:
    """A ticket that a visitor may change. Raises UnknownTicketError, or ForbiddenError."""
    ticket, powers = visible(connection, visitor, number)
    allowed = powers.work if right is Right.tickets_work else powers.assign
    if not allowed:
        raise ForbiddenError(right)
    return ticket
