"""The situations in which a step is tried: the clock, the caller, the database, what is found.

A situation is varied only where a step has looked at it, so that the walk stays small whatever the
node types do: `WatchedContext` notes what was read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.flows.check_digit import check_digit
from app.flows.context import (
    Articles,
    ArticleText,
    CallBackFound,
    CallBackLookup,
    Callee,
    Context,
    EscalationFound,
    EscalationLookup,
    IncidentFound,
    IncidentLookup,
    Lookup,
    MediationFound,
    MediationLookup,
    MediationParty,
    Notice,
    NumberedPromptLookup,
    OwnIncidentLookup,
    PersonFound,
    PersonLookup,
    ReturnVisitFound,
    ReturnVisitLookup,
    SeatDoor,
    SeatDoorLookup,
    SeatFound,
    SeatLookup,
    StudioDoor,
    StudioDoorLookup,
    TakeFound,
    TakeLookup,
    TicketFound,
    TicketLookup,
)
from app.flows.directory import Directory
from app.flows.hearing import HearingDoorLookup, HearingLookup
from app.flows.proof.hearings import hearings

CALLERS = {"a mobile": "+8613800138000", "a landline": "+867451000101", "a hidden number": ""}
FRESH_NUMBER = "1234567" + check_digit("1234567")
INCIDENT_NUMBER = "1234568" + check_digit("1234568")
FRESH_ID = "0" * 31 + "1"
NOTICES = (
    Notice("flood", {"zh-CN": "洪水预警。", "en-US": "Flood warning."}, urgent=True),
    Notice("road", {"zh-CN": "道路封闭。", "en-US": "A road is closed."}),
)
ONE_ARTICLE, SOME_ARTICLES = "words that mean one policy", "words that mean several policies"

_FAILURES = ("", "refused", "no_answer", "machine", "mediator_unavailable", "caller_left")
_TICKET_STATES = ("new", "acknowledged", "in_progress", "waiting", "resolved", "closed", "reopened")
_VARIED = frozenset(("now", "caller", "degraded", "found", "notices"))


@dataclass(frozen=True, slots=True)
class Situation:
    """What the world is like in one step. `caller` is a name of `CALLERS`."""

    now: datetime
    caller: str = "a mobile"
    degraded: bool = False
    notices: tuple[Notice, ...] = ()
    found: tuple[tuple[Lookup, Any], ...] = ()
    told: str = ""  # what was found, in words

    @property
    def mark(self) -> tuple[object, ...]:
        """What tells it from the others of one step."""
        return self.now, self.caller, self.degraded, bool(self.notices), self.told

    def knowing(self, found: tuple[tuple[Lookup, Any], ...], told: str) -> "Situation":
        """The same with other things found."""
        return Situation(self.now, self.caller, self.degraded, self.notices, found, told)

    def words(self, usual: "Situation") -> str:
        """What is unusual about it, in words."""
        parts = [
            "office closed" if self.now != usual.now else "",
            f"from {self.caller}" if self.caller != usual.caller else "",
            "database away" if self.degraded else "",
            "notices on" if self.notices else "",
            self.told,
        ]
        return ", ".join(part for part in parts if part)


class WatchedContext(Context):
    """A context that notes which of the varied facts a step has read."""

    __slots__ = ("read",)
    read: set[str]

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        object.__setattr__(self, "read", set())

    def __getattribute__(self, name: str) -> Any:
        if name in _VARIED:
            object.__getattribute__(self, "read").add(name)
        return object.__getattribute__(self, name)


@dataclass(frozen=True)
class TwoSearches:
    """A shelf whose search understands two sentences, and brings what takes longest to be spoken.

    One finds the article with the longest text, the other those with the longest titles.
    """

    shelf: Articles
    _sorted: dict[tuple[str, str], list[str]] = field(default_factory=dict, compare=False)

    def keys(self) -> Sequence[str]:
        """All article keys."""
        return self.shelf.keys()

    def read(self, key: str, language: str) -> ArticleText:
        """The article's text."""
        return self.shelf.read(key, language)

    def search(self, words: str, language: str, limit: int = 3) -> Sequence[str]:
        """One article, several, or none, by what the words are."""
        if words == ONE_ARTICLE:
            return self._longest(language, "full")[:1]
        if words == SOME_ARTICLES:
            return self._longest(language, "title")[:limit]
        return ()

    def _longest(self, language: str, part: str) -> list[str]:
        """All articles by the length of a part, the longest first."""
        if (language, part) not in self._sorted:
            texts = {key: self.shelf.read(key, language) for key in self.keys()}
            by_length = sorted(texts, key=lambda key: -len(getattr(texts[key], part)))
            self._sorted[language, part] = by_length
        return self._sorted[language, part]


@dataclass(frozen=True)
class World:
    """Everything that situations are made of."""

    articles: Articles
    times: tuple[datetime, ...]  # the first is the usual one
    callers: tuple[str, ...]

    def usual(self, caller: str = "") -> Situation:
        """The situation in which a step is tried first."""
        return Situation(self.times[0], caller or self.callers[0])

    def context(self, situation: Situation) -> WatchedContext:
        """The situation as a step sees it."""
        return WatchedContext(
            now=situation.now,
            call_sid="CA1",
            caller=CALLERS[situation.caller],
            articles=self.articles,
            fresh_number=FRESH_NUMBER,
            fresh_id=FRESH_ID,
            incident_number=INCIDENT_NUMBER,
            degraded=situation.degraded,
            notices=situation.notices,
            found=dict(situation.found),
        )

    def varied(self, situation: Situation, read: set[str], *, fixed: bool) -> Iterator[Situation]:
        """The situations that differ in what was read; `fixed` keeps the caller."""
        if "now" in read:
            yield from (replace(situation, now=now) for now in self.times if now != situation.now)
        if "caller" in read and not fixed:
            others = (caller for caller in self.callers if caller != situation.caller)
            yield from (replace(situation, caller=caller) for caller in others)
        if "notices" in read and not situation.notices:
            yield replace(situation, notices=NOTICES)
        if "degraded" in read and not situation.degraded:
            yield replace(situation, degraded=True, found=(), told="")


def times(directory: Directory) -> tuple[datetime, ...]:
    """An instant when the office is open and one when it is closed, where there are both."""
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    found: dict[bool, datetime] = {}
    for hour in range(7 * 24):
        instant = monday + timedelta(hours=hour)
        found.setdefault(directory.is_open(instant), instant)
        if len(found) == 2:
            break
    return tuple(found[key] for key in sorted(found, reverse=True))


def answers(lookup: Lookup, now: datetime, category: str) -> Iterator[tuple[Any, str]]:
    """What a lookup may bring, each with its words; `category` is one that exists."""
    match lookup:
        case TicketLookup(number):
            yield None, "no such ticket"
            for state in _TICKET_STATES:
                for outcome in ("", "已经办好"):
                    ticket = TicketFound(number, state, category, now, now, outcome)
                    yield ticket, f"ticket {state}{', with an outcome' if outcome else ''}"
        case MediationLookup():
            yield from _mediations()
        case PersonLookup():
            yield from _persons(now)
        case HearingLookup() | HearingDoorLookup():
            yield from hearings(lookup, now)
        case ReturnVisitLookup():
            yield None, "no ticket to ask about"
            yield ReturnVisitFound(FRESH_NUMBER, category, "已经办好", sealed=False), ""
            yield ReturnVisitFound(FRESH_NUMBER, category, "已经办好", sealed=True), "sealed"
        case _:
            yield from _of_staff(lookup, now, category)


def is_told_whatever(lookup: Lookup, found: object) -> bool:
    """Whether a node looks at this answer before it looks at what the caller does.

    So it is with a mediation that is over or not found: there is no key to choose any more.
    """
    if not isinstance(lookup, MediationLookup):
        return False
    return not isinstance(found, MediationFound) or found.state in ("failed", "closed")


def _of_staff(lookup: Lookup, now: datetime, category: str) -> Iterator[tuple[Any, str]]:
    """What those may learn who are rung for something, or work by telephone."""
    match lookup:
        case EscalationLookup():
            yield None, "nothing is due"
            for is_free in (True, False):
                due = now + timedelta(minutes=5 if is_free else -5)
                found = EscalationFound(FRESH_NUMBER, category, "一村", "井水浑了", due, is_free)
                yield found, "" if is_free else "somebody has taken it"
        case IncidentLookup() | OwnIncidentLookup():
            yield from _incidents(lookup)
        case CallBackLookup():
            yield None, "nobody to call back"
            called_back = CallBackFound(FRESH_NUMBER, category, CALLERS["a mobile"])
            yield called_back, ""
            yield replace(called_back, room="room", label="agent-1"), "the talk was moved"
        case SeatDoorLookup() | SeatLookup():
            yield from _of_a_seat(lookup, now)
        case _:
            yield from _of_the_studio(lookup)


def arrivals(lookup: Lookup, now: datetime) -> Iterator[tuple[Any, str]]:
    """What a lookup may bring about a caller who comes to a node: nobody has waited there yet."""
    if isinstance(lookup, PersonLookup):
        yield from (
            (found, words)
            for found, words in _persons(now)
            if found is None or not (found.waited or found.claimed_at or found.room or found.lost)
        )
        ticket = PersonFound((Callee(CALLERS["a landline"]),), ticket=FRESH_NUMBER)
        yield ticket, "there is a ticket"


def _persons(now: datetime) -> Iterator[tuple[PersonFound | None, str]]:
    """How callers may stand who ask for a person; the usual one is that somebody is free."""
    free = (Callee(CALLERS["a landline"]),)
    yield PersonFound(callees=free, may_call_back=True, caller="一村，王某"), ""
    a_while_ago = now - timedelta(seconds=5)
    yield PersonFound(free, claimed_at=a_while_ago, waited=30), "somebody has taken the caller"
    yield PersonFound(free, claimed_at=now, waited=30), "somebody takes the caller this moment"
    busy = PersonFound(position=2, wait_minutes=3, may_call_back=True)
    yield busy, "all are busy"
    yield replace(busy, waited=55), "all are busy for a minute"
    yield replace(busy, waited=55, patience=20), "all are busy for minutes"
    yield replace(busy, nobody=True), "nobody is left to ring"
    yield PersonFound(free, room="talk-1"), "the talk goes on in a conference"
    yield PersonFound(free, lost=True), "whoever talked with the caller vanished"
    alone = replace(busy, nobody=True, may_call_back=False)
    yield alone, "nobody is left to ring, nobody can be called back"
    yield None, "the database does not say who is there"


def _of_a_seat(lookup: SeatDoorLookup | SeatLookup, now: datetime) -> Iterator[tuple[Any, str]]:
    if isinstance(lookup, SeatDoorLookup):
        yield SeatDoor("open", "1", now + timedelta(minutes=10)), ""
        yield SeatDoor("open", "1", now + timedelta(days=1)), "the mediation is tomorrow"
        yield SeatDoor("wrong"), "the PIN is wrong"
        yield SeatDoor("shut"), "nobody may try"
        return
    yield None, "the seat is not this call's"
    yield SeatFound("waiting", now + timedelta(minutes=5)), "the mediation has not begun"
    yield SeatFound("begun", now, session=FRESH_ID, leg="1", role="party"), "the mediation begins"
    yield SeatFound("over", now), "the mediation is over"


def _of_the_studio(lookup: Lookup) -> Iterator[tuple[Any, str]]:
    match lookup:
        case StudioDoorLookup():
            yield StudioDoor("open"), ""
            yield StudioDoor("wrong"), "the PIN is wrong"
            yield StudioDoor("shut"), "nobody may try"
        case NumberedPromptLookup():
            yield None, "no such prompt"
            yield "common.goodbye", ""
        case TakeLookup():
            yield None, "the recording is not known"
            yield TakeFound("awaited"), "the recording is being prepared"
            yield TakeFound("ready", audio="0" * 64), ""
            yield TakeFound("refused", trouble="silent"), "the recording is refused"


def _incidents(lookup: Lookup) -> Iterator[tuple[Any, str]]:
    yield None, ""
    if isinstance(lookup, OwnIncidentLookup):
        yield True, "somebody is in charge"
        return
    for floor, words in (("", "the caller is gone"), ("e-1", "")):
        yield (
            IncidentFound(FRESH_NUMBER, "", "一村", 3, is_drill=True, is_free=True, floor=floor),
            words,
        )
    taken = IncidentFound(FRESH_NUMBER, "", "", None, is_drill=False, is_free=False, taken_by="王")
    yield taken, "somebody is in charge"


def _mediations() -> Iterator[tuple[Any, str]]:
    yield None, "the mediation is not found"
    there = MediationParty("l2", "caller", "", "held")
    gone = MediationParty("l3", "department", "", "left")
    ready = MediationFound(
        "waiting", "", parties=(there, gone), may_open=True, may_record=True, wants_recording=True
    )
    yield MediationFound("inviting", ""), "the mediation is inviting"
    yield ready, "the floor may be opened"
    yield MediationFound("open", "m-1"), "the floor is open"
    yield MediationFound("open", "m-1", private_leg="leg-1"), "a private word"
    another = replace(ready, state="open", conference="m-2", is_open=True, may_read=True)
    yield another, "the floor is another"
    for poll in ("read", "yes"):
        asked = MediationFound("open", "", poll=poll, draft="第一条，以田埂为界。", is_asking=True)
        yield asked, f"the draft is read{' and put to the vote' if poll == 'yes' else ''}"
    for reason in _FAILURES:
        words = f"the mediation failed: {reason or 'unknown'}"
        yield MediationFound("failed", "", reason), words
    yield MediationFound("failed", "", "refused", FRESH_NUMBER), "it failed, and has a ticket"
    yield MediationFound("closed", ""), "the mediation is closed"
