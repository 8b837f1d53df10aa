"""The pure rules of a dispute case: its states, its roles, its days."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal

from app.flows.hours import COUNTY_TIME

CaseState = Literal["open", "in_session", "settled", "failed", "withdrawn"]
NEXT: Mapping[CaseState, frozenset[CaseState]] = {
    "open": frozenset({"in_session", "settled", "failed", "withdrawn"}),
    "in_session": frozenset({"settled", "failed", "withdrawn"}),
    "settled": frozenset(),
    "failed": frozenset(),
    "withdrawn": frozenset(),
}
STATES: tuple[CaseState, ...] = tuple(NEXT)
ENDED: frozenset[CaseState] = frozenset({"settled", "failed", "withdrawn"})
OPEN_STATES: tuple[CaseState, ...] = tuple(state for state in STATES if state not in ENDED)

# Who takes part. `applicant` and `respondent` are the parties who sign the agreement.
PartyRole = Literal["applicant", "respondent", "department", "interpreter", "other", "mediator"]
PARTY_ROLES: tuple[PartyRole, ...] = (
    "applicant",
    "respondent",
    "department",
    "interpreter",
    "other",
)
SIGNING: frozenset[PartyRole] = frozenset({"applicant", "respondent"})

Mode = Literal["at_once", "appointment", "by_call"]
SittingState = Literal["planned", "cancelled", "called", "missed"]

CONFIRMATION_DAYS = (
    30  # People's Mediation Law, article 33: from the day the agreement takes effect
)
TOLD_BEFORE = timedelta(days=10)  # before the last of them parties and mediator are reminded
USUAL_FOLLOW_UP = timedelta(days=15)


def may_follow(before: CaseState, after: CaseState) -> bool:
    """Whether a case may go from one state to another."""
    return after in NEXT[before]


def days_between(first_call: datetime, settled: datetime) -> int:
    """Days from the first call to the settlement, as people count them: the same day is 0."""
    return (county_day(settled) - county_day(first_call)).days


def last_day_for_court(effective: date) -> date:
    """The last day on which the parties may together ask the court to confirm the agreement.

    The day it takes effect is not counted (Civil Code, article 201). Where the last day is a public
    holiday the law moves it to the next working day (article 203): nobody should count on that.
    """
    return effective + timedelta(days=CONFIRMATION_DAYS)


def county_day(at: datetime) -> date:
    """The day of an instant in the county."""
    return at.astimezone(COUNTY_TIME).date()
