"""The hearing of a rehearsed call: how it stands, and what its moderator does. All fixed."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from app.flows.hearing import (
    Attendance,
    HearingDoor,
    HearingDoorLookup,
    HearingFound,
    HearingLookup,
    VoteFound,
    VoteOption,
)

HearingNews = Literal[
    "opens", "calls_the_roll", "gives_the_floor", "asks_for_votes", "closes_the_vote", "announces",
    "ends",
]  # fmt: skip
PIN = "20261123"
EARLY_PIN = "20261203"  # of a hearing that nobody is let into yet
OPENS_AT = datetime(2026, 12, 3, 0, 45, tzinfo=UTC)
FLOOR = timedelta(seconds=40)  # the warning comes with the second step after it
TITLE = "征地补偿方案听证会"
ITEM = "方案说明"
ANNOUNCEMENT = "休息十分钟"
VOTE = VoteFound("1", "同意这份方案吗", (VoteOption("1", "同意"), VoteOption("2", "反对")))
COUNTED = replace(VOTE, options=(VoteOption("1", "同意", 2), VoteOption("2", "反对", 1)))
NEWS = {"closes_the_vote": "tally-1", "announces": "say-1"}


@dataclass
class RehearsedHearing:
    """One hearing of two representatives out of three, for whoever the call is."""

    role: Attendance
    found: HearingFound = field(init=False)

    def __post_init__(self) -> None:
        self.found = HearingFound(
            "calling", "h-rehearsal", TITLE, self.role, "王代表", 1, present=2, needed=2
        )
        if self.role == "moderator":
            self.found = replace(self.found, waiting=1, can_vote=True)

    def happens(self, what: HearingNews, now: datetime) -> str:
        """The moderator does something; returns the news that interrupts the call."""
        votes = self.role == "representative"
        self.found = replace(self.found, roll=0)  # a call of the roll is over by then
        match what:
            case "opens":
                self.found = replace(self.found, state="open", item=ITEM)
            case "calls_the_roll":
                self.found = replace(self.found, roll=1)
            case "gives_the_floor":
                self.found = replace(self.found, floor_until=now + FLOOR)
            case "asks_for_votes":
                self.found = replace(self.found, vote=VOTE if votes else None, voting=True)
            case "closes_the_vote":
                self.found = replace(self.found, vote=None, voting=False)
            case "ends":
                self.found = replace(self.found, state="closed")
        return NEWS.get(what, f"{what}-1")

    def find(self, lookup: HearingLookup | HearingDoorLookup) -> Any:
        """What a look finds."""
        if isinstance(lookup, HearingDoorLookup):
            if lookup.pin == EARLY_PIN:
                return HearingDoor("2", "2", self.found, OPENS_AT)
            return HearingDoor("1", "1", self.found) if lookup.pin == PIN else None
        match lookup.news:
            case "tally-1":
                return replace(self.found, tally=COUNTED)
            case "say-1":
                return replace(self.found, announcement=ANNOUNCEMENT)
        return self.found
