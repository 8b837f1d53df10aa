"""A step-through of a version on the pure engine: what a caller does, and what is heard then.

No call is made and nothing is written: what would be looked up is not found, and what would be done
is told. The whole way is played again from its beginning for each page, so that its address says
all: a list of words such as `k1` (the key 1), `s` (silence) or `w…` (words spoken).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.flows import engine
from app.flows.context import Context
from app.flows.directives import (
    Dial,
    Directive,
    Gather,
    HangUp,
    JoinConference,
    Pause,
    Record,
    Say,
    Utterance,
)
from app.flows.inputs import DialEnded, Input, Pressed, Recorded, Silent, Spoke, Started
from app.flows.library import FlowLibrary
from app.flows.rehearsal.transcript import written_name

CALLER = "+8613800000000"
TICKET_NUMBER, INCIDENT_NUMBER, RANDOM_ID = "12345674", "12345683", "0" * 32
LONGEST_WAY = 60
RECORDED_SECONDS = 7


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that the telephone does. `kind` is that of the directive; `tag` its language."""

    kind: str
    text: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the way: what was done, what is heard then, where the call is, what it does."""

    did: str
    heard: tuple[Heard, ...]
    node: str
    trail: tuple[str, ...]
    effects: tuple[str, ...]
    waits_for: str  # gather, record, dial, conference, or empty at the end


def play(
    library: FlowLibrary, entry: str, language: str, at: datetime, did: Sequence[str]
) -> list[Moment]:
    """The moments of a way. Raises ValueError for a word that means nothing."""
    state = engine.begin(library, entry, language)
    context = Context(
        now=at,
        call_sid="preview",
        caller=CALLER,
        articles=library.articles,
        fresh_number=TICKET_NUMBER,
        fresh_id=RANDOM_ID,
        incident_number=INCIDENT_NUMBER,
    )
    moments = []
    for word in ("", *did[:LONGEST_WAY]):
        if state.ended:
            break
        given = read(word)
        step = engine.step(library, state, given, context)
        state = step.state
        moments.append(_moment(word, step))
    return moments


def read(word: str) -> Input:
    """What a word of the way means. Raises ValueError for one that means nothing."""
    kind, rest = word[:1], word[1:]
    match kind:
        case "":
            return Started()
        case "k" if rest and set(rest) <= set("0123456789*#"):
            return Pressed(rest)
        case "w" if rest.strip():
            return Spoke(rest.strip(), 0.9)
        case "s" if not rest:
            return Silent()
        case "r" if not rest:
            return Recorded("preview", RECORDED_SECONDS, "#")
        case "d" if rest in ("completed", "no-answer", "busy"):
            return DialEnded(rest, bridged=rest == "completed", seconds=60)
    raise ValueError(f"`{word}` is nothing that a caller does")


def _moment(did: str, step: engine.Step) -> Moment:
    last = step.directives[-1]
    heard = tuple(part for directive in step.directives for part in _heard(directive))
    return Moment(
        did,
        heard,
        step.state.node,
        step.trail,
        tuple(written_name(type(effect).__name__) for effect in step.effects),
        _WAITS.get(type(last), ""),
    )


_WAITS: dict[type, str] = {
    Gather: "gather",
    Record: "record",
    Dial: "dial",
    JoinConference: "conference",
}


def _heard(directive: Directive) -> list[Heard]:
    match directive:
        case Say(utterances):
            return _spoken(utterances)
        case Gather():
            return _spoken(directive.prompts)
        case Pause(seconds):
            return [Heard("pause", str(seconds))]
        case Record(limit):
            return [Heard("record", str(limit))]
        case Dial():
            whisper = [replace(one, kind="whisper") for one in _spoken(directive.whisper)]
            return [Heard("dial", ", ".join(directive.numbers)), *whisper]
        case JoinConference():
            return [Heard("conference")]
        case HangUp():
            return [Heard("hang-up")]
    return []


def _spoken(utterances: tuple[Utterance, ...]) -> list[Heard]:
    return [Heard("say", one.text, one.language.tag) for one in utterances]
