"""Which cases a visitor may see and work on."""

from sqlalchemy import ColumnElement, Connection, or_
from starlette.exceptions import HTTPException

from app.mediation.cases import queries
from app.mediation.cases.models import DisputeCase
from app.mediation.cases.queries import CaseView
from app.people.access.rights import Right
from app.people.access.visitor import ForbiddenError, Visitor


def reach(visitor: Visitor, right: Right = Right.disputes_view) -> ColumnElement[bool]:
    """The cases of one's area, and those one mediates wherever they belong, as a condition."""
    area = visitor.scope(right).condition(DisputeCase.department, DisputeCase.region)
    if visitor.staff_id is None or not visitor.may(right):
        return area
    return or_(area, DisputeCase.mediator_id == visitor.staff_id)


def visible(connection: Connection, visitor: Visitor, number: str) -> CaseView:
    """A case that a visitor may see. Answers 404 for any other, as if it did not exist."""
    case = queries.find_case(connection, number, reach(visitor), visitor.staff_id)
    if case is None:
        raise HTTPException(404)
    return case


def may_work(visitor: Visitor, case: CaseView) -> bool:
    """Whether a visitor may change a case: of their area or their own, and not behind a seal."""
    own = case.mediator_id is not None and case.mediator_id == visitor.staff_id
    there = visitor.may(Right.mediations_lead, department=case.department, region=case.region)
    return not case.hidden and (there or (own and visitor.may(Right.mediations_lead)))


def workable(connection: Connection, visitor: Visitor, number: str) -> CaseView:
    """A case that a visitor may change. Raises ForbiddenError for one they may only see."""
    case = visible(connection, visitor, number)
    if not may_work(visitor, case):
        raise ForbiddenError(Right.mediations_lead)
    return case


def whole(connection: Connection, visitor: Visitor, number: str) -> CaseView:
    """A case with its parties and papers. Raises ForbiddenError behind a seal."""
    case = visible(connection, visitor, number)
    if case.hidden:
        raise ForbiddenError(Right.tickets_unseal)
    return case
