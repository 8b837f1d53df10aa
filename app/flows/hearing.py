"""What the nodes `hearing` and `vote` look up, and what they ask to be done.

Which leg of a hearing a call is, its call tells: no lookup and no effect names a person by itself.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

OPENED = "open-"  # begins the news that a hearing has been opened
VOTE_OPENED = "vote-"  # begins the news that a vote has been opened

Attendance = Literal["representative", "observer", "moderator"]
Conduct = Literal[
    "open", "next_speaker", "take_floor", "next_item", "roll_call", "vote", "close_vote", "end"
]


@dataclass(frozen=True, slots=True)
class HearingDoorLookup:
    """Whose PIN this is, among the hearings that may be entered now."""

    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HearingLookup:
    """How a hearing stands, seen from the leg of this call.

    `news` is the key of the interruption that brought the call here, empty for none.
    """

    hearing: str
    news: str = ""


@dataclass(frozen=True, slots=True)
class VoteOption:
    """One answer to a question: the key that chooses it, its words, and its votes once counted."""

    key: str
    label: str
    votes: int = 0


@dataclass(frozen=True, slots=True)
class VoteFound:
    """A vote. `mine` is the key that this member has chosen so far; a secret."""

    id: str
    question: str
    options: tuple[VoteOption, ...]
    mine: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class HearingFound:
    """A hearing as one member's leg sees it.

    `roll` is the number of a roll call that this member has not answered yet, 0 for none.
    `floor_until` is set while the member has the floor; `asked` is their place among those who
    wait for it, from 1, or 0. `vote` is the open vote of those who may vote. `announcement` and
    `tally` are the news that the lookup asked for. What stands from `voting` on is for moderators:
    whether a vote is open, whether another question stands ready, how many representatives are
    present, how many are needed for a vote, and how many wait for the floor.
    """

    state: Literal["calling", "open", "closed"]
    conference: str
    title: str
    role: Attendance
    member: str
    position: int
    item: str = ""
    roll: int = 0
    floor_until: datetime | None = None
    asked: int = 0
    vote: VoteFound | None = None
    announcement: str = ""
    tally: VoteFound | None = None
    voting: bool = False
    can_vote: bool = False
    present: int = 0
    needed: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class HearingDoor:
    """The hearing that a PIN opens, its owner's place in it, and how it stands for them.

    `opens_at` is set while it is too early: nobody is let in before.
    """

    hearing: str
    member: str
    found: HearingFound
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnswerHearing:
    """A member who was rung or has dialled in has answered, or was a machine / said nothing."""

    answer: Literal["consented", "refused", "machine", "silent"]


@dataclass(frozen=True, slots=True)
class EnterHearing:
    """Somebody has dialled in and shown the PIN of a member."""

    hearing: str
    member: str


@dataclass(frozen=True, slots=True)
class AnswerRoll:
    """A member says that they are there."""

    roll: int


@dataclass(frozen=True, slots=True)
class AskToSpeak:
    """A member asks for the floor, or does so no longer."""

    wants: bool


@dataclass(frozen=True, slots=True)
class YieldFloor:
    """A member's time on the floor is over, or they have said what they had to say."""


@dataclass(frozen=True, slots=True)
class CastBallot:
    """A member votes, or changes their vote."""

    vote: str
    choice: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConductHearing:
    """The moderator conducts the hearing by the keys of a telephone."""

    act: Conduct


@dataclass(frozen=True, slots=True)
class LeaveHearing:
    """A member leaves for another part of the hotline."""


HearingEffect = (
    AnswerHearing
    | EnterHearing
    | AnswerRoll
    | AskToSpeak
    | YieldFloor
    | CastBallot
    | ConductHearing
    | LeaveHearing
)
