"""The one thing to do next with a case. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from app.mediation.cases.queries import AgreementView, CaseView, PartyView, SittingView
from app.mediation.cases.states import county_day

NextStep = Literal[
    "add_parties",  # two parties are needed
    "plan",  # agree on an hour, or begin at once
    "await_session",  # a session is planned
    "in_session",  # a session is going on
    "sign_minutes",  # a session was held and its minutes are not signed
    "draft",  # write down what was agreed
    "settle",  # there is an agreement: settle the case and set the follow-up
    "sign_agreement",  # settled; the parties have still to sign
    "follow_up",  # ask whether the agreement is kept
    "court",  # the parties may still ask the court together
    "wait",  # the follow-up is on a day to come
    "nothing",
]


@dataclass(frozen=True, slots=True)
class Situation:
    """What of a case decides."""

    case: CaseView
    parties: Sequence[PartyView]
    sittings: Sequence[SittingView]
    agreements: Sequence[AgreementView]


def next_step(situation: Situation, at: datetime) -> NextStep:
    """What is to be done now."""
    case = situation.case
    if case.state in ("failed", "withdrawn"):
        return "nothing"
    if case.state == "settled":
        return _after_settlement(situation, county_day(at))
    if any(one.is_running for one in situation.sittings):
        return "in_session"
    if any(one.state == "planned" for one in situation.sittings):
        return "await_session"
    if any(one.lacks_signature for one in situation.sittings):
        return "sign_minutes"
    if situation.agreements:
        return "settle"
    if any(one.was_held for one in situation.sittings):
        return "draft"
    present = [one for one in situation.parties if one.removed_at is None]
    return "plan" if len(present) > 1 else "add_parties"


def _after_settlement(situation: Situation, today: date) -> NextStep:
    case = situation.case
    if situation.agreements and case.effective_on is None:
        return "sign_agreement"
    if case.followed_up_at is None and case.follow_up_on and case.follow_up_on <= today:
        return "follow_up"
    if case.court_until is not None and today <= case.court_until:
        return "court"
    return "wait" if case.followed_up_at is None else "nothing"
