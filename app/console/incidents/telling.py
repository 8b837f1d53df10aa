"""What happened to an incident, as sentences."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.console.naming import Names
from app.incidents.lists import Happening


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline; `words` are a person's own."""

    at: datetime
    who: str
    what: str
    words: str


def told(happenings: Sequence[Happening], names: Names) -> list[Moment]:
    """The timeline in the reader's language."""
    return [_told(each, names) for each in happenings]


def _told(happening: Happening, names: Names) -> Moment:
    detail = json.loads(happening.detail) if happening.detail else {}
    event = happening.event.removeprefix("incident_")
    fields = {
        "rung": names.say(f"incidents.rung.{detail['rung']}") if "rung" in detail else "",
        "result": names.say(f"incidents.result.{detail['result']}") if "result" in detail else "",
        "count": detail.get("telephones", ""),
        "round": detail.get("round", 0) + 1,
        "number": detail.get("number", ""),
        "place": names.directory.place_name(detail.get("place", ""), names.language) or "",
        "people": detail.get("people", ""),
    }
    if event == "described":
        event = "people" if "people" in detail else "place" if fields["place"] else "said"
    if event == "reported" and detail.get("drill"):
        event = "drill"
    who = names.actor(happening.actor) if happening.actor != "system" else ""
    return Moment(
        happening.at, who, names.say(f"incidents.event.{event}", **fields), happening.words
    )
