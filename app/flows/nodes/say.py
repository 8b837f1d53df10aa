"""`say`: speak a prompt and go on."""

from typing import ClassVar

from app.flows.node import Go, Node, Outcome
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene


class SayNode(Node):
    """Speak a prompt, then go on.

    ```yaml
    greeting:
      say: {prompt: main.greeting, next: menu}
    ```
    """

    key: ClassVar[str] = "say"
    waits: ClassVar[bool] = False

    prompt: PromptRef
    next: NodeRef

    def enter(self, scene: Scene) -> Outcome:
        """Speak and go on."""
        return Go(self.next, directives=scene.say(self.prompt))
