"""Who may lead which mediation, and whose telephones they see."""

from collections.abc import Mapping

from sqlalchemy import Connection

from app.calls.log.queries import sealed_among
from app.calls.log.sight import masked, sight_of
from app.console.disputes.sight import may_work
from app.console.naming import Names
from app.mediation.cases.queries import case_of_session
from app.mediation.store import Session
from app.people.access.rights import Right
from app.people.access.visitor import Visitor
from app.web.telephones import telephone


def may_lead(connection: Connection, visitor: Visitor, session_id: str, department: str) -> bool:
    """Whether a session is theirs to lead: by its case, behind whose seal it is; else by its place.

    A session without a case is one that a caller convened with a department.
    """
    case = case_of_session(connection, session_id, visitor.staff_id)
    if case is not None:
        return may_work(visitor, case)
    return visitor.may(Right.mediations_lead, department=department)


def numbers_of(
    connection: Connection, visitor: Visitor, session: Session, names: Names
) -> Mapping[str, str]:
    """Each leg's telephone as they may see it: not that of the caller of a sealed ticket."""
    sight = sight_of(visitor)
    calls = [leg.call_sid for leg in session.legs if leg.call_sid]
    sealed = sealed_among(connection, calls, sight)
    behind_seal = {leg.number for leg in session.legs if leg.call_sid in sealed}
    shown = telephone if sight.sees_callers else masked
    return {
        leg.id: names.say("calls.sealed") if leg.number in behind_seal else shown(leg.number)
        for leg in session.legs
    }
