"""The model of `directory.yaml`: who is who, which number rings, when, and how fast."""

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from app.flows.calendar import WorkingCalendar
from app.flows.directives import Language
from app.flows.hours import ClockTime, Hours
from app.flows.locale import DIGITS_ONLY, Locale, Script
from app.flows.pronunciation import AS_WRITTEN, Pronunciation
from app.flows.voicing import Rate
from app.flows.working import ROUND_THE_CLOCK, Timepiece, WorkingTime

Names = dict[str, str]


def _phone_number(value: str) -> str:
    if re.fullmatch(r"\+[1-9][0-9]{6,14}", value) is None:
        raise ValueError(
            "write a telephone with its country and without spaces, such as +867451000301"
        )
    return value


PhoneNumber = Annotated[str, AfterValidator(_phone_number)]


class Strict(BaseModel):
    """A part of the directory: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LanguageEntry(Strict):
    """How one language is spoken and recognised (contract, section 8); `rate` as in `90%`."""

    say: str
    voice: str
    gather: str
    rate: Rate = ""


class Post(Strict):
    """Who stands in a line of escalation: members of staff by their logins, or telephones."""

    staff: list[str] = Field(default_factory=list, max_length=5)
    numbers: list[PhoneNumber] = Field(default_factory=list, max_length=5)

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not self.staff and not self.numbers:
            raise ValueError("name at least one login in `staff` or one telephone in `numbers`")
        return self


class Department(Strict):
    """A department: its names by language and its duty telephones, tried in this order.

    `hours` are its own, when they differ from the hotline's. `head` and `director` are asked, in
    this order, when nobody on duty has kept a deadline.
    """

    names: Names
    numbers: list[PhoneNumber] = Field(min_length=1, max_length=10)
    hours: list[Hours] | None = Field(default=None, min_length=1)
    head: Post | None = None
    director: Post | None = None


class Skill(Strict):
    """What some of the staff can do: its names by language.

    Who has it stands with the staff; `numbers` ring, in this order, when none of them is on duty.
    """

    names: Names
    numbers: list[PhoneNumber] = Field(default_factory=list, max_length=10)


class Duty(Strict):
    """The people on duty at the hotline itself."""

    officers: list[PhoneNumber] = Field(min_length=1, max_length=10)
    mediators: list[PhoneNumber] = Field(min_length=1, max_length=10)
    head: Post | None = None
    director: Post | None = None


class Category(Strict):
    """A subject of appeals: who answers it, how fast, and on which clock."""

    names: Names
    department: str
    priority: Literal["normal", "high", "urgent"] = "normal"
    respond_minutes: int = Field(default=30, ge=1)
    complete_hours: int = Field(default=24, ge=1)
    clock: Literal["round_the_clock", "working"] = "round_the_clock"


class Place(Strict):
    """A town or village that callers in danger choose by key or by its name."""

    names: Names


class Entries(Strict):
    """The nodes at which calls begin, and those reached by 0 and 9 from everywhere.

    Without `escalation` nobody is rung about a deadline; the alerts on the console remain. Without
    `return_visit` callers are asked by text only, without `call_back` nobody can be called back
    from the console, without `banned` and `challenge` every caller comes to the menus,
    without `test_call` the set-up cannot place one. Without `incident` those in charge are told of
    an emergency by text and on their screens, and not rung; without `hearing` nobody is rung for
    a hearing. Without `party` the parties of a mediation begin at `invitation`; without `mediator`
    mediators do too, and lead from the console only.
    """

    inbound: str
    invitation: str
    party: str = Field(default_factory=lambda given: given.get("invitation", ""))
    mediator: str = Field(default_factory=lambda given: given.get("invitation", ""))
    person: str
    emergency: str
    escalation: str = ""
    incident: str = ""
    return_visit: str = ""
    call_back: str = ""
    banned: str = ""
    challenge: str = ""
    test_call: str = ""
    hearing: str = ""


def entry_of_role(role: str) -> Literal["invitation", "mediator", "party"]:
    """The entry at which whoever has a role in a mediation is asked for consent.

    Parties are citizens, for whom 0 and 9 mean the same as everywhere; the mediator goes on to the
    keys by which a mediation is led.
    """
    if role == "mediator":
        return "mediator"
    return "party" if role in ("party", "interpreter") else "invitation"


class CallingHours(Strict):
    """When the hotline itself may ring citizens, every day, in the county's own time."""

    opens: ClockTime = time(8, 30)
    closes: ClockTime = time(20, 30)

    @model_validator(mode="after")
    def _by_day(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("`closes` must be later than `opens`: nobody is rung at night")
        return self


class CallBacks(Strict):
    """Who calls those back whose call led to nothing, and how soon; empty: the hotline's desk."""

    department: str = ""
    respond_minutes: int = Field(default=30, ge=1)
    complete_hours: int = Field(default=24, ge=1)


def _country_prefix(value: str) -> str:
    if re.fullmatch(r"\+[1-9][0-9]{0,6}", value) is None:
        raise ValueError("write the beginning of the numbers, such as +86")
    return value


NumberKind = Literal["fixed", "mobile", "voip", "toll_free"]
Most = Annotated[int, Field(ge=1, le=1_000_000)]


class Caps(Strict):
    """How many calls the hotline may place, and how long they may last, worst case, in all.

    `number_*` is for one telephone of somebody outside, `own_number_*` for one of the directory or
    of the staff, `staff_*` for what one member of the staff causes, the others for the hotline.
    """

    number_per_hour: Most = 6
    number_per_day: Most = 12
    own_number_per_hour: Most = 240
    own_number_per_day: Most = 2_000
    staff_per_hour: Most = 60
    staff_per_day: Most = 300
    calls_per_hour: Most = 2_000
    calls_per_day: Most = 12_000
    minutes_per_hour: Most = 40_000
    minutes_per_day: Most = 100_000


class Dialling(Strict):
    """Which telephones may be rung, by how their numbers begin and what they are, and how often."""

    prefixes: tuple[Annotated[str, AfterValidator(_country_prefix)], ...] = Field(
        default=("+86",), min_length=1, max_length=50
    )
    kinds: tuple[NumberKind, ...] = Field(default=("fixed", "mobile"), min_length=1)
    caps: Caps = Caps()


class Directory(Strict):
    """The whole of `directory.yaml`."""

    default_language: str
    languages: dict[str, LanguageEntry]
    entries: Entries
    hours: list[Hours]
    duty: Duty
    departments: dict[str, Department]
    skills: dict[str, Skill] = Field(default_factory=dict, max_length=50)
    categories: dict[str, Category]
    places: dict[str, Place] = Field(default_factory=dict)
    message_category: str  # of messages left when nothing else worked
    calling_hours: CallingHours = CallingHours()
    call_backs: CallBacks = CallBacks()
    dialling: Dialling = Dialling()
    _calendar: WorkingCalendar = PrivateAttr(default_factory=WorkingCalendar)
    _locales: Mapping[str, Locale] = PrivateAttr(default_factory=dict)

    @property
    def calendar(self) -> WorkingCalendar:
        """Which days are worked; without `observing` every week is like the other."""
        return self._calendar

    def observing(self, calendar: WorkingCalendar) -> Self:
        """This directory with a calendar of holidays and make-up workdays."""
        other = self.model_copy()
        other._calendar = calendar
        return other

    def speaking(self, locales: Mapping[str, Locale]) -> Self:
        """This directory with what the files of its languages say of them, by language."""
        other = self.model_copy()
        other._locales = locales
        return other

    def language(self, tag: str, pronunciation: Pronunciation = AS_WRITTEN) -> Language:
        """A language by our own name for it. Raises KeyError for an unknown one."""
        entry = self.languages[tag]
        return Language(tag, entry.say, entry.voice, entry.gather, entry.rate, pronunciation)

    def locale(self, tag: str) -> Locale:
        """What belongs to a language; one without a file understands digits only."""
        return self._locales.get(tag, DIGITS_ONLY)

    def language_name(self, tag: str) -> str:
        """A language by its own name, or else by its tag."""
        return self.locale(tag).name or tag

    @property
    def scripts(self) -> dict[str, Script]:
        """In what each language is written."""
        return {tag: self.locale(tag).script for tag in self.languages}

    def department_name(self, key: str, language: str) -> str:
        """A department's name in a language, or in the default one."""
        return self._name(self.departments[key].names, language)

    def category_name(self, key: str, language: str) -> str:
        """A category's name in a language, or in the default one; unknown ones are "other"."""
        known = self.categories.get(key) or self.categories[self.message_category]
        return self._name(known.names, language)

    def place_name(self, key: str, language: str) -> str:
        """A place's name in a language, or in the default one; empty for an unknown one."""
        known = self.places.get(key)
        return self._name(known.names, language) if known else ""

    def skill_name(self, key: str, language: str) -> str:
        """A skill's name in a language, or in the default one."""
        return self._name(self.skills[key].names, language)

    def telephones_of(self, target: str) -> tuple[str, ...]:
        """The telephones that ring when the roster has nobody for a target of `PersonLookup`.

        A skill without telephones, a member of the staff and whatever is unknown are looked for at
        the hotline's own desk.
        """
        kind, _, key = target.partition(":")
        department, skill = self.departments.get(key), self.skills.get(key)
        if kind == "department" and department is not None:
            return tuple(department.numbers)
        if kind == "skill" and skill is not None and skill.numbers:
            return tuple(skill.numbers)
        return tuple(self.duty.mediators if target == "mediators" else self.duty.officers)

    def is_open(self, at: datetime, department: str = "") -> bool:
        """Whether the hotline's office, or a department's, is open at an instant."""
        return self.working_time(department).is_open(at)

    def working_time(self, department: str = "") -> WorkingTime:
        """The working time of a department, or of the hotline's own desk (empty or unknown)."""
        known = self.departments.get(department)
        hours = self.hours if known is None or known.hours is None else known.hours
        return WorkingTime(tuple(hours), self._calendar, department if known else "")

    def timepiece(self, category: str, department: str) -> Timepiece:
        """The clock on which the deadlines of a category run, for the department that has it."""
        known = self.categories.get(category)
        if known is None or known.clock == "round_the_clock":
            return ROUND_THE_CLOCK
        return self.working_time(department)

    def _name(self, names: Names, language: str) -> str:
        return names.get(language) or names[self.default_language]
