"""What happens in a made-up quarter: who calls when about what, and how each matter goes. Pure.

A day has its busy hours, a week its Monday; three weeks before the end the water of one village
begins to fail, so that there is something to notice before it grows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from app.flows.hours import COUNTY_TIME
from app.seed.cast import PHONE_BLOCK, PHONES, County

ContactKind = Literal[
    "appeal", "policy", "question", "status", "person", "missed", "emergency", "abandoned",
    "sms", "portal",
]  # fmt: skip
Word = Literal["satisfied", "not_satisfied", "not_settled"]

CALLS_A_DAY = 40
_KINDS: dict[ContactKind, int] = {
    "appeal": 30, "policy": 20, "question": 8, "status": 9, "person": 12, "missed": 3,
    "emergency": 1, "abandoned": 7, "sms": 5, "portal": 5,
}  # fmt: skip
# Calls by hour of the county's day, from midnight.
_HOURS = (1, 1, 0, 0, 0, 1, 3, 8, 20, 28, 26, 18, 9, 12, 22, 26, 22, 14, 9, 8, 6, 4, 2, 1)
_WEEKDAYS = (13, 11, 10, 10, 10, 6, 5)
ENGLISH_SHARE, SEALED_SHARE = 0.02, 0.06
AGAIN = (20, 300, 600)  # minutes after "not settled": taken up, done, said
FAILING_WATER, FAILING_DAYS = "茶亭村", 21


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who calls: a telephone and who is behind it."""

    phone: str
    name: str
    village: str
    household: int


@dataclass(frozen=True, slots=True)
class Life:
    """How a matter goes after it was brought, in minutes after it was opened; None is "not yet".

    `word` is the caller's own at the return visit; `again` says that the first word was
    "not settled", so that it was done twice.
    """

    acknowledged: float | None
    started: float | None
    waited: tuple[float, float] | None
    handed_over: float | None
    resolved: float | None
    word: Word | None
    said: float | None
    again: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """One call, text or form, and what becomes of it."""

    at: datetime
    kind: ContactKind
    person: Person
    language: str
    category: str
    words: str
    sealed: bool
    life: Life


def people(chance: Random, county: County, count: int) -> list[Person]:
    """The county's callers: about four telephones to a household."""
    numbers = chance.sample(range(PHONES), min(count, PHONES))
    homes = [
        (chance.choice(county.surnames), chance.choice(county.villages))
        for _ in range(max(1, len(numbers) // 2))
    ]
    found = []
    for number in numbers:
        home = chance.randrange(len(homes))
        surname, village = homes[home]
        name = surname + chance.choice(county.given)
        found.append(Person(f"{PHONE_BLOCK}{number:04}", name, village, home))
    return found


def contacts(
    chance: Random, county: County, callers: list[Person], now: datetime, days: int, a_day: int
) -> Iterator[Contact]:
    """All contacts of the last `days`, oldest first, about `a_day` each day."""
    for back in range(days, -1, -1):
        day = (now - timedelta(days=back)).astimezone(COUNTY_TIME)
        share = _WEEKDAYS[day.weekday()] * len(_WEEKDAYS) / sum(_WEEKDAYS)
        count = max(0, round(chance.gauss(a_day * share, a_day * 0.12)))
        instants = sorted(_instant(chance, day) for _ in range(count))
        for at in instants:
            if at < now:
                yield _contact(chance, county, callers, at, now)


def _instant(chance: Random, day: datetime) -> datetime:
    hour = chance.choices(range(24), _HOURS)[0]
    return day.replace(
        hour=hour, minute=chance.randrange(60), second=chance.randrange(60), microsecond=0
    )


def _contact(
    chance: Random, county: County, callers: list[Person], at: datetime, now: datetime
) -> Contact:
    kind: ContactKind = chance.choices(list(_KINDS), list(_KINDS.values()))[0]
    person = chance.choice(callers)
    shares = {key: matter.share for key, matter in county.appeals.items()}
    days_left = (now - at).days
    if person.village == FAILING_WATER and days_left < FAILING_DAYS:
        shares["utilities"] *= 2 + (FAILING_DAYS - days_left) // 3
    category = chance.choices(list(shares), list(shares.values()))[0]
    return Contact(
        at=at,
        kind=kind,
        person=person,
        language="en-US" if chance.random() < ENGLISH_SHARE else "zh-CN",
        category=category,
        words=chance.choice(county.appeals[category].words),
        sealed=category == "complaint" or chance.random() < SEALED_SHARE,
        life=life(chance, (now - at) / timedelta(minutes=1)),
    )


def life(chance: Random, age: float) -> Life:
    """How a matter of an age in minutes went: most are answered in minutes and done within a day.

    Out of a hundred, about 94 are acknowledged within half an hour and 92 done within 24 hours, as
    the bureau's own account has it.
    """
    acknowledged = _within(chance, 1.5, 26) if chance.random() < 0.94 else _within(chance, 31, 150)
    started = acknowledged + _within(chance, 1, 40)
    resolved = started + _within(chance, 40, 1_200)
    if chance.random() > 0.92:
        resolved = started + _within(chance, 1_500, 5_000)
    waited = None
    if chance.random() < 0.12:
        begun = started + _within(chance, 10, 60)
        waited = (begun, begun + _within(chance, 120, 2_000))
        resolved += waited[1] - waited[0]
    handed_over = started - 0.5 if chance.random() < 0.08 else None
    said = resolved + _within(chance, 60, 2_500)
    word: Word | None = chance.choices(
        ("satisfied", "not_satisfied", "not_settled", None), (88, 4, 3, 5)
    )[0]
    return Life(
        acknowledged=_so_far(acknowledged, age),
        started=_so_far(started, age),
        waited=waited if waited and waited[0] < age else None,
        handed_over=_so_far(handed_over, age),
        resolved=_so_far(resolved, age),
        word=word if said < age else None,
        said=_so_far(said, age) if word else None,
        again=word == "not_settled" and said + AGAIN[-1] < age,
    )


def _within(chance: Random, least: float, most: float) -> float:
    """A length of time, the short ones more often."""
    return least + (most - least) * chance.random() ** 2


def _so_far(minutes: float | None, age: float) -> float | None:
    return minutes if minutes is not None and minutes < age else None
