"""When parties are reminded: never at night, never after the hour. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from app.flows.hours import COUNTY_TIME
from app.mediation.cases.states import TOLD_BEFORE, last_day_for_court
from app.tickets.closing.schedule import CallingHours, is_allowed

Lead = Literal["day", "hour"]
LEADS: Mapping[Lead, timedelta] = {"day": timedelta(days=1), "hour": timedelta(hours=1)}
MORNING = time(9)  # when staff and parties are told of what is due that day
LAST_MINUTE = timedelta(minutes=1)  # before the calling hours close


def reminders(planned_at: datetime, now: datetime, hours: CallingHours) -> Mapping[Lead, datetime]:
    """When to remind of a session: the day before and an hour before, within the calling hours.

    What would fall outside is told earlier, at the end of the calling hours before; what would be
    past already, or together with the other, is left out.
    """
    found: dict[Lead, datetime] = {}
    for lead, before in LEADS.items():
        at = _not_later(planned_at - before, hours)
        if at > now and at not in found.values():
            found[lead] = at
    return found


def may_be_planned(planned_at: datetime, hours: CallingHours) -> bool:
    """Whether parties may be rung at this hour."""
    return is_allowed(planned_at, hours)


def at_opening(day: date) -> datetime:
    """The morning of a day in the county."""
    return datetime.combine(day, MORNING, COUNTY_TIME).astimezone(UTC)


def court_reminder(effective: date) -> datetime:
    """When to remind of the last day for a joint application to the court."""
    return at_opening(last_day_for_court(effective)) - TOLD_BEFORE


def _not_later(at: datetime, hours: CallingHours) -> datetime:
    """The last instant, not after `at`, within the calling hours."""
    if is_allowed(at, hours):
        return at
    local = at.astimezone(COUNTY_TIME)
    closing = datetime.combine(local.date(), hours.closes, COUNTY_TIME)
    if closing > local:
        closing = datetime.combine(local.date() - timedelta(days=1), hours.closes, COUNTY_TIME)
    return (closing - LAST_MINUTE).astimezone(UTC)
