"""Opening hours, in the county's own time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

COUNTY_TIME = ZoneInfo("Asia/Shanghai")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _clock_time(value: object) -> object:
    if isinstance(value, str) and value == "24:00":
        return time.max
    return value


ClockTime = Annotated[time, BeforeValidator(_clock_time)]


class Hours(BaseModel):
    """When an office is open. With `holidays: true` also on public holidays and closed days."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    opens: ClockTime
    closes: ClockTime
    holidays: bool = False

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("`closes` must be later than `opens`; write a night as two entries")
        return self

    def is_kept(self, weekday: int, kept: int | None) -> bool:
        """Whether these hours are kept on a day.

        `weekday` is the day's own (Monday is 0), `kept` the one whose hours the calendar gives it,
        None on a holiday.
        """
        if kept is None:
            return self.holidays and WEEKDAYS[weekday] in self.days
        return WEEKDAYS[kept] in self.days

    def on(self, day: date) -> tuple[datetime, datetime]:
        """The instants, in UTC, at which a day's hours begin and end."""
        begin = datetime.combine(day, self.opens, COUNTY_TIME)
        if self.closes == time.max:
            end = datetime.combine(day + timedelta(days=1), time.min, COUNTY_TIME)
        else:
            end = datetime.combine(day, self.closes, COUNTY_TIME)
        return begin.astimezone(UTC), end.astimezone(UTC)
