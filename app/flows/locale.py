"""What belongs to one language besides its prompts: the key `language` of `prompts/<tag>.yaml`.

Everything may be left out: keys always work, digits are understood as digits, and dates are said
as numbers. Speech and fine wording are a convenience that the file adds.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Words = list[Word]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9]$")]
Script = Literal["latin", "han"]

_FIELD = re.compile(r"\{([^{}]*)\}")


def _made_of(*fields: str) -> AfterValidator:
    """A pattern with these fields in braces, and no others."""

    def check(pattern: str) -> str:
        for name in _FIELD.findall(pattern):
            if name not in fields:
                known = ", ".join(f"{{{field}}}" for field in fields)
                raise ValueError(f"unknown field `{{{name}}}`; known are {known}")
        return pattern

    return AfterValidator(check)


def _filled(pattern: str, **values: str) -> str:
    return _FIELD.sub(lambda match: values[match[1]], pattern)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Dates(_Strict):
    """How days and times of day are said."""

    today: str = Field(default="", description="said instead of the date; without it the date is")
    tomorrow: str = Field(default="", description="the same for the next day")
    months: Words = Field(
        default=[str(number) for number in range(1, 13)],
        min_length=12,
        max_length=12,
        description="the twelve months",
    )
    days: Words = Field(
        default=[str(number) for number in range(1, 32)],
        min_length=31,
        max_length=31,
        description="the days of a month, 1 to 31",
    )
    weekdays: list[str] = Field(
        default=[""] * 7, min_length=7, max_length=7, description="Monday to Sunday"
    )
    date: Annotated[str, _made_of("month", "day", "weekday")] = Field(
        default="{day}. {month}.", description="a date, of `{month}`, `{day}` and `{weekday}`"
    )
    halves: list[str] = Field(
        default=["", ""], min_length=2, max_length=2, description="before noon and after"
    )
    time: Annotated[str, _made_of("half", "hour", "hour24", "minute")] = Field(
        default="{hour24}:{minute}",
        description="a time, of `{half}`, `{hour}` (1 to 12), `{hour24}` and `{minute}`",
    )
    full_hour: Annotated[str, _made_of("half", "hour", "hour24")] = Field(
        default="", description="a time without minutes; empty: as any other"
    )

    def say_date(self, day: datetime.date) -> str:
        """A date, such as 十月一日 or October the first."""
        month, number = self.months[day.month - 1], self.days[day.day - 1]
        weekday = self.weekdays[day.weekday()]
        return _filled(self.date, month=month, day=number, weekday=weekday).strip(" ,，")

    def say_day(self, day: datetime.date, today: datetime.date) -> str:
        """A day as people say it: today, tomorrow, or its date."""
        near = {0: self.today, 1: self.tomorrow}.get((day - today).days, "")
        return near or self.say_date(day)

    def say_time(self, at: datetime.datetime) -> str:
        """A time of day; `at` is in the county's own time."""
        pattern = self.full_hour if at.minute == 0 and self.full_hour else self.time
        return _filled(
            pattern,
            half=self.halves[at.hour >= 12],
            hour=str(at.hour % 12 or 12),
            hour24=str(at.hour),
            minute=f"{at.minute:02}",
        )


class Locale(_Strict):
    """One language: how it is called, which words are understood in it, how it says dates."""

    name: str = Field(default="", description="its own name, spoken where a language is chosen")
    words: Words = Field(
        default_factory=list, description="words, of any language, by which it is chosen"
    )
    script: Script = Field(
        default="latin", description="`han` when it is written in Chinese characters, else `latin`"
    )
    keys: dict[Key, Words] = Field(
        default_factory=dict, description="how each key is said; its digit is always understood"
    )
    before_key: list[str] = Field(
        default_factory=list, description="what is said before a key and means nothing (press)"
    )
    after_key: list[str] = Field(default_factory=list, description="the same behind it (号)")
    greetings: Words = Field(
        default_factory=list,
        description="what callers say before they choose (hello?): it is taken as silence",
    )
    satisfied: Words = Field(default_factory=list, description="what satisfied callers say")
    not_satisfied: Words = Field(default_factory=list, description="what those say who are not")
    not_settled: Words = Field(
        default_factory=list, description="what those say whose matter is not settled"
    )
    emergency: Words = Field(
        default_factory=list,
        description="said anywhere, they lead to the emergency desk as the key 9 does",
    )
    no_emergency: Words = Field(
        default_factory=list,
        description="said together with one of those, they make it doubtful: the caller is asked",
    )
    dates: Dates = Field(default=Dates(), description="how days and times are said")

    @cached_property
    def spoken_keys(self) -> Mapping[str, str]:
        """The key that each word means; digits mean themselves."""
        said = {word.lower(): key for key, words in self.keys.items() for word in words}
        return {key: key for key in "1234567890"} | said

    @cached_property
    def satisfaction(self) -> Mapping[str, Words]:
        """What is said for each of the keys 1, 2 and 3, where callers are asked."""
        return {"1": self.satisfied, "2": self.not_satisfied, "3": self.not_settled}

    def hints(self) -> Iterator[str]:
        """The words of satisfaction that recognition should expect; none where there are none."""
        for said in self.satisfaction.values():
            yield from said

    def called(self, tag: str) -> Self:
        """This language with a name: its own, or else its tag."""
        return self if self.name else self.model_copy(update={"name": tag})


DIGITS_ONLY = Locale()
