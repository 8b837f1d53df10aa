"""`ask`: put a number or words into a variable."""

from typing import ClassVar

from pydantic import Field

from app.flows.inputs import Input, Pressed, Spoke
from app.flows.node import Go, Node, NotValid, Outcome, Wait
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.state import State


class AskNode(Node):
    """Ask for digits (ended by `#` or by their number), or for words when `speech` is set.

    ```yaml
    household:
      ask: {prompt: appeal.household, into: household, digits: 6, next: leave}
    ```
    """

    key: ClassVar[str] = "ask"

    prompt: PromptRef
    into: str = Field(pattern=r"^[a-z][a-z_]*$")
    next: NodeRef
    digits: int = Field(default=1, ge=1, le=20)
    at_least: int | None = Field(default=None, ge=1, le=20)
    speech: bool = False

    def enter(self, scene: Scene) -> Outcome:
        """Ask."""
        finish = "#" if self.digits > 1 else ""
        gather = scene.gather(
            scene.prompt(self.prompt), digits=self.digits, finish=finish, speech=self.speech
        )
        return Wait((gather,))

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Keep a fitting answer."""
        if isinstance(given, Pressed):
            fewest = self.at_least or self.digits
            if given.digits.isdigit() and fewest <= len(given.digits) <= self.digits:
                return Go(self.next, variables={self.into: given.digits})
        elif isinstance(given, Spoke) and self.speech:
            return Go(self.next, variables={self.into: given.words})
        return NotValid()

    def collects_number(self, state: State) -> bool:
        """Several digits are one number."""
        return self.digits > 1
