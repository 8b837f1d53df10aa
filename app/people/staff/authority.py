"""Who may manage whom: nobody above their own reach, and nobody themselves."""

from app.people.access.rights import Right
from app.people.access.visitor import ForbiddenError, Grant, Visitor
from app.people.staff.errors import OwnAccountError
from app.people.staff.queries import Person


def insist_may_manage(visitor: Visitor, person: Person) -> None:
    """Raise ForbiddenError unless everything this person was granted lies in the visitor's reach.

    Else somebody who manages one department could take over an account of the whole county.
    """
    if not may_manage(visitor, person):
        raise ForbiddenError(Right.staff_edit)


def may_manage(visitor: Visitor, person: Person) -> bool:
    """Whether the visitor may manage this person; one without grants belongs to no area."""
    reach = visitor.scope(Right.staff_edit)
    return reach.everything or (
        bool(person.grants)
        and all(reach.covers(grant.department, grant.region) for grant in person.grants)
    )


def may_see(visitor: Visitor, person: Person) -> bool:
    """Whether the visitor may see this person: somebody of the same area, or without any grant."""
    reach = visitor.scope(Right.staff_view)
    return any(
        visitor.may(
            Right.staff_view,
            department=None if grant.department == "*" else grant.department,
            region=None if grant.region == "*" else grant.region,
        )
        for grant in person.grants
    ) or (reach.everything and not person.grants)


def insist_may_grant(visitor: Visitor, person: Person, grant: Grant) -> None:
    """Raise ForbiddenError for a grant outside the visitor's reach, OwnAccountError for their own.

    Nobody widens or narrows what they may do themselves: that takes a second person.
    """
    insist_not_oneself(visitor, person)
    if not visitor.scope(Right.staff_edit).covers(grant.department, grant.region):
        raise ForbiddenError(Right.staff_edit)


def insist_not_oneself(visitor: Visitor, person: Person) -> None:
    """Raise OwnAccountError when the visitor is this person."""
    if visitor.staff_id == person.id:
        raise OwnAccountError
