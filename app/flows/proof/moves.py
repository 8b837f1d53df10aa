"""What can happen to a call that waits: every key, words, silence, and what others do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.flows import engine
from app.flows.alarm import LONGEST_CRY
from app.flows.check_digit import check_digit
from app.flows.context import MediationLookup, OwnIncidentLookup, PersonLookup
from app.flows.directives import Dial, Directive, Gather, JoinConference, Record
from app.flows.hearing import HearingLookup
from app.flows.inputs import (
    OFFICER_WAITS,
    DialEnded,
    Input,
    Pressed,
    Recorded,
    Resumed,
    Silent,
    Spoke,
    Started,
)
from app.flows.library import FlowLibrary
from app.flows.proof.situations import ONE_ARTICLE, SOME_ARTICLES
from app.flows.state import State

KEYS = "0123456789*#"
NONSENSE = "zxqv"
MOST_HINTS = 40  # phrases of one question that are tried
_TALK = 30  # seconds of a recording that holds words


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that happens, and how a path names it.

    `kind` is `silence`, `zero`, `wrong`, `unanswered` or empty; whether other keys or words are
    wrong is the engine's to say.
    """

    given: Input
    words: str
    kind: str = ""


SILENCE = Move(Silent(), "silence", "silence")


def moves(library: FlowLibrary, state: State, waiting: Directive) -> Iterator[Move]:
    """Everything that can happen while the last directive waits."""
    match waiting:
        case Gather():
            yield SILENCE
            yield from _keys(waiting)
            if waiting.speech:
                yield from _words(library, state, waiting)
        case Record():
            yield from _recordings(waiting)
        case Dial():
            yield Move(DialEnded("no-answer", bridged=False), "nobody answers", "unanswered")
            yield Move(DialEnded("completed", bridged=True, seconds=60), "a person was reached")
        case JoinConference():
            yield Move(DialEnded("answered", bridged=False), "the conference ended")
    asked = engine.lookups(library, state, Silent())
    if any(isinstance(lookup, MediationLookup) for lookup in asked):
        yield Move(Resumed("open"), "the floor opens")
    if any(isinstance(lookup, OwnIncidentLookup) for lookup in asked):
        yield Move(Resumed(OFFICER_WAITS), "somebody in charge comes")
    if any(isinstance(lookup, PersonLookup) for lookup in asked):
        yield Move(Resumed("taken"), "somebody takes the caller from the list")
    if any(isinstance(lookup, HearingLookup) for lookup in asked):
        yield Move(Resumed("news"), "the hearing interrupts")


def starts(entry: str) -> Sequence[Move]:
    """How a call can begin at an entry."""
    if entry in ("inbound", "banned", "challenge"):
        return (Move(Started(), "the call begins"),)
    return (
        Move(Started("human"), "a person answers"),
        Move(Started("machine_start"), "a machine answers"),
    )


def _keys(gather: Gather) -> Iterator[Move]:
    if gather.digits == 1:
        for key in KEYS:
            if key != gather.finish:
                yield Move(Pressed(key), f"key {key}", "zero" if key == "0" else "")
        return
    yield Move(Pressed("0"), "key 0", "zero")
    yield Move(Pressed("9"), "key 9")
    yield Move(Pressed("*"), "key *")
    yield Move(Pressed("1"), "key 1 alone")
    body = "1234567890123456789"[: (gather.digits or 8) - 1]
    right = check_digit(body)
    yield Move(Pressed(body + right), f"the number {body}{right}")
    yield Move(Pressed(body + str((int(right) + 1) % 10)), "a wrong number")


def _words(library: FlowLibrary, state: State, gather: Gather) -> Iterator[Move]:
    yield Move(Spoke(NONSENSE), "words nobody understands")
    yield Move(Spoke(ONE_ARTICLE), ONE_ARTICLE)
    yield Move(Spoke(SOME_ARTICLES), SOME_ARTICLES)
    alarm = library.locale(state.language).emergency[:1]
    for phrase in dict.fromkeys((*gather.hints[:MOST_HINTS], *alarm)):
        yield Move(Spoke(phrase), f"“{phrase}”")
    for word in alarm:
        sentence = f"{NONSENSE} " * LONGEST_CRY + word
        yield Move(Spoke(sentence), f"a long sentence with “{word}”")


def _recordings(record: Record) -> Iterator[Move]:
    yield Move(Recorded("", 0, ""), "silence after the tone", "silence")
    yield Move(Recorded("RE1", record.limit, ""), "a long recording")
    yield Move(Recorded("RE1", _TALK, "hangup"), "hangs up while recording")
    yield Move(Recorded("", 0, "hangup"), "hangs up at the tone")
    for key in record.finish:
        if key in "09#":
            yield Move(Recorded("RE1", _TALK, key), f"a recording, key {key}")
    if record.finish:
        key = "0" if "0" in record.finish else record.finish[0]
        yield Move(Recorded("", 0, key), f"key {key} at the tone", "zero" if key == "0" else "")
        last = record.finish[-1]
        yield Move(Recorded("", 0, last), f"key {last} at the tone", "wrong")
