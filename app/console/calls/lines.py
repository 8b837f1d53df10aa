"""A call as a line of a list, in the reader's words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from app.calls.live.queries import LONGEST_CALL
from app.calls.log.rows import CallRow, ListedCall
from app.console.calls.book import Book
from app.console.calls.places import Places
from app.console.naming import Names
from app.web.telephones import telephone
from app.web.words import all_words

_TONES = {"unanswered": "late", "abandoned": "late", "banned": "soon", "person": "good"}
_FAILED = frozenset({"busy", "no-answer", "failed", "canceled"})


@dataclass(frozen=True, slots=True)
class Line:
    """What a list shows of a call.

    `caller` is a telephone, or says why there is none; `name` is whose, where that is
    known. `reached` are the people and posts that
    answered. `state` is empty for a call that simply ended.
    """

    sid: str
    inbound: bool
    name: str
    caller: str
    sealed: bool
    started_at: datetime
    seconds: int | None
    state: str
    failed: bool
    outcome: str
    tone: str
    language: str
    last_place: str
    reached: tuple[str, ...]
    tickets: tuple[str, ...]
    recordings: int
    emergency: bool


def line_of(listed: ListedCall, book: Book, places: Places, now: datetime) -> Line:
    """A call as a line."""
    call, names = listed.call, book.names
    reached = (book.name(leg.number) or telephone(leg.number) for leg in listed.answered)
    return Line(
        sid=call.sid,
        inbound=call.direction == "inbound",
        name=book.caller(call.caller),
        caller=caller_of(call.caller, names, hidden=call.hidden),
        sealed=call.hidden,
        started_at=call.started_at,
        seconds=call.seconds,
        state=_state(call, names, now),
        failed=call.status in _FAILED,
        outcome=coded("calls.outcome", call.outcome, names) if call.outcome else "",
        tone=_TONES.get(call.outcome, ""),
        language=language_name(call.language, names) if call.language else "",
        last_place=places.name(call.node) if call.node else "",
        reached=tuple(dict.fromkeys(reached)),
        tickets=tuple(ticket.number for ticket in listed.tickets),
        recordings=len(listed.recordings),
        emergency=any(ticket.kind == "incident" for ticket in listed.tickets),
    )


def _state(call: CallRow, names: Names, now: datetime) -> str:
    """How a call stands; of an inbound one the network tells only its beginning and its end."""
    if call.ended_at is None and call.direction == "inbound":
        lost = now - call.started_at > LONGEST_CALL
        return coded("calls.status", "lost" if lost else "in-progress", names)
    return "" if call.status == "completed" else coded("calls.status", call.status, names)


def caller_of(number: str, names: Names, *, hidden: bool) -> str:
    """A caller's telephone as it is written, or why none is shown."""
    if hidden:
        return names.say("calls.sealed")
    if not number.startswith("+") and not any(letter.isdigit() for letter in number):
        return names.say("calls.withheld")
    return telephone(number)


def coded(area: str, code: str, names: Names) -> str:
    """A code such as a status in the reader's words, or the code itself."""
    key = f"{area}.{code}"
    return names.say(key) if all_words().has(key) else code


def language_name(tag: str, names: Names) -> str:
    """A language by our own name for it."""
    return names.spoken_language(tag)


def numbers_in(calls: Collection[ListedCall]) -> set[str]:
    """The telephones of calls and their legs, for the book."""
    rung = {leg.number for listed in calls for leg in listed.legs}
    return rung | {listed.call.caller for listed in calls}
