"""What a step may know of the world: passed in, so that a call replays byte for byte."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol


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
    wanted; whether the others talk on while the mediator is at the keys.
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
    talks_on: bool = False


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
    """The ticket a call back is about, and its caller's telephone."""

    number: str
    category: str
    phone: str


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


Lookup = (
    TicketLookup
    | MediationLookup
    | EscalationLookup
    | ReturnVisitLookup
    | CallBackLookup
    | StudioDoorLookup
    | NumberedPromptLookup
    | TakeLookup
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
