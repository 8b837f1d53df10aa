"""Plays one call on the pure engine: every deed of a transcript becomes inputs of steps."""

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import asdict, replace

from app.flows import engine
from app.flows.context import Articles, Context
from app.flows.directives import Dial, Directive, Gather, JoinConference, Record
from app.flows.effects import Effect
from app.flows.inputs import DialEnded, Input, Pressed, Recorded, Resumed, Silent, Spoke, Started
from app.flows.library import FlowLibrary
from app.flows.nodes.challenge import KEYS
from app.flows.rehearsal.coverage import utterances
from app.flows.rehearsal.transcript import Recording, Scene, Step, written_name
from app.flows.rehearsal.turns import Aftermath, CannotError, Happened, Turn, Utterance
from app.flows.rehearsal.world import World, calendar_of
from app.flows.rehearsal.written import each_key, in_language
from app.flows.state import State

Watch = Callable[[State, Input, engine.Step], None]


class EngineCall:
    """One call of a scene, in one language. `watch` is told of every step."""

    def __init__(
        self,
        scene: Scene,
        language: str,
        library: FlowLibrary,
        articles: Articles,
        watch: Watch = lambda _before, _given, _taken: None,
    ) -> None:
        transcript = scene.transcript
        self._library = _on_its_day(scene, library)
        self._articles = articles
        self._watch = watch
        self._language = language
        self._world = World(transcript, library)
        self._state = engine.begin(
            self._library,
            transcript.entry,
            scene.begins_in(language, library.default_language),
            self._world.variables,
        )
        self._last: tuple[Directive, ...] = ()
        self._effects: list[Effect] = []
        self._rung: list[str] = []

    def begin(self, choice: str = "") -> Turn:
        """The call is answered; the keys of `choice` are pressed before anything else."""
        machine = "machine_start" if self._world.by_machine else ""
        turn = self._step(Started(machine))
        return self._press(choice) if choice else turn

    def do(self, step: Step) -> Turn:
        """Do what a step says. Raises CannotError when that is not possible here."""
        if step.database is not None:
            self._world.degraded = step.database == "away"
            return self._turn(())
        if self._state.ended:
            raise CannotError("The call is over: nothing more can be done.")
        match step.deed:
            case "presses":
                return self._press(in_language(step.presses or {}, self._language) or "")
            case "says":
                return self._say(in_language(step.says or {}, self._language) or "")
            case "stays":
                return self._stay_silent()
            case "records" if step.records:
                return self._record(step.records)
            case "talks":
                return self._dial_ended("completed", step.talks or 0)
            case "nobody":
                return self._ring_in_vain()
            case "others" | "hearing":
                return self._interrupted(step)
        return self._hang_up()

    def copy(self) -> "EngineCall":
        """The same call at the same point, to try something out."""
        other = copy(self)
        other._world = self._world.copy()
        other._effects, other._rung = [*self._effects], [*self._rung]
        return other

    @property
    def language(self) -> str:
        """The language the call is in."""
        return self._state.language

    @property
    def waits_for(self) -> Directive:
        """What the call waits for now: the last directive."""
        return self._last[-1]

    def aftermath(self) -> Aftermath:
        """What there is when it is over."""
        happened = tuple(
            Happened(written_name(type(effect).__name__), asdict(effect))
            for effect in self._effects
        )
        return Aftermath(happened, tuple(self._rung), self._state.language)

    # What the caller does

    def _press(self, keys: str) -> Turn:
        """Each key goes to the question that waits for it: an early one may be next to another."""
        turn = self._turn(())
        waiting = list(self._keys(keys))
        while waiting:
            if self._state.ended:
                raise CannotError(f"The call is over before {''.join(waiting)} can be pressed.")
            turn = self._step(self._pressed(waiting))
        return turn

    def _pressed(self, waiting: list[str]) -> Input:
        """Takes the keys that answer the present question."""
        asked = self._last[-1]
        if isinstance(asked, Record):
            return Recorded("", 0, waiting.pop(0))
        if not isinstance(asked, Gather):
            raise CannotError("Nobody listens for keys here: others are being rung.")
        digits, most = "", asked.digits or len(waiting)
        while waiting and len(digits) < most:
            key = waiting.pop(0)
            if key == asked.finish:
                break
            digits += key
        return Pressed(digits) if digits else Silent()

    def _keys(self, keys: str) -> Iterator[str]:
        """The keys one by one, their fields filled."""
        for part in each_key(keys):
            yield from self._known(part) if part.startswith("{") else part

    def _known(self, part: str) -> str:
        name = part.strip("{}")
        value = self._fields().get(name)
        if value is None:
            known = ", ".join(f"{{{name}}}" for name in self._fields()) or "none"
            raise CannotError(f"Nothing is known of {part} here; known are: {known}.")
        return value

    def _say(self, words: str) -> Turn:
        asked = self._last[-1]
        if not isinstance(asked, Gather) or not asked.speech:
            raise CannotError("The hotline does not listen for words here.")
        return self._step(Spoke(words, 0.9))

    def _stay_silent(self) -> Turn:
        asked = self._last[-1]
        if isinstance(asked, Record):
            return self._step(Recorded("", 0))
        if not isinstance(asked, Gather):
            raise CannotError("Nothing is asked here: others are being rung.")
        return self._step(Silent())

    def _record(self, recording: Recording) -> Turn:
        if not isinstance(self._last[-1], Record):
            raise CannotError("Nothing is recorded here.")
        key = {"silence": "", "hanging_up": "hangup"}.get(recording.ends_with, recording.ends_with)
        sid = self._world.recording_sid() if recording.seconds else ""
        return self._step(Recorded(sid, recording.seconds, key))

    def _dial_ended(self, status: str, seconds: int) -> Turn:
        if not isinstance(self._last[-1], Dial | JoinConference):
            raise CannotError("Nobody is being rung here, and no floor is open.")
        if isinstance(self._last[-1], JoinConference):
            self._world.others("end")
        return self._step(DialEnded(status, bridged=seconds > 0, seconds=seconds))

    def _ring_in_vain(self) -> Turn:
        """All who are rung, one after another, do not answer."""
        turn = self._dial_ended("no-answer", 0)
        while isinstance(self._last[-1], Dial):
            turn = self._dial_ended("no-answer", 0)
        return turn

    def _interrupted(self, step: Step) -> Turn:
        if step.hearing is not None:
            return self._step(Resumed(self._world.hearing(step.hearing)))
        return self._others(str(step.others))

    def _others(self, do: str) -> Turn:
        if not self._state.variables.get("session"):
            raise CannotError("There is no mediation here.")
        self._world.others(do)
        return self._step(Resumed(do))

    def _hang_up(self) -> Turn:
        if isinstance(self._last[-1], Record):
            return self._step(Recorded("", 0, "hangup"))
        self._state = replace(self._state, ended=True)
        return self._turn(())

    # One step

    def _step(self, given: Input) -> Turn:
        before = self._state
        lookups = engine.lookups(self._library, before, given)
        context: Context = self._world.context(self._articles, lookups)
        taken = engine.step(self._library, before, given, context)
        if taken.wanted:
            context = self._world.knowing(context, taken.wanted)
            taken = engine.step(self._library, before, given, context)
        self._world.saw(taken)
        self._watch(before, given, taken)
        self._state = taken.state
        self._last = taken.directives
        self._effects += taken.effects
        for directive in taken.directives:
            if isinstance(directive, Dial):
                self._rung += directive.numbers
        return self._turn(taken.directives)

    def _turn(self, directives: tuple[Directive, ...]) -> Turn:
        heard = tuple(Utterance(one.text, one.language.tag) for one in utterances(directives))
        return Turn(heard, self._state.node, self._state.ended, self._fields())

    def _fields(self) -> dict[str, str]:
        """What a transcript may name by a field."""
        fields = self._world.fields(self._state, self._effects)
        key = self._state.variables.get("challenge_key")
        if key is not None:
            fields |= {"key": key, "another_key": next(other for other in KEYS if other != key)}
        return fields


def _on_its_day(scene: Scene, library: FlowLibrary) -> FlowLibrary:
    """The library on the day of the scene: what the scene says of the day is so."""
    calendar = calendar_of(scene.transcript)
    if calendar is None:
        return library
    return replace(library, directory=library.directory.observing(calendar))
