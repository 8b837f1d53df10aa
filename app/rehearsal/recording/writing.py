"""A recorded call as a transcript: what was heard in words, with the prompt's key beside them.

The call is played along on the engine while it is written, so that what is written is what the
flows do, and passes when it is run.
"""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.flows.context import Articles
from app.flows.directives import Dial, JoinConference
from app.flows.hours import COUNTY_TIME
from app.flows.inputs import DialEnded, Input, Pressed, Recorded, Resumed, Silent, Spoke, Started
from app.flows.library import FlowLibrary
from app.flows.rehearsal.columns import shortened
from app.flows.rehearsal.playing import EngineCall
from app.flows.rehearsal.transcript import WITHHELD, Recording, Scene, Step, Transcript
from app.flows.rehearsal.turns import CannotError, Turn
from app.flows.rehearsal.written import EVERY_LANGUAGE
from app.flows.source import Document
from app.rehearsal.recording.masking import stand_in
from app.rehearsal.recording.moments import Moment, RecordedCall, RecordingError
from app.rehearsal.recording.recognising import Recogniser
from app.rehearsal.recording.tickets import ticket_told

MOBILE = "+861"
SOME_LANDLINE = "+867451234567"  # nobody's own number is written down
FLOOR_SECONDS = 60
LONGEST_WORDS = 60  # places of a terminal, of a text that is no prompt, such as a policy
# What the others of a mediation did, by the prompt that tells of it.
OTHERS = {
    "mediation.opening": "consent",
    "mediation.failed.refused": "refuse",
    "mediation.failed.no_answer": "do_not_answer",
    "mediation.failed.machine": "are_machines",
    "mediation.failed.mediator_unavailable": "are_busy",
    "mediation.failed.caller_left": "leave",
}


@dataclass(slots=True)
class Written:
    """The text of a file, and why it ends before the call did (empty: it does not)."""

    text: str
    stopped: str = ""


@dataclass(slots=True)
class _Line:
    """One step: what is done, as YAML, what is heard with the prompt's key, and where it leads."""

    deed: str
    heard: list[tuple[str, str]]
    turn: Turn


class Writer:
    """Writes one call."""

    def __init__(self, call: RecordedCall, library: FlowLibrary, articles: Articles) -> None:
        self._call = call
        self._library = library
        self._articles = articles
        self._recogniser = Recogniser(library)
        self._ticket = ticket_told(call.moments, self._recogniser, library)
        self._at = call.at.astimezone(COUNTY_TIME)
        self._engine = EngineCall(self._scene(), library.default_language, library, articles)
        self._lines: list[_Line] = []

    def write(self) -> Written:
        """The whole file. Raises RecordingError when the call began elsewhere than the flows do."""
        moments = deque(self._call.moments)
        if not moments or not isinstance(moments[0].given, Started):
            raise RecordingError("The beginning of this call is not known.")
        rest = self._note("", moments.popleft().heard, self._engine.begin())
        if not self._lines[0].heard:
            raise RecordingError("This call did not begin as calls begin in these flows.")
        stopped = self._follow(moments, rest)
        if not stopped and not self._lines[-1].turn.ended:
            leaving = Step.model_validate({"hangs": "up"})
            self._note(deed_of(leaving), (), self._engine.do(leaving))
        return Written(self._text(), stopped)

    def _follow(self, moments: deque[Moment], rest: Sequence[str]) -> str:
        """Play along as long as the flows lead the same way; returns why they do not."""
        while moments or rest:
            moment = self._dialled(rest) or (moments.popleft() if moments else None)
            if moment is None:
                return ""
            # `nobody: answers` stands for all who were rung, one after another.
            while _is_in_vain(moment) and moments and _is_in_vain(moments[0]):
                moment = replace(moment, heard=(*moment.heard, *moments.popleft().heard))
            step = self._step(moment)
            if step is None:
                return "What the caller did next is secret, and nothing else leads to the same."
            try:
                turn = self._engine.do(step)
            except CannotError as error:
                return str(error)
            rest = self._note(deed_of(step), moment.heard, turn)
            if moment.heard and turn.heard and not self._lines[-1].heard:
                self._lines.pop()
                return "From here on these flows lead elsewhere than the call went."
        return ""

    def _dialled(self, rest: Sequence[str]) -> Moment | None:
        """What was heard after others were rung, or were together, when nothing tells of it."""
        if rest and isinstance(self._engine.waits_for, Dial):
            return Moment(DialEnded("no-answer", bridged=False), tuple(rest))
        if rest and isinstance(self._engine.waits_for, JoinConference):
            return Moment(DialEnded("completed", bridged=True, seconds=FLOOR_SECONDS), tuple(rest))
        return None

    def _step(self, moment: Moment) -> Step | None:
        if moment.masked:
            return stand_in(moment, self._engine, self._library, self._articles, self._recogniser)
        others = next((OTHERS[key] for key in self._prompts(moment.heard) if key in OTHERS), "")
        if others and isinstance(moment.given, Silent | Resumed):
            return Step.model_validate({"others": others})
        return Step.model_validate(_written(moment.given))

    def _prompts(self, heard: Sequence[str]) -> Iterator[str]:
        for sentence in heard:
            recognised = self._recogniser.recognise(sentence)
            if recognised is not None:
                yield recognised.prompt

    def _note(self, deed: str, heard: Sequence[str], turn: Turn) -> Sequence[str]:
        """Write down what both the call and the flows said; returns what only the call did."""
        both = zip(heard, turn.heard, strict=False)
        kept = [
            self._sentence(said) for said, ours in both if self._recogniser.alike(said, ours.text)
        ]
        self._lines.append(_Line(deed, kept, turn))
        return heard[len(turn.heard) :]

    def _sentence(self, said: str) -> tuple[str, str]:
        """The words to be written, and the prompt's key; of a long text only its beginning."""
        recognised = self._recogniser.recognise(said)
        if recognised is not None:
            return recognised.words, recognised.prompt
        return shortened(" ".join(said.split()), LONGEST_WORDS), ""

    # The file

    def _facts(self) -> dict[str, Any]:
        """What is there before the call, beside the defaults."""
        facts: dict[str, Any] = {"when": f"{self._at:%Y-%m-%d %H:%M}"}
        caller = self._call.caller
        if not caller.startswith("+"):
            facts["caller"] = WITHHELD
        elif not caller.startswith(MOBILE):
            facts["caller"] = SOME_LANDLINE
        if self._ticket:
            facts["ticket"] = self._ticket
        return facts

    def _scene(self) -> Scene:
        transcript = Transcript.model_validate({**self._facts(), "steps": [{"ends": "false"}]})
        document = Document("recorded.yaml")
        return Scene("recorded", transcript, document, (self._library.default_language,))

    def _text(self) -> str:
        title = f"Recorded on {self._at:%Y-%m-%d at %H.%M}"
        lines = ["calls:", f"  {title}:"]
        lines += [f"    {name}: {_quoted(value)}" for name, value in self._facts().items()]
        lines.append("    steps:")
        for line in self._lines:
            lines += _step_lines(line)
        return "\n".join([*lines, *self._afterwards()]) + "\n"

    def _afterwards(self) -> Iterator[str]:
        after = self._engine.aftermath()
        opened = [one.fields for one in after.happened if one.name == "open_ticket"]
        yield "    afterwards:"
        if opened:
            yield "      happened:"
        for ticket in opened:
            told = f"kind: {ticket['kind']}, category: {ticket['category']}"
            yield f"        - open_ticket: {{{told}}}"
        if not opened:
            yield "      never: open_ticket"


def _is_in_vain(moment: Moment) -> bool:
    return isinstance(moment.given, DialEnded) and not moment.given.bridged


def _written(given: Input) -> dict[str, Any]:
    """What happened as a step of a transcript."""
    match given:
        case Pressed(digits):
            return {"presses": digits}
        case Spoke(words):
            return {"says": words}
        case Recorded(_, seconds, key):
            ended = {"": "silence", "hangup": "hanging_up"}.get(key, key)
            return {"records": {"seconds": str(seconds), "ends_with": ended}}
        case DialEnded(_, bridged, seconds):
            return {"talks": str(max(1, seconds))} if bridged else {"nobody": "answers"}
    return {"stays": "silent"}


def deed_of(step: Step) -> str:
    """The deed of a step as it is written."""
    value = getattr(step, step.deed)
    if isinstance(value, dict):
        return f"{step.deed}: {_quoted(value[EVERY_LANGUAGE])}"
    if isinstance(value, Recording):
        return f"{step.deed}: {{seconds: {value.seconds}, ends_with: {_quoted(value.ends_with)}}}"
    return f"{step.deed}: {value}"


def _step_lines(line: _Line) -> Iterator[str]:
    """A step: what is done, what is heard, and where the call is then."""
    parts = [line.deed] if line.deed else []
    if line.heard:
        parts.append("hears:")
        parts += [f"  - {_quoted(words)}{f'  # {key}' if key else ''}" for words, key in line.heard]
    parts.append("ends: true" if line.turn.ended else f"goes_to: {line.turn.node}")
    for number, part in enumerate(parts):
        yield f"      {'- ' if number == 0 else '  '}{part}"


def _quoted(value: Any) -> str:
    """A value as YAML that any reader takes for what it is."""
    return json.dumps(value, ensure_ascii=False)
