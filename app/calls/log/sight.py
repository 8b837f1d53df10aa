"""Which calls somebody sees, and of which they see who called.

A call is the work of the hotline's own desk: who has the right there sees all calls. Others see
those that led to, or were about, a ticket within their area or of their own. The caller of a sealed
ticket stays hidden in its calls as well.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, and_, false, func, or_, select, true

from app.calls.models import Call
from app.people.access.rights import Right
from app.people.access.scope import Scope
from app.people.access.visitor import Visitor
from app.tickets.links.models import TicketCall
from app.tickets.models import IS_SEALED, Ticket
from app.tickets.seal.sight import Viewer, seen_by, viewer_of

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks at calls: where they may, through which seals, and whether they see callers."""

    scope: Scope
    viewer: Viewer
    sees_callers: bool

    def reaches(self) -> Condition:
        """The calls they may see."""
        if self.scope.covers("", ""):
            return true()
        if not self.scope.areas:
            return false()
        own = false() if self.viewer.staff_id is None else Ticket.owner_id == self.viewer.staff_id
        return has_ticket(or_(self.scope.condition(Ticket.department, Ticket.region), own))

    def hides(self) -> Condition:
        """The calls whose caller they must not see because of a seal."""
        return sealed_from(self.viewer)

    def shows(self) -> Condition:
        """The calls whose caller no seal hides from them."""
        return open_to(self.viewer)


def sight_of(visitor: Visitor, right: Right = Right.calls_view) -> Sight:
    """A visitor as one who looks at calls; who may see no tickets sees no callers either."""
    return Sight(visitor.scope(right), viewer_of(visitor), visitor.may(Right.tickets_view))


def sealed_from(viewer: Viewer) -> Condition:
    """Whether a call is about a sealed ticket whose caller the viewer must not see."""
    return has_ticket(_sealed_from(viewer))


def open_to(viewer: Viewer) -> Condition:
    """Whether a call is about no such ticket; the opposite of `sealed_from`."""
    return _has_none(_sealed_from(viewer))


def _sealed_from(viewer: Viewer) -> Condition:
    # Not `not_`: nobody's owner is NULL, and NULL must not open a seal.
    return and_(IS_SEALED, seen_by(viewer).is_not(true()))


def has_ticket(which: Condition) -> Condition:
    """Whether a call began, or was about, a ticket of some kind.

    Asked for as a value and not by EXISTS: for that PostgreSQL would first read all tickets there
    are. So each call of a page looks up its own.
    """
    began, about = _tickets_of(which)
    return or_(began.is_not(None), about.is_not(None))


def has_no_ticket() -> Condition:
    """Whether a call neither began nor was about a ticket."""
    return _has_none(true())


def _has_none(which: Condition) -> Condition:
    """Whether a call neither began nor was about a ticket of some kind.

    Written as a comparison: of two values that are both missing PostgreSQL believes that hardly a
    call has them, and would sort the whole log before it takes the first fifty.
    """
    return func.coalesce(*_tickets_of(which), 0) < 1


def _tickets_of(which: Condition) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """A ticket that a call began, and one that it was about."""
    began = select(Ticket.id).where(Ticket.call_sid == Call.sid, which).limit(1)
    about = (
        select(TicketCall.id)
        .join(Ticket, Ticket.id == TicketCall.ticket_id)
        .where(TicketCall.call_sid == Call.sid, which)
        .limit(1)
    )
    return began.scalar_subquery(), about.scalar_subquery()


def masked(number: str) -> str:
    """A telephone of which only the ends are shown: 138****8000; a text that is none, as it is.

    >>> masked("+8613800138000")
    '138****8000'
    """
    if not number.startswith("+"):
        return number
    digits = number.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 7 else "****"
