"""The steps of the set-up and whether each is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from app.calls.outbound.rules import is_placeholder
from app.calls.outbound.test_calls import last_test_call
from app.calls.telephony import NumberConfiguration, NumberSettings, TelephonyError
from app.console.setup.directory_file import Telephones
from app.people.roster.queries import DESK, gaps
from app.people.staff.queries import all_people

Step = Literal["departments", "people", "provider", "call"]
STEPS: tuple[Step, ...] = ("departments", "people", "provider", "call")
LOOK_AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Provider:
    """How our number is set up at the provider, beside how it should be."""

    wanted: NumberSettings
    found: NumberSettings | None = None
    problem: str = ""

    @property
    def is_right(self) -> bool:
        """Whether everything comes to us."""
        return self.found is not None and not self.wrong

    @property
    def wrong(self) -> list[str]:
        """The names of the settings that lead elsewhere; what stands after `#` is ours to add."""
        if self.found is None:
            return list(NumberSettings.__slots__)
        return [
            name
            for name in NumberSettings.__slots__
            if getattr(self.found, name).partition("#")[0] != getattr(self.wanted, name)
        ]


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


def ask_provider(provider: NumberConfiguration, base_url: str) -> Provider:
    """Ask the provider where our number leads; what keeps it from answering is said."""
    wanted = wanted_settings(base_url)
    try:
        return Provider(wanted, provider.number_settings())
    except TelephonyError as error:
        return Provider(wanted, problem=str(error))


def wanted_settings(base_url: str) -> NumberSettings:
    """Where our number should lead."""
    return NumberSettings(
        voice_url=f"{base_url}/voice/incoming",
        voice_fallback_url=f"{base_url}/voice/fallback",
        status_callback=f"{base_url}/voice/status",
        sms_url=f"{base_url}/messages/incoming",
    )
