"""The steps of the set-up and whether each is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from app.calls.outbound.test_calls import last_test_call
from app.console.setup.directory_file import Telephones
from app.flows.numbering import is_placeholder
from app.people.roster.queries import DESK, gaps
from app.people.staff.queries import all_people

Step = Literal["departments", "people", "provider", "call"]
STEPS: tuple[Step, ...] = ("departments", "people", "provider", "call")
LOOK_AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Progress:
    """What has been done, from what stands in the system: nothing is only ticked off."""

    placeholders: int
    people: int
    gap_hours: float
    call: tuple[str, datetime] | None

    def is_done(self, step: Step) -> bool | None:
        """Whether a step is done; None when only asking the provider could tell."""
        match step:
            case "departments":
                return self.placeholders == 0
            case "people":
                return self.people > 1 and self.gap_hours == 0
            case "provider":
                return None
            case "call":
                return self.call is not None and self.call[0] == "answered"


def progress(connection: Connection, numbers: Telephones, at: datetime) -> Progress:
    """How far the set-up is."""
    empty = gaps(connection, DESK, at, at + LOOK_AHEAD)
    return Progress(
        placeholders=sum(is_placeholder(one) for group in numbers.values() for one in group),
        people=sum(person.active for person in all_people(connection)),
        gap_hours=sum((gap.ends - gap.begins) / timedelta(hours=1) for gap in empty),
        call=last_test_call(connection),
    )
