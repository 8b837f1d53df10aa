"""What a step may know of the world: passed in, so that a call replays byte for byte."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from app.flows.hearing import HearingDoorLookup, HearingLookup


@dataclass(frozen=True, slots=True)
class ArticleText:
    """A policy article: what is read aloud, and the language it is in (empty: as asked for)."""

    key: str
    title: str
    short: str
    full: str
    source: str
    language: str = ""


class Articles(Protocol):
    """The shelf of policy articles (implemented by `app.policies`), in memory and pure."""

    def keys(self) -> Sequence[str]:
        """All article keys."""

    def read(self, key: str, language: str) -> ArticleText:
        """The article's text. Raises KeyError for an unknown key."""

    def search(self, words: str, language: str, limit: int = 3) -> Sequence[str]:
        """Keys of the articles that best answer the words, best first; empty when none is near."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A temporary notice that is on now: its text by language. `urgent` ones come first."""

    key: str
    words: Mapping[str, str]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class TicketLookup:
    """Find a ticket by its number, visible to this caller's telephone only."""

    number: str


@dataclass(frozen=True, slots=True)
class TicketFound:
    """The state of a ticket for its owner: a state name of `app.tickets` and its category.

    `outcome` is what came of it: empty before it is resolved.
    """

    number: str
    state: str
    category: str
    respond_due: datetime
    complete_due: datetime
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class MediationLookup:
    """How a mediation stands, seen from one leg."""

    session: str


MediationState = Literal["inviting", "waiting", "open", "closed", "failed"]


@dataclass(frozen=True, slots=True)
class MediationParty:
    """A party of a mediation, as the mediator is told of it.

    `name` is a department's key, or what somebody wrote; `state` is a state of its leg.
    """

    leg: str
    role: str
    name: str
    state: str
    muted: bool = False
    aside: bool = False
    records: bool = False
    answer: str = ""

    @property
    def is_there(self) -> bool:
        """Whether it has consented and not left."""
        return self.state in ("held", "on_floor")

    @property
    def is_gone(self) -> bool:
        """Whether it has left, refused, or was not reached."""
        return not self.is_there and self.state not in ("dialing", "unknown", "notice")


@dataclass(frozen=True, slots=True)
class MediationFound:
    """A mediation's state, seen from one of its legs.

    `conference` is where this leg belongs now, empty when it has to wait; `recorded` whether it is
    recorded there, `muted` whether this leg may only listen, `coach` which call alone hears it.
    `reason` says why it failed or closed: refused, no_answer, machine, mediator_unavailable,
    caller_left, unknown, or empty. `ticket` is the number of the ticket already opened for it,
    empty when there is none yet. `poll` is what this leg is still to be asked about `draft`, the
    text of the agreement: `read` (only to hear it) or `yes`.
    The rest is for the mediator: the parties, by their numbers from 1; whether the floor may be
    opened, and is open, to whom alone beside the mediator; whether recording is allowed, and is
    wanted; whether there is an agreement that can be read aloud; whether the others talk on while
    the mediator is at the keys; whether the parties are just being read the agreement.
    """

    state: MediationState
    conference: str
    reason: str = ""
    ticket: str = ""
    recorded: bool = False
    muted: bool = False
    coach: str = ""
    poll: Literal["", "read", "yes"] = ""
    draft: str = ""
    parties: tuple[MediationParty, ...] = ()
    may_open: bool = False
    is_open: bool = False
    private_leg: str = ""
    may_record: bool = False
    wants_recording: bool = False
    may_read: bool = False
    talks_on: bool = False
    is_asking: bool = False


@dataclass(frozen=True, slots=True)
class EscalationLookup:
    """What a person who is rung about a deadline is asked about, by the leg of the call."""

    leg: str


@dataclass(frozen=True, slots=True)
class EscalationFound:
    """A ticket whose deadline is at stake; `words` are empty when it is sealed.

    `is_free` is False when somebody else has taken it, or it needs nobody any more.
    """

    number: str
    category: str
    place: str
    words: str
    due_at: datetime
    is_free: bool


@dataclass(frozen=True, slots=True)
class IncidentLookup:
    """What somebody who is rung about an incident is asked about, by the leg of the call."""

    leg: str


@dataclass(frozen=True, slots=True)
class IncidentFound:
    """An incident as it is read to those in charge.

    `place` is a key of `places`, `place_words` what the caller said instead; `people` is None when
    nobody knows how many. `taken_by` is the name of who has it, empty when nobody has: then
    `is_free`. `floor` is the conference on which the caller can be met, empty when they are gone.
    """

    number: str
    place: str
    place_words: str
    people: int | None
    is_drill: bool
    is_free: bool
    taken_by: str = ""
    floor: str = ""


@dataclass(frozen=True, slots=True)
class OwnIncidentLookup:
    """Whether somebody is in charge of the incident that this call has reported."""


@dataclass(frozen=True, slots=True)
class ReturnVisitLookup:
    """What a return visit has to tell and to ask, by the visit's id."""

    visit: str


@dataclass(frozen=True, slots=True)
class ReturnVisitFound:
    """A resolved ticket; of a `sealed` one nothing is told before the caller has confirmed."""

    number: str
    category: str
    outcome: str
    sealed: bool


@dataclass(frozen=True, slots=True)
class CallBackLookup:
    """Whom a member of the staff is to be connected with, by the id of the call we placed."""

    call: str


@dataclass(frozen=True, slots=True)
class CallBackFound:
    """The ticket a call back is about, and its caller's telephone.

    `room` is the conference to which the talk has been moved, where we are called `label`.
    """

    number: str
    category: str
    phone: str
    room: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class StudioDoorLookup:
    """Whether somebody who calls in may record prompts, by their number and their PIN."""

    staff: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StudioDoor:
    """The answer: `open`, `wrong`, or `shut` while nobody may try."""

    state: Literal["open", "wrong", "shut"]


@dataclass(frozen=True, slots=True)
class NumberedPromptLookup:
    """Which prompt has a number; its key is found."""

    number: str


@dataclass(frozen=True, slots=True)
class TakeLookup:
    """What became of a recording of a prompt."""

    recording: str


@dataclass(frozen=True, slots=True)
class TakeFound:
    """A recording of a prompt: `awaited` while it is prepared, then `ready` or `refused`.

    `audio` is the SHA-256 of its file, `trouble` the reason why it is no prompt.
    """

    state: str
    audio: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class PersonLookup:
    """Who may be rung for this caller now, and how the caller stands among those who wait.

    `target` is `desk`, `mediators`, `department:<key>`, `skill:<key>` or `staff:<login>`; `ring`
    says whether they are rung `in_turn`, `all` at once, or `round_robin`.
    """

    target: str
    ring: str = "in_turn"


@dataclass(frozen=True, slots=True)
class Callee:
    """Somebody who may be rung: their telephone, and the language they are spoken to in."""

    number: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class PersonFound:
    """Who may be rung now, and how the caller stands.

    `callees` are free; they are empty when everybody is busy or others come first. `claimed_at` is
    when the one callee took this caller from the list. `nobody` is left to ring when all have been
    tried, or none can be reached. `position` counts from 1. `wait_minutes` goes by what the last
    callers had to wait, None without any. `waited` is in seconds since the caller asked, or chose
    to go on waiting, `patience` how many seconds are left of what a caller may wait at all.
    `ticket` is the number of the caller's open ticket; `caller` is who calls from where, as far as
    that may be told. `room` is the conference to which the caller's talk has been moved; `lost`,
    that whoever talked with them vanished without a goodbye.
    """

    callees: tuple[Callee, ...] = ()
    claimed_at: datetime | None = None
    nobody: bool = False
    position: int = 1
    wait_minutes: int | None = None
    waited: int = 0
    patience: int = 600
    may_call_back: bool = False
    ticket: str = ""
    caller: str = ""
    room: str = ""
    lost: bool = False


@dataclass(frozen=True, slots=True)
class SeatDoorLookup:
    """Whether somebody who calls in has a seat in a mediation, by its case number and their PIN."""

    case: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SeatDoor:
    """The answer: `open` with the seat and its hour, `wrong`, or `shut` while nobody may try."""

    state: Literal["open", "wrong", "shut"]
    seat: str = ""
    planned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeatLookup:
    """How the mediation of a seat stands, for the call that has taken it."""

    seat: str


@dataclass(frozen=True, slots=True)
class SeatFound:
    """A seat: `waiting` for its hour, `begun` with the variables of its leg, or `over`."""

    state: Literal["waiting", "begun", "over"]
    planned_at: datetime
    language: str = ""
    session: str = ""
    leg: str = ""
    role: str = ""
    department: str = ""


Lookup = (
    TicketLookup
    | MediationLookup
    | HearingLookup
    | HearingDoorLookup
    | EscalationLookup
    | IncidentLookup
    | OwnIncidentLookup
    | ReturnVisitLookup
    | CallBackLookup
    | StudioDoorLookup
    | NumberedPromptLookup
    | TakeLookup
    | PersonLookup
    | SeatDoorLookup
    | SeatLookup
)


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a step may know besides its flow, its state and its input.

    `found` holds the answers to the lookups the node asked for (missing key: nothing found).
    `fresh_number` is an unused ticket number, `fresh_id` a random 128-bit hexadecimal id.
    `incident_number` is another one: who presses 9 while an appeal is recorded opens two tickets in
    one step.
    `notices` are the temporary ones that are on now.
    `degraded` is True while the database cannot be reached: nothing that needs it may be promised.
    """

    now: datetime
    call_sid: str
    caller: str
    articles: Articles
    fresh_number: str
    fresh_id: str
    incident_number: str
    degraded: bool = False
    found: Mapping[Lookup, Any] = field(default_factory=dict)
    notices: Sequence[Notice] = ()
