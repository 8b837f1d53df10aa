"""What a recording is about: its tickets, and who may therefore hear it."""

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.tickets.links.models import TicketCall
from app.tickets.models import Ticket

_OVER = frozenset({"resolved", "closed"})


@dataclass(frozen=True, slots=True)
class Matter:
    """A ticket as far as its recordings are concerned."""

    id: int
    number: str
    kind: str
    state: str
    department: str
    region: str
    owner_id: int | None
    confidential: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be done about it."""
        return self.state in _OVER

    def is_theirs(self, visitor: Visitor) -> bool:
        """Whether it is the visitor's own work."""
        return visitor.staff_id is not None and self.owner_id == visitor.staff_id

    def shows_its_caller_to(self, visitor: Visitor) -> bool:
        """A sealed ticket shows its caller only to its owner and to who may unseal it there."""
        return (
            not self.confidential
            or self.is_theirs(visitor)
            or visitor.may(Right.tickets_unseal, department=self.department, region=self.region)
        )


def matters_of(connection: Connection, sid: str, call_sid: str | None) -> list[Matter]:
    """The tickets that name a recording; when none does, those its call began or was about."""
    columns = [getattr(Ticket, name) for name in Matter.__slots__]
    named = select(*columns).where(Ticket.recording_sid == sid).order_by(Ticket.id)
    found = connection.execute(named).all()
    if not found and call_sid:
        about = select(TicketCall.ticket_id).where(TicketCall.call_sid == call_sid)
        of_the_call = or_(Ticket.call_sid == call_sid, Ticket.id.in_(about))
        found = connection.execute(select(*columns).where(of_the_call).order_by(Ticket.id)).all()
    return [Matter(*row) for row in found]


@dataclass(frozen=True, slots=True)
class Hearing:
    """Whether a visitor may hear a recording, and whether they must say why.

    `sealed`: it would be within their reach, were its ticket not confidential.
    """

    allowed: bool
    sealed: bool
    reason_needed: bool


def hearing(visitor: Visitor, matters: list[Matter], right: Right) -> Hearing:
    """The rule for a right such as `recordings.listen`.

    It must be had where one of the tickets belongs (at the hotline's own desk when there is none),
    and every sealed one must show its caller. Outside one's own tickets a reason is needed.
    """
    own = any(matter.is_theirs(visitor) for matter in matters)
    places = [(matter.department, matter.region) for matter in matters] or [("", "")]
    reached = (own and visitor.may(right)) or any(
        visitor.may(right, department=department, region=region) for department, region in places
    )
    sealed = not all(matter.shows_its_caller_to(visitor) for matter in matters)
    return Hearing(allowed=reached and not sealed, sealed=reached and sealed, reason_needed=not own)
