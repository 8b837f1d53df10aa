"""What happens in one schedule: who picks up, agrees, presses, hangs up, and what goes wrong.

Everything is drawn from one seed before anything is played.
"""

from dataclasses import dataclass, field
from random import Random
from typing import Literal

from app.exchange.faults import FaultPlan

Temper = Literal["human", "machine", "ignores", "busy", "silent"]
HOTLINE = "+867451012345"
CALLER = "+8613800138000"
MEDIATORS = ("+867451000201", "+867451000202")
OFFICES = (
    "+867451000301", "+867451000302", "+867451000303", "+867451000305", "+867451000306",
)  # fmt: skip
STRANGER = "+8613900139000"
LANGUAGES = ("zh-CN", "en-US", "yue-HK")

KEYPAD = ("open", "alone", "hold", "mute", "mute_all", "out", "record", "read", "vote",
          "extend", "who", "add")  # fmt: skip
CONSOLE = (
    "open_floor", "close_floor", "speak_alone", "put_aside", "take_back", "mute", "mute_all",
    "remove", "redial", "add", "record", "stop_recording", "read", "vote", "talk_on", "coach",
    "extend", "end",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Character:
    """How somebody behaves at one telephone.

    `answers_after` and the others are in seconds; `agrees` is the key pressed at the notice.
    `hangs_up_after` counts from picking up; None: stays. `vote` is pressed when a draft is read.
    """

    temper: Temper
    answers_after: float
    agrees: str
    thinks: float
    hangs_up_after: float | None
    vote: str
    plays_with_keys: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the mediator wants after a while: by key or in the console, of a party."""

    after: float
    what: str
    by_key: bool
    party: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """One mediation to be played. `number` tells it from the others of a seed."""

    seed: int
    number: int
    convened: bool
    parties: int
    characters: dict[str, list[Character]] = field(repr=False)
    deeds: tuple[Deed, ...] = field(repr=False)
    end: Literal["end", "hang_up", "crash"]
    strangers: tuple[float, ...]
    faults: FaultPlan = field(repr=False)
    trouble: float

    @property
    def is_calm(self) -> bool:
        """Whether the network does nothing wrong."""
        faults = self.faults
        spoilt = (faults.duplicate, faults.reorder, faults.delay, faults.drop, self.trouble)
        return not any(spoilt) and self.end != "crash"


def draw(seed: int, number: int) -> Schedule:
    """The schedule of this number; the same every time."""
    chance = Random(f"{seed}:{number}")  # noqa: S311 - chance, not secrets
    convened = chance.random() < 0.2
    parties = 3 if convened else chance.randint(3, 6)
    numbers = (*MEDIATORS, *OFFICES)
    characters = {one: [_character(chance, one) for _ in range(3)] for one in numbers}
    deeds = tuple(_deed(chance) for _ in range(chance.randint(3, 12)))
    calm = chance.random() < 0.4
    strength = 0.0 if calm else chance.uniform(0.05, 0.5)
    faults = FaultPlan(
        seed=chance.getrandbits(32),
        duplicate=strength,
        reorder=strength,
        delay=strength,
        delay_seconds=chance.choice((2.0, 8.0, 30.0)),
        drop=strength / 2,
        duplicate_actions=strength,
    )
    strangers = tuple(chance.uniform(15, 90) for _ in range(chance.choice((0, 0, 1, 2))))
    return Schedule(
        seed=seed,
        number=number,
        convened=convened,
        parties=parties,
        characters=characters,
        deeds=deeds,
        end=chance.choice(("end", "hang_up", "hang_up", "crash")),
        strangers=strangers,
        faults=faults,
        trouble=0.0 if calm else chance.choice((0.0, 0.1, 0.3)),
    )


def _character(chance: Random, number: str) -> Character:
    tempers: tuple[Temper, ...] = ("human", "machine", "ignores", "busy", "silent")
    weights = (20, 1, 1, 1, 1) if number not in MEDIATORS else (30, 1, 1, 1, 1)
    stays = chance.random() < (0.95 if number in MEDIATORS else 0.75)
    return Character(
        temper=chance.choices(tempers, weights)[0],
        answers_after=chance.uniform(0.5, 12),
        agrees=chance.choices(("1", "3", "2", "7"), (14, 3, 1, 1))[0],
        thinks=chance.uniform(0.1, 6),
        hangs_up_after=None if stays else chance.uniform(1, 90),
        vote=chance.choice(("1", "1", "2", "*", "")),
        plays_with_keys=chance.random() < 0.2,
    )


def _deed(chance: Random) -> Deed:
    by_key = chance.random() < 0.5
    return Deed(
        after=chance.choice((0.1, 0.5, 2.0, 6.0, 15.0)) * chance.uniform(0.5, 1.5),
        what=chance.choice(KEYPAD if by_key else CONSOLE),
        by_key=by_key,
        party=chance.randint(1, 5),
    )
