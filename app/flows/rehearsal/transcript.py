"""The model of `tests/*.yaml`: what a caller does, what must be heard, what there must be then."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, field_validator

from app.flows.effects import Effect
from app.flows.hearing import Attendance
from app.flows.references import CategoryRef, DepartmentRef, NodeRef
from app.flows.rehearsal.hearings import HearingNews
from app.flows.rehearsal.written import (
    WORKING_HOURS,
    Heards,
    Keys,
    Names,
    PerLanguage,
    When,
)
from app.flows.source import Document, Path_, Place

CALLER = "+8613800138000"
EVERY = "all"
WITHHELD = "withheld"
ONE_LANGUAGE_ENTRIES = ("banned", "challenge")  # their callers have chosen none yet
PROMPT_KEY = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")

Entry = Literal[
    "inbound",
    "invitation",
    "party",
    "mediator",
    "escalation",
    "incident",
    "return_visit",
    "call_back",
    "banned",
    "challenge",
    "test_call",
    "hearing",
]


def _caller(value: str) -> str:
    if re.fullmatch(r"\+[1-9][0-9]{6,14}|withheld", value) is None:
        raise ValueError(f"write a telephone with its country, such as {CALLER}, or `{WITHHELD}`")
    return value


Caller = Annotated[str, AfterValidator(_caller)]
Others = Literal["consent", "refuse", "do_not_answer", "are_machines", "are_busy", "leave"]


class Strict(BaseModel):
    """A part of a transcript: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Recording(Strict):
    """What is recorded after the tone: how long, and what ends it.

    `ends_with` is a key, `silence`, or `hanging_up`.
    """

    seconds: int = Field(ge=0, le=600)
    ends_with: str = Field(default="#", pattern=r"^([0-9*#]|silence|hanging_up)$")


class Step(Strict):
    """What the caller does (at most one thing), and what must follow."""

    presses: Keys | None = None
    says: PerLanguage | None = None
    stays: Literal["silent"] | None = None
    records: Recording | None = None
    talks: int | None = Field(default=None, ge=1, le=7_200)
    nobody: Literal["answers"] | None = None
    hangs: Literal["up"] | None = None
    others: Others | None = None
    hearing: HearingNews | None = None
    database: Literal["away", "back"] | None = None
    hears: Heards = Field(default_factory=list)
    hears_not: Heards = Field(default_factory=list)
    goes_to: NodeRef | None = None
    ends: bool | None = None

    @field_validator("records", mode="before")
    @classmethod
    def _only_seconds(cls, value: object) -> object:
        return {"seconds": value} if isinstance(value, str) else value

    @property
    def deeds(self) -> list[str]:
        """The names of what is done here: none, or one."""
        return [name for name in DEEDS if getattr(self, name) is not None]

    @property
    def deed(self) -> str:
        """The name of what is done here, empty when nothing is."""
        return next(iter(self.deeds), "")


DEEDS = {
    "presses": "keys, one after the other, each at the question it belongs to",
    "says": "words, where the hotline listens for words",
    "stays": "`silent`: the question runs out",
    "records": "seconds of speech after the tone; or `{seconds: 20, ends_with: hanging_up}`",
    "talks": "somebody takes the call, or the floor opens: seconds of conversation",
    "nobody": "`answers`: none of those who are rung",
    "hangs": "`up`: the caller leaves",
    "others": "what the other parties of a mediation do: " + ", ".join(get_args(Others)),
    "hearing": "what the moderator of a hearing does: " + ", ".join(get_args(HearingNews)),
    "database": "`away` or `back`: a fault in the middle of the call",
}
EXPECTATIONS = {
    "hears": "a prompt by its key, or words; a list when there are several",
    "hears_not": "the same, of what must not be heard",
    "goes_to": "the node at which the call is now",
    "ends": "`true` when the hotline has hung up, `false` when not",
}


FACTS = {
    "languages": "in which it is played: `all`, one, or a list; the default language without it",
    "when": "`working_hours` (without it), `night`, `weekend`, `holiday`, or `2026-11-23 02:30`",
    "caller": "a telephone with its country, or `withheld`",
    "entry": "where it begins: " + ", ".join(f"`{name}`" for name in get_args(Entry)),
    "answered_by": "`human`, or `machine` for a call that we place",
    "role, department": "who is invited to a mediation: `mediator` or `department`, and which one",
    "staff": "`free` (without it), or `busy`: all who could be rung are on other calls",
    "attends": "what the caller is in a hearing: " + ", ".join(get_args(Attendance)),
    "ticket": "a ticket that is there: `category`, `state`, `outcome`, `sealed`, `place`, `words`, "
    "`minutes_left`, `taken`",
    "database": "`away`: there is none from the beginning",
    "only, because": "`only: engine`, and why: `--exchange` skips it and says so",
    "afterwards": "`happened`: what there must be; `never`: what must not; `rings`: `officers`, "
    "`mediators`, a department, a telephone, or `nobody`; `language`: that of the end",
}


class TicketThere(Strict):
    """A ticket that exists before the call: what look-ups find."""

    category: CategoryRef | None = None
    state: Literal[
        "new", "acknowledged", "in_progress", "waiting", "resolved", "closed", "reopened"
    ] = "resolved"
    outcome: str = ""
    sealed: bool = False
    place: str = ""
    words: str = ""
    minutes_left: int = 10
    taken: bool = False


def written_name(effect: str) -> str:
    """The name of a class of effects as transcripts write it: `open_ticket` for `OpenTicket`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", effect).lower()


EFFECTS: dict[str, type[Any]] = {
    written_name(effect.__name__): effect for effect in get_args(Effect)
}


def _expected(name: str, effect: type[Any]) -> Any:
    """What may be said of an effect: any of its fields."""
    hints = get_type_hints(effect)
    columns: dict[str, Any] = {field: (hint | None, None) for field, hint in hints.items()}
    return create_model(f"expected_{name}", __base__=Strict, **columns)


_EXPECTED: dict[str, Any] = {
    name: (_expected(name, effect), None) for name, effect in EFFECTS.items()
}
EffectExpectation: Any = create_model("EffectExpectation", __base__=Strict, **_EXPECTED)


class Afterwards(Strict):
    """What must be, and must not be, when the call is over.

    `happened` lists effects with those of their fields that matter; `never` names effects that
    must not have happened; `rings` says who was rung: `officers`, `mediators`, a department, a
    telephone, or `nobody`.
    """

    happened: list[EffectExpectation] = Field(default_factory=list)
    never: Names = Field(default_factory=list)
    rings: Names = Field(default_factory=list)
    language: str = ""


class Transcript(Strict):
    """One call, as it must go."""

    languages: Names = Field(default_factory=list)
    when: When = WORKING_HOURS
    caller: Caller = CALLER
    entry: Entry = "inbound"
    answered_by: Literal["human", "machine"] = "human"
    role: Literal["mediator", "department"] = "department"
    department: DepartmentRef | None = None
    staff: Literal["free", "busy"] = "free"
    attends: Attendance = "representative"
    ticket: TicketThere | None = None
    database: Literal["here", "away"] = "here"
    only: Literal["engine"] | None = None
    because: str = ""
    steps: list[Step] = Field(min_length=1)
    afterwards: Afterwards = Afterwards()


def as_written(document: Document, path: Path_) -> Path_:
    """A path as the file has it: one thing that is written without a list has no place in one."""
    for index, part in enumerate(path):
        whole, listed = path[:index], path[: index + 1]
        if part == 0 and listed not in document.places and whole in document.places:
            return as_written(document, (*whole, *path[index + 1 :]))
    return path


@dataclass(frozen=True, slots=True)
class Scene:
    """A transcript where it stands: its file, its title, and its path within the document."""

    title: str
    transcript: Transcript
    document: Document
    languages: tuple[str, ...]

    @property
    def path(self) -> Path_:
        """Where it stands in the document."""
        return ("calls", self.title)

    def place(self, *path: str | int) -> Place:
        """The line and column of a part of it."""
        return self.document.place(as_written(self.document, (*self.path, *path)))

    def begins_in(self, language: str, default: str) -> str:
        """The language in which the call begins when it is played in `language`.

        A call that comes in begins in the default language; one that we place in its own.
        """
        return default if self.transcript.entry in ("inbound", *ONE_LANGUAGE_ENTRIES) else language


@dataclass(frozen=True, slots=True)
class Transcripts:
    """All transcripts of a folder.

    `choices` are the keys by which a caller chooses a language, from the beginning of a call.
    """

    scenes: tuple[Scene, ...]
    choices: dict[str, str]

    def about(self, words: str) -> "Transcripts":
        """Those whose title or file has the words, in whatever case."""
        wanted = words.casefold()
        found = tuple(
            scene
            for scene in self.scenes
            if wanted in scene.title.casefold() or wanted in scene.document.file.casefold()
        )
        return Transcripts(found, self.choices)
