"""`ticket_status`: say how a ticket stands, to the telephone it belongs to."""

from typing import ClassVar

from app.flows.check_digit import is_valid
from app.flows.context import Lookup, TicketFound, TicketLookup
from app.flows.directives import Say, Utterance
from app.flows.effects import Effect, RecordSatisfaction, TellStatus
from app.flows.inputs import Input, Pressed, Silent, Spoke
from app.flows.node import Go, Node, NotValid, Outcome, Wait
from app.flows.references import NodeRef, PromptRef
from app.flows.satisfaction import word_of
from app.flows.scene import Scene
from app.flows.state import State

NUMBER_LENGTH = 8


class TicketStatusNode(Node):
    """Ask for the ticket number and say how it stands.

    A wrong number and somebody else's number get the same answer (threat T24). Who asks after a
    resolved ticket hears what came of it and may answer at once: 1 satisfied, 2 not satisfied,
    3 not settled.

    ```yaml
    ask:
      ticket_status: {prompt: status.ask, next: main.menu}
    ```
    """

    key: ClassVar[str] = "ticket_status"

    prompt: PromptRef
    next: NodeRef
    found: PromptRef = PromptRef("status.found")
    outcome: PromptRef = PromptRef("status.outcome")
    not_found: PromptRef = PromptRef("status.not_found")
    unavailable: PromptRef = PromptRef("status.unavailable")
    satisfied: PromptRef = PromptRef("status.satisfied")
    thanks: PromptRef = PromptRef("visit.thanks")
    not_settled: PromptRef = PromptRef("visit.not_settled")

    def enter(self, scene: Scene) -> Outcome:
        """Ask for the number."""
        if scene.context.degraded:
            person = scene.library.directory.entries.person
            return Go(person, directives=scene.say(self.unavailable))
        return self._ask(scene, self.prompt, scene.state.phase or "first")

    def again(self, scene: Scene) -> Outcome:
        """Ask the present question again."""
        if scene.state.phase == "satisfied":
            return self._ask_word(scene, (), scene.variable("ticket_number"))
        return self.enter(scene)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Say how the ticket stands, or ask once more; take the caller's word."""
        if scene.state.phase == "satisfied":
            return self._said(scene, given)
        found = scene.context.found.get(TicketLookup(_number(given)))
        if isinstance(found, TicketFound):
            return self._tell(scene, found)
        if scene.context.degraded:
            return self.enter(scene)
        if scene.state.phase == "second":
            person = scene.library.directory.entries.person
            return Go(person, directives=scene.say("common.to_person"))
        return self._ask(scene, self.not_found, "second")

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """Only numbers with a right check digit are worth a look."""
        number = _number(given)
        if state.phase != "satisfied" and len(number) == NUMBER_LENGTH and is_valid(number):
            return (TicketLookup(number),)
        return ()

    def collects_number(self, state: State) -> bool:
        """Eight digits are one number."""
        return state.phase != "satisfied"

    def minds_silence(self, state: State) -> bool:
        """Nobody has to say whether they are satisfied."""
        return state.phase == "satisfied"

    def _ask(self, scene: Scene, prompt: PromptRef, phase: str) -> Outcome:
        gather = scene.gather(
            scene.prompt(prompt), digits=NUMBER_LENGTH, finish="#", timeout=8, speech=False
        )
        return Wait((gather,), phase=phase)

    def _tell(self, scene: Scene, found: TicketFound) -> Outcome:
        state = f"status.state.{found.state}"
        told = {
            "ticket_number": found.number,
            "ticket_state": scene.library.prompts.text(state, scene.state.language, {})[0],
            "category": scene.category(found.category),
        }
        spoken, effects = scene.prompt(self.found, told), (TellStatus(found.number),)
        if found.state in ("resolved", "closed") and found.outcome.strip():
            spoken += scene.prompt(self.outcome) + scene.written(found.outcome)
        if found.state == "resolved":
            return self._ask_word(scene, spoken, found.number, effects)
        return Go(self.next, directives=(Say(spoken),), effects=effects)

    def _ask_word(
        self,
        scene: Scene,
        before: tuple[Utterance, ...],
        number: str,
        effects: tuple[Effect, ...] = (),
    ) -> Outcome:
        words = tuple(scene.locale.hints())
        asked = before + scene.prompt(self.satisfied)
        gather = scene.gather(asked, timeout=6, speech=bool(words), hints=words)
        told = {"ticket_number": number}
        return Wait((gather,), phase="satisfied", effects=effects, variables=told)

    def _said(self, scene: Scene, given: Input) -> Outcome:
        word = word_of(given, scene.locale)
        if word is not None:
            effect = RecordSatisfaction(scene.variable("ticket_number"), word, "status")
            prompt = self.not_settled if word == "not_settled" else self.thanks
            return Go(self.next, directives=scene.say(prompt), effects=(effect,))
        return Go(self.next) if isinstance(given, Silent) else NotValid()


def _number(given: Input) -> str:
    if isinstance(given, Pressed):
        return given.digits
    if isinstance(given, Spoke):
        return "".join(letter for letter in given.words if letter.isdigit())
    return ""
