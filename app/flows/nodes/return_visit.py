"""`return_visit`: ask the caller of a resolved ticket whether it is settled."""

from typing import ClassVar

from pydantic import Field

from app.flows.context import Lookup, ReturnVisitFound, ReturnVisitLookup
from app.flows.directives import Directive, HangUp, Record, Utterance
from app.flows.effects import AddComment, AnswerOutbound, Effect, RecordSatisfaction
from app.flows.inputs import Input, Pressed, Recorded, Started
from app.flows.node import Go, Node, NotValid, Outcome, Stop, Wait
from app.flows.references import PromptRef
from app.flows.satisfaction import Satisfaction, word_of
from app.flows.scene import Scene
from app.flows.state import State

SHORTEST_SECONDS = 2
YES_KEY, NO_KEY = "1", "2"
AGAIN_KEY, RECORD_KEY = "4", "5"


class ReturnVisitNode(Node):
    """Say what came of a ticket and ask: 1 satisfied, 2 not satisfied, 3 not settled.

    4 says it again, 5 records a word, 0 is a person. An answering machine hears nothing. Of a
    sealed ticket nothing is said before whoever answers has pressed 1 to be the one who called.

    ```yaml
    ask:
      return_visit: {question: visit.question, longest_seconds: 120}
    ```
    """

    key: ClassVar[str] = "return_visit"

    question: PromptRef = PromptRef("visit.question")
    longest_seconds: int = Field(default=120, ge=10, le=600)
    confirm: PromptRef = PromptRef("visit.confirm")
    about: PromptRef = PromptRef("visit.about")
    thanks: PromptRef = PromptRef("visit.thanks")
    not_settled: PromptRef = PromptRef("visit.not_settled")
    offer: PromptRef = PromptRef("visit.offer")
    record: PromptRef = PromptRef("visit.record")
    silent: PromptRef = PromptRef("visit.silent")
    sorry: PromptRef = PromptRef("visit.sorry")
    goodbye: PromptRef = PromptRef("visit.goodbye")

    def start(self, scene: Scene, given: Started) -> Outcome:
        """Somebody has answered, or a machine."""
        if given.by_machine:
            return Stop((HangUp(),), (AnswerOutbound("machine"),))
        return self.enter(scene)

    def enter(self, scene: Scene) -> Outcome:
        """Say who calls; of a sealed ticket, first make sure who listens."""
        found = _found(scene)
        if found is None:
            return Stop(scene.say(self.sorry))
        if found.sealed and not scene.variable("ticket_number"):
            return Wait((scene.gather(scene.prompt(self.confirm)),), phase="confirm")
        return self._tell(scene, found)

    def again(self, scene: Scene) -> Outcome:
        """Ask the present question again."""
        return self._offer(scene) if scene.state.phase == "said" else self.enter(scene)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Confirm, answer, or add a word."""
        if isinstance(given, Recorded):
            return self._recorded(scene, given)
        key = given.digits if isinstance(given, Pressed) else ""
        if scene.state.phase == "confirm":
            return self._confirmed(scene, key)
        if key == RECORD_KEY:
            return self._record(scene)
        if scene.state.phase == "said":
            return Stop(scene.say(self.goodbye))
        if key == AGAIN_KEY:
            return self.enter(scene)
        return self._answered(scene, word_of(given, scene.locale))

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """The ticket as it stands, at each turn: it may be spoken again."""
        return (ReturnVisitLookup(state.variables.get("visit", "")),)

    def minds_silence(self, state: State) -> bool:
        """Who has answered and says nothing more is done."""
        return state.phase == "said"

    def on_silence(self, scene: Scene) -> Outcome | None:
        """Nobody is kept on the line who does not want to answer."""
        return Stop(scene.say(self.silent))

    def _confirmed(self, scene: Scene, key: str) -> Outcome:
        found = _found(scene)
        if key == NO_KEY or found is None:
            effects = (AnswerOutbound("somebody_else"),) if key == NO_KEY else ()
            return Stop(scene.say(self.sorry), effects)
        return self._tell(scene, found) if key == YES_KEY else NotValid()

    def _tell(self, scene: Scene, found: ReturnVisitFound) -> Outcome:
        told = {"ticket_number": found.number, "category": scene.category(found.category)}
        return self._ask(scene, scene.prompt(self.about, told) + scene.written(found.outcome), told)

    def _ask(
        self,
        scene: Scene,
        prompts: tuple[Utterance, ...],
        told: dict[str, str],
        effects: tuple[Effect, ...] = (),
    ) -> Outcome:
        words = tuple(scene.locale.hints())
        asked = prompts + scene.prompt(self.question)
        gather = scene.gather(asked, speech=bool(words), hints=words)
        kept = {name: told[name] for name in told if name == "ticket_number"}
        return Wait((gather,), phase="ask", effects=effects, variables=kept)

    def _answered(self, scene: Scene, word: Satisfaction | None) -> Outcome:
        if word is None:
            return NotValid()
        effect = RecordSatisfaction(scene.variable("ticket_number"), word, "call")
        prompt = self.not_settled if word == "not_settled" else self.thanks
        return self._offer(scene, scene.prompt(prompt), (effect,))

    def _offer(
        self,
        scene: Scene,
        prompts: tuple[Utterance, ...] = (),
        effects: tuple[Effect, ...] = (),
    ) -> Outcome:
        gather = scene.gather(prompts + scene.prompt(self.offer), timeout=5)
        return Wait((gather,), phase="said", effects=effects)

    def _record(self, scene: Scene) -> Outcome:
        """`recording` when the question is still open, `adding` when it has been answered."""
        directives: tuple[Directive, ...] = (
            *scene.say(self.record),
            Record(limit=self.longest_seconds),
        )
        return Wait(directives, phase="adding" if scene.state.phase == "said" else "recording")

    def _recorded(self, scene: Scene, given: Recorded) -> Outcome:
        comment = AddComment(scene.variable("ticket_number"), given.sid, given.seconds)
        nothing = given.seconds < SHORTEST_SECONDS or not given.sid
        effects = () if nothing else (comment,)
        entries = scene.library.directory.entries
        match given.key:
            case "hangup":
                return Stop(effects=effects)
            case "0":
                return Go(entries.person, effects=effects)
            case "9":
                return Go(entries.emergency, effects=effects)
        if scene.state.phase == "recording":
            return self._ask(scene, (), {}, effects)
        return Stop(scene.say(self.goodbye), effects)


def _found(scene: Scene) -> ReturnVisitFound | None:
    found = scene.context.found.get(ReturnVisitLookup(scene.variable("visit")))
    return found if isinstance(found, ReturnVisitFound) else None
