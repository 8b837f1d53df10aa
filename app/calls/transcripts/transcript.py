"""The transcript of a call as heard: turn by turn, what came from the caller and what was answered.

Pure. Keys that answer a question for several digits may be a PIN and are never shown; a ticket
number is none, and the keys that mean the same everywhere are not either.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from app.calls.transcripts.events import Event
from app.calls.transcripts.sounds import Sound, asked_in, sounds_of
from app.flows.inputs import Started

HIDDEN = "••••"
EVERYWHERE = ("0", "9", "*")  # a person, the emergency desk, again (app/flows/engine.py)
_SPOKEN_OF = frozenset({"said", "played", "beep", "rings", "joins", "hangs_up"})
_FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
_MARKS = {"OpenTicket": "ticket", "ConveneMediation": "mediation", "PolicyRead": "policy"}

Who = Literal["hotline", "caller", "network"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line: who it comes from, what it is, and its text.

    `kind` is `pressed`, `spoke`, `silent`, `recorded`, `talked`, `not_answered`, `started`,
    `machine`, `accepted`, `resumed`, `ended`, one of the sounds, or a mark: `ticket`,
    `mediation`, `policy`.
    `numbers` are those rung, `recording` is the SID of what was recorded, `seconds` how long.
    """

    who: Who
    kind: str
    text: str = ""
    language: str = ""
    seconds: int | None = None
    numbers: tuple[str, ...] = ()
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was given and what was heard, at a node; `times` when it happened again and again."""

    at: datetime
    node: str
    lines: tuple[Line, ...]
    until: datetime
    times: int = 1


def transcript(
    events: Sequence[Event], is_open_question: Callable[[str], bool]
) -> tuple[Turn, ...]:
    """The turns of a call from its events in the order they were written.

    `is_open_question(node)` says of a question for several digits that its answer is no secret.
    """
    return tuple(_folded(_turns(guarded(events, is_open_question))))


def guarded(
    events: Iterable[Event], is_open_question: Callable[[str], bool] = lambda _node: False
) -> Iterator[Event]:
    """The events of a call without the keys that may be a PIN."""
    asked: Sound | None = None
    for event in events:
        keys = event.told.get("keys")
        if keys is not None:
            shown = shown_keys(str(keys), asked, is_open=is_open_question(event.node))
            yield replace(event, told={**event.told, "keys": shown})
        else:
            yield event
        if event.kind == "step":
            asked = asked_in(event.answer or "")


def shown_keys(keys: str, asked: Sound | None, *, is_open: bool) -> str:
    """The keys that were pressed, or dots for an answer that may be a PIN."""
    single = asked.digits == 1 if asked else len(keys) == 1
    if is_open or single or keys in EVERYWHERE:
        return keys
    return HIDDEN


def _turns(events: Iterable[Event]) -> Iterator[Turn]:
    for event in events:
        lines: tuple[Line, ...] = ()
        if event.kind == "step":
            lines = (*_given(event), *_marks(event), *_heard(event))
        elif event.kind == "accepted":
            lines = (Line("network", "accepted"),)
        elif event.kind == "status" and event.told.get("status") in _FINAL:
            lines = (_ended(event),)
        if lines:
            yield Turn(event.at, event.node, lines, event.at)


def _given(event: Event) -> tuple[Line, ...]:
    told = event.told
    seconds = told.get("seconds")
    match event.given:
        case "started":
            machine = Started(str(told.get("answered_by", ""))).by_machine
            return (Line("network", "machine" if machine else "started"),)
        case "pressed":
            return (Line("caller", "pressed", str(told.get("keys", ""))),)
        case "spoke":
            return (Line("caller", "spoke", event.words or ""),)
        case "silent":
            return (Line("caller", "silent"),)
        case "recorded":
            recording = str(told.get("recording", ""))
            return (Line("caller", "recorded", seconds=seconds or 0, recording=recording),)
        case "dialended":
            kind = "talked" if told.get("bridged") else "not_answered"
            return (Line("network", kind, str(told.get("status", "")), seconds=seconds or 0),)
        case "resumed":
            return (Line("network", "resumed", str(told.get("reason", ""))),)
    return ()


def _marks(event: Event) -> tuple[Line, ...]:
    """What the step led to, in the order of the effects and each once."""
    effects = dict.fromkeys(event.told.get("effects", ()))
    return tuple(Line("network", _MARKS[name]) for name in effects if name in _MARKS)


def _heard(event: Event) -> tuple[Line, ...]:
    return tuple(
        Line(
            "hotline" if sound.kind in ("said", "played") else "network",
            sound.kind,
            sound.text,
            sound.language,
            numbers=sound.numbers,
        )
        for sound in sounds_of(event.answer or "")
        if sound.kind in _SPOKEN_OF
    )


def _ended(event: Event) -> Line:
    return Line("network", "ended", str(event.told["status"]), seconds=event.told.get("seconds"))


def _folded(turns: Iterator[Turn]) -> Iterator[Turn]:
    """The same turn again and again (a caller who waits for others) as one."""
    before: Turn | None = None
    for turn in turns:
        if before and (before.node, before.lines) == (turn.node, turn.lines):
            before = replace(before, times=before.times + 1, until=turn.at)
            continue
        if before:
            yield before
        before = turn
    if before:
        yield before
