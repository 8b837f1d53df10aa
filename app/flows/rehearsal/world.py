"""The world of a rehearsed call: its clock, its identities, and what look-ups find. All fixed."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.flows.calendar import DayKind, WorkingCalendar
from app.flows.check_digit import check_digit
from app.flows.context import (
    Articles,
    CallBackFound,
    CallBackLookup,
    Context,
    EscalationFound,
    EscalationLookup,
    IncidentFound,
    IncidentLookup,
    Lookup,
    MediationFound,
    MediationLookup,
    MediationState,
    PersonLookup,
    ReturnVisitFound,
    ReturnVisitLookup,
    TicketFound,
    TicketLookup,
)
from app.flows.effects import Effect, OpenTicket
from app.flows.engine import Step
from app.flows.hearing import HearingDoorLookup, HearingLookup
from app.flows.hours import COUNTY_TIME
from app.flows.library import FlowLibrary
from app.flows.rehearsal.hearings import HearingNews, RehearsedHearing
from app.flows.rehearsal.staff import Staff
from app.flows.rehearsal.transcript import WITHHELD, Transcript
from app.flows.state import State

STEP_SECONDS = 10  # between two deeds
INCIDENTS = 9_000_000  # from here on incidents are numbered
CALL_SID = "CA" + "0" * 31 + "1"
THERE = "2026001"  # the ticket that exists before the call, without its check digit
CASE = THERE + check_digit(THERE)
CONFERENCE = "m-rehearsal"

# What others do in a mediation, and how it then stands.
_MEDIATION: dict[str, tuple[MediationState, str]] = {
    "": ("inviting", ""),
    "consent": ("open", ""),
    "refuse": ("failed", "refused"),
    "do_not_answer": ("failed", "no_answer"),
    "are_machines": ("failed", "machine"),
    "are_busy": ("failed", "mediator_unavailable"),
    "leave": ("failed", "caller_left"),
    "end": ("closed", ""),
}


@dataclass(frozen=True, slots=True)
class OneDay:
    """A source of holidays that knows of one day only."""

    day: date
    kind_of_day: DayKind

    def kind(self, day: date) -> DayKind:
        """What is special about a day."""
        return self.kind_of_day if day == self.day else "ordinary"

    def is_published(self, year: int) -> bool:
        """Nothing is missing."""
        return True


def calendar_of(transcript: Transcript) -> WorkingCalendar | None:
    """The calendar on the day of a transcript; None when that of the flows says it."""
    when = transcript.when
    if when.kind is None:
        return None
    return WorkingCalendar(OneDay(when.at.astimezone(COUNTY_TIME).date(), when.kind))


class World:
    """Gives each step its context."""

    def __init__(self, transcript: Transcript, library: FlowLibrary) -> None:
        self._transcript = transcript
        self._directory = library.directory
        self._category = library.directory.message_category
        self._staff = Staff(
            busy=transcript.staff == "busy", may_call_back=transcript.caller != WITHHELD
        )
        self._now = transcript.when.at
        self._steps = 0
        self._recordings = 0
        self._others = ""
        self._hearing = RehearsedHearing(transcript.attends)
        self.degraded = transcript.database == "away"
        self.ticket_number = THERE + check_digit(THERE)

    def copy(self) -> "World":
        """The same world, to try something out in."""
        other = copy(self)
        other._hearing = copy(self._hearing)
        return other

    @property
    def by_machine(self) -> bool:
        """Whether an answering machine takes the call."""
        return self._transcript.answered_by == "machine"

    @property
    def variables(self) -> dict[str, str]:
        """What a call that we place is told at its beginning."""
        match self._transcript.entry:
            case "invitation" | "mediator":
                department = self._transcript.department or ""
                role = "mediator" if self._transcript.entry == "mediator" else "department"
                return {"session": "s1", "leg": "l1", "role": role, "department": department}
            case "party":
                leg = {"session": "s1", "leg": "l1", "role": "party"}
                return {**leg, "department": "", "case": CASE}
            case "escalation" | "incident":
                return {"leg": "l1"}
            case "return_visit":
                return {"visit": "1"}
            case "call_back":
                return {"call": "1"}
            case "hearing":
                return {"hearing": "1"}
        return {}

    def others(self, do: str) -> None:
        """The other parties of the mediation do something."""
        self._others = do

    def hearing(self, what: HearingNews) -> str:
        """The moderator of the hearing does something; returns the news that interrupts."""
        return self._hearing.happens(what, self._now)

    def recording_sid(self) -> str:
        """A fresh recording."""
        self._recordings += 1
        return f"RE{self._recordings:032d}"

    def context(self, articles: Articles, lookups: Sequence[Lookup]) -> Context:
        """What the next step knows."""
        self._steps += 1
        self._now += timedelta(seconds=STEP_SECONDS)
        fresh, incident = f"{self._steps:07d}", f"{INCIDENTS + self._steps:07d}"
        caller = self._transcript.caller
        found = {} if self.degraded else {one: self._find(one) for one in lookups}
        return Context(
            now=self._now,
            call_sid=CALL_SID,
            caller="anonymous" if caller == WITHHELD else caller,
            articles=articles,
            fresh_number=fresh + check_digit(fresh),
            fresh_id=f"{self._steps:032x}",
            incident_number=incident + check_digit(incident),
            degraded=self.degraded,
            found={lookup: value for lookup, value in found.items() if value is not None},
        )

    def fields(self, state: State, effects: Sequence[Effect]) -> dict[str, str]:
        """The fields that a transcript may name now."""
        opened = [effect.number for effect in effects if isinstance(effect, OpenTicket)]
        if opened:
            return {"ticket_number": opened[-1]}
        return {"ticket_number": self.ticket_number} if self._transcript.ticket else {}

    def knowing(self, context: Context, lookups: Sequence[Lookup]) -> Context:
        """The same step, once it is known what a node wants that it comes to."""
        if self.degraded:
            return context
        found = {one: self._find(one) for one in lookups}
        return replace(context, found={**context.found, **found})

    def saw(self, taken: Step) -> None:
        """A step was taken."""
        self._staff = self._staff.after(taken.directives, taken.effects, self._now)

    def _find(self, lookup: Lookup) -> Any:
        if isinstance(lookup, PersonLookup):
            return self._staff.find(self._directory, lookup, self._now)
        if isinstance(lookup, MediationLookup):
            state, reason = _MEDIATION[self._others]
            is_open = state == "open"
            return MediationFound(state, CONFERENCE if is_open else "", reason, is_open=is_open)
        if isinstance(lookup, HearingLookup | HearingDoorLookup):
            return self._hearing.find(lookup)
        there = self._transcript.ticket
        if there is None:
            return None
        number, category = self.ticket_number, there.category or self._category
        due = self._transcript.when.at + timedelta(minutes=there.minutes_left)
        match lookup:
            case TicketLookup(asked):
                found = TicketFound(number, there.state, category, due, due, there.outcome)
                return found if asked == number else None
            case EscalationLookup():
                return EscalationFound(
                    number, category, there.place, there.words, due, is_free=not there.taken
                )
            case IncidentLookup():
                return IncidentFound(
                    number,
                    "",
                    there.place,
                    people=None,
                    is_drill=False,
                    is_free=not there.taken,
                    taken_by="王" if there.taken else "",
                )
            case ReturnVisitLookup():
                return ReturnVisitFound(number, category, there.outcome, there.sealed)
            case CallBackLookup():
                return CallBackFound(number, category, self._transcript.caller)
