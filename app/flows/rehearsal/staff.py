"""The staff of a rehearsed call: whoever the directory names is on duty, or busy all the time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.flows.context import Callee, PersonFound, PersonLookup
from app.flows.directives import Dial, Directive
from app.flows.directory import Directory
from app.flows.effects import Effect, HoldCaller, RingStaff, WaitOn

LONGEST_WAIT = 600  # seconds
POSITION, WAIT_MINUTES = 2, 3  # of somebody who finds everybody busy


@dataclass(frozen=True, slots=True)
class Staff:
    """Who may be rung, as a call goes on: nobody is rung twice."""

    busy: bool
    may_call_back: bool
    rung: frozenset[str] = frozenset()
    asked_at: datetime | None = None
    patient_from: datetime | None = None

    def find(self, directory: Directory, lookup: PersonLookup, at: datetime) -> PersonFound:
        """How the caller stands."""
        asked_at = self.asked_at or at
        free = [one for one in directory.telephones_of(lookup.target) if one not in self.rung]
        return PersonFound(
            callees=() if self.busy else tuple(Callee(number) for number in free),
            nobody=not self.busy and not free,
            position=POSITION if self.busy else 1,
            wait_minutes=WAIT_MINUTES if self.busy else None,
            waited=int((at - (self.patient_from or asked_at)).total_seconds()),
            patience=LONGEST_WAIT - int((at - asked_at).total_seconds()),
            may_call_back=self.may_call_back,
        )

    def after(
        self, directives: Sequence[Directive], effects: Sequence[Effect], at: datetime
    ) -> "Staff":
        """How they are once a step is taken: whoever it rings is not rung again."""
        dialled = (one.numbers for one in directives if isinstance(one, Dial))
        asks = any(isinstance(effect, RingStaff | HoldCaller) for effect in effects)
        waits_on = any(isinstance(effect, WaitOn) for effect in effects)
        return replace(
            self,
            rung=self.rung.union(*dialled),
            asked_at=self.asked_at or (at if asks else None),
            patient_from=at if waits_on else self.patient_from,
        )
