"""The model of `directory.yaml`: who is who, which number rings, when, and how fast."""

from datetime import datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.flows.directives import Language

COUNTY_TIME = ZoneInfo("Asia/Shanghai")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Names = dict[str, str]
PhoneNumber = Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")]


def _clock_time(value: object) -> object:
    if isinstance(value, str) and value == "24:00":
        return time.max
    return value


ClockTime = Annotated[time, BeforeValidator(_clock_time)]


class Strict(BaseModel):
    """A part of the directory: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LanguageEntry(Strict):
    """How one language is spoken and recognised (contract, section 8)."""

    say: str
    voice: str
    gather: str


class Hours(Strict):
    """When an office is open, in the county's own time."""

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]]
    opens: ClockTime
    closes: ClockTime

    def covers(self, at: datetime) -> bool:
        """Whether an instant falls into these hours."""
        local = at.astimezone(COUNTY_TIME)
        return WEEKDAYS[local.weekday()] in self.days and self.opens <= local.time() < self.closes


class Department(Strict):
    """A department: its names by language and its duty telephones, tried in this order."""

    names: Names
    numbers: list[PhoneNumber] = Field(min_length=1, max_length=10)


class Duty(Strict):
    """The people on duty at the hotline itself."""

    officers: list[PhoneNumber] = Field(min_length=1, max_length=10)
    mediators: list[PhoneNumber] = Field(min_length=1, max_length=10)


class Category(Strict):
    """A subject of appeals: who answers it and how fast."""

    names: Names
    department: str
    priority: Literal["normal", "high", "urgent"] = "normal"
    respond_minutes: int = Field(default=30, ge=1)
    complete_hours: int = Field(default=24, ge=1)


class Entries(Strict):
    """The nodes at which calls begin, and those reached by 0 and 9 from everywhere."""

    inbound: str
    invitation: str
    person: str
    emergency: str


class Directory(Strict):
    """The whole of `directory.yaml`."""

    default_language: str
    languages: dict[str, LanguageEntry]
    entries: Entries
    hours: list[Hours]
    duty: Duty
    departments: dict[str, Department]
    categories: dict[str, Category]
    message_category: str  # of messages left when nothing else worked
    emergency_words: dict[str, list[str]] = Field(default_factory=dict)

    def language(self, tag: str) -> Language:
        """A language by our own name for it. Raises KeyError for an unknown one."""
        entry = self.languages[tag]
        return Language(tag, entry.say, entry.voice, entry.gather)

    def department_name(self, key: str, language: str) -> str:
        """A department's name in a language, or in the default one."""
        return self._name(self.departments[key].names, language)

    def category_name(self, key: str, language: str) -> str:
        """A category's name in a language, or in the default one."""
        return self._name(self.categories[key].names, language)

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open at an instant."""
        return any(hours.covers(at) for hours in self.hours)

    def _name(self, names: Names, language: str) -> str:
        return names.get(language) or names[self.default_language]
