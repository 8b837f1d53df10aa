"""Who may see the caller of a sealed ticket: its owner, their supervisor, an auditor. Pure."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, false, or_

from app.people.access.rights import Right
from app.people.access.scope import NOTHING, Scope
from app.people.access.visitor import Visitor
from app.tickets.models import Ticket


class Sealable(Protocol):
    """What of a ticket decides."""

    @property
    def confidential(self) -> bool:
        """Whether it is sealed."""

    @property
    def owner_id(self) -> int | None:
        """The person of the staff who owns it."""

    @property
    def department(self) -> str:
        """The department that answers it."""

    @property
    def region(self) -> str:
        """The region it belongs to."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a person of the staff (None: a system), and where they see through seals."""

    staff_id: int | None = None
    unseals: Scope = NOTHING


def viewer_of(visitor: Visitor) -> Viewer:
    """A visitor as one who looks at tickets; supervisors and auditors see through seals."""
    return Viewer(visitor.staff_id, visitor.scope(Right.tickets_unseal))


def may_see_caller(ticket: Sealable, viewer: Viewer) -> bool:
    """Whether the caller, their words and their recordings are shown.

    They are on a ticket without a seal; on a sealed one, only to its owner, and to those who have
    the right to unseal for its department and region.
    """
    if not ticket.confidential:
        return True
    if viewer.staff_id is not None and viewer.staff_id == ticket.owner_id:
        return True
    return viewer.unseals.covers(ticket.department, ticket.region)


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """`may_see_caller` as a condition of a query on tickets."""
    return or_(
        Ticket.confidential.is_(False),
        false() if viewer.staff_id is None else Ticket.owner_id == viewer.staff_id,
        viewer.unseals.condition(Ticket.department, Ticket.region),
    )
