"""What the forms of the roster send."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.flows.hours import COUNTY_TIME
from app.people.roster.models import DutyRole, Rank
from app.people.roster.queries import DESK
from app.people.roster.service import Shift


class Duty(BaseModel):
    """Who is on duty for what."""

    staff: int
    department: str = DESK
    role: DutyRole = "officer"
    rank: Rank = "primary"


class ShiftForm(Duty):
    """One shift; the instants have no zone and are the county's. `key` makes it once."""

    starts: datetime
    ends: datetime
    key: str = Field(min_length=1, max_length=40)

    def shift(self) -> Shift:
        """The shift it asks for."""
        return Shift(
            self.staff,
            self.department,
            self.role,
            self.rank,
            _in_county(self.starts),
            _in_county(self.ends),
        )


class WeeklyForm(Duty):
    """A duty on some weekdays, every week."""

    weekdays: list[int] = Field(min_length=1, max_length=7)
    starts: str = Field(max_length=5)
    hours: float = Field(gt=0, le=36)
    on_holidays: bool = False


def _in_county(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=COUNTY_TIME)
