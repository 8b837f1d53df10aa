"""What the looks of the nodes of a hearing may find, each with its words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.flows.hearing import (
    HearingDoor,
    HearingDoorLookup,
    HearingFound,
    HearingLookup,
    VoteFound,
    VoteOption,
)

_VOTE = VoteFound(
    "1", "同意这份方案吗？", (VoteOption("1", "同意", 30), VoteOption("2", "反对", 8))
)
_MEMBER = HearingFound("open", "h-1", "水库移民安置方案听证会", "representative", "王代表", 1)
_MODERATOR = replace(_MEMBER, role="moderator", present=3, needed=2)


def hearings(lookup: HearingLookup | HearingDoorLookup, now: datetime) -> Iterator[tuple[Any, str]]:
    """How a hearing may stand for the member whose leg looks; whose a PIN may be."""
    if isinstance(lookup, HearingDoorLookup):
        yield None, "nobody's PIN"
        yield HearingDoor("1", "1", _MEMBER), ""
        early = replace(_MEMBER, state="calling")
        yield HearingDoor("1", "1", early, now + timedelta(days=2)), "too early"
        return
    yield None, "no such hearing"
    yield replace(_MEMBER, state="closed"), "the hearing is over"
    yield replace(_MEMBER, state="calling"), "the hearing has not begun"
    yield _MEMBER, "the hearing is open"
    yield replace(_MEMBER, roll=1), "the roll is called"
    yield replace(_MEMBER, vote=_VOTE), "a vote is open"
    yield replace(_MEMBER, vote=replace(_VOTE, mine="1")), "has voted"
    news = replace(_MEMBER, asked=2, item="方案说明", tally=_VOTE, announcement="休息十分钟。")
    yield news, "has asked for the floor, and there is news"
    for seconds, words in ((180, "has the floor"), (-5, "time on the floor is up")):
        yield replace(_MEMBER, floor_until=now + timedelta(seconds=seconds)), words
    yield replace(_MODERATOR, state="calling"), "the moderator, before the hearing"
    yield replace(_MODERATOR, waiting=1, can_vote=True), "the moderator, somebody asks to speak"
    yield replace(_MODERATOR, present=1, can_vote=True), "the moderator, too few are present"
    yield replace(_MODERATOR, voting=True), "the moderator, a vote is open"
