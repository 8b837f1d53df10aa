"""When a notice ends: what staff choose, in the county's own time."""

from datetime import datetime, time, timedelta
from typing import Literal

from app.flows.hours import COUNTY_TIME
from app.flows.notices import NoticeTemplate

EndChoice = Literal["usual", "evening", "day", "chosen"]
EVENING = time(20, 0)
DAY = timedelta(hours=24)


def evening(at: datetime) -> datetime:
    """20:00 of the day, or of the next one when that has passed."""
    local = at.astimezone(COUNTY_TIME)
    today = datetime.combine(local.date(), EVENING, COUNTY_TIME)
    return today if today > local else today + timedelta(days=1)


def usual_end(template: NoticeTemplate, at: datetime) -> datetime:
    """When a ready-made notice ends unless staff choose otherwise."""
    return at + timedelta(hours=template.hours) if template.hours else evening(at)


def end_of(choice: EndChoice, chosen: str, usual: datetime, at: datetime) -> datetime:
    """The end that was chosen; `chosen` is a local time such as `2026-11-24T18:30`.

    Raises ValueError when it is none.
    """
    match choice:
        case "usual":
            return usual
        case "evening":
            return evening(at)
        case "day":
            return at + DAY
        case "chosen":
            return datetime.fromisoformat(chosen).replace(tzinfo=COUNTY_TIME)
