"""`end`: say goodbye and hang up."""

from typing import ClassVar

from app.flows.directives import HangUp
from app.flows.node import Node, Outcome, Stop
from app.flows.references import PromptRef
from app.flows.scene import Scene


class EndNode(Node):
    """Say goodbye and end the call.

    ```yaml
    farewell:
      end: {prompt: common.goodbye}
    ```
    """

    key: ClassVar[str] = "end"
    waits: ClassVar[bool] = False

    prompt: PromptRef

    def enter(self, scene: Scene) -> Outcome:
        """Speak and hang up."""
        return Stop((*scene.say(self.prompt), HangUp()))
