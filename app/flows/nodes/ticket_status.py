"""`ticket_status`: say how a ticket stands, to the telephone it belongs to."""

from typing import ClassVar

from app.flows.check_digit import is_valid
from app.flows.context import Lookup, TicketFound, TicketLookup
from app.flows.inputs import Input, Pressed, Spoke
from app.flows.node import Go, Node, Outcome, Wait
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.state import State

NUMBER_LENGTH = 8


class TicketStatusNode(Node):
    """Ask for the ticket number and say how it stands.

    A wrong number and somebody else's number get the same answer (threat T24).

    ```yaml
    ask:
      ticket_status: {prompt: status.ask, next: main.menu}
    ```
    """

    key: ClassVar[str] = "ticket_status"

    prompt: PromptRef
    next: NodeRef
    found: PromptRef = PromptRef("status.found")
    not_found: PromptRef = PromptRef("status.not_found")
    unavailable: PromptRef = PromptRef("status.unavailable")

    def enter(self, scene: Scene) -> Outcome:
        """Ask for the number."""
        if scene.context.degraded:
            person = scene.library.directory.entries.person
            return Go(person, directives=scene.say(self.unavailable))
        return self._ask(scene, self.prompt, scene.state.phase or "first")

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Say how the ticket stands, or ask once more."""
        number = _number(given)
        found = scene.context.found.get(TicketLookup(number))
        if isinstance(found, TicketFound):
            told = {
                "ticket_number": found.number,
                "ticket_state": scene.library.prompts.text(
                    f"status.state.{found.state}", scene.state.language, {}
                )[0],
                "category": scene.category(found.category),
            }
            return Go(self.next, directives=scene.say(self.found, told))
        if scene.context.degraded:
            return self.enter(scene)
        if scene.state.phase == "second":
            person = scene.library.directory.entries.person
            return Go(person, directives=scene.say("common.to_person"))
        return self._ask(scene, self.not_found, "second")

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """Only numbers with a right check digit are worth a look."""
        number = _number(given)
        if len(number) == NUMBER_LENGTH and is_valid(number):
            return (TicketLookup(number),)
        return ()

    def collects_number(self, state: State) -> bool:
        """Eight digits are one number."""
        return True

    def _ask(self, scene: Scene, prompt: PromptRef, phase: str) -> Outcome:
        gather = scene.gather(
            scene.prompt(prompt), digits=NUMBER_LENGTH, finish="#", timeout=8, speech=False
        )
        return Wait((gather,), phase=phase)


def _number(given: Input) -> str:
    if isinstance(given, Pressed):
        return given.digits
    if isinstance(given, Spoke):
        return "".join(letter for letter in given.words if letter.isdigit())
    return ""
