"""`refuse`: a banned caller is told so; only the emergency desk can be reached."""

from typing import ClassVar

from app.flows.effects import RefuseCaller
from app.flows.inputs import Input
from app.flows.node import Node, Outcome, Stop, Wait
from app.flows.references import PromptRef
from app.flows.scene import Scene
from app.flows.state import State


class RefuseNode(Node):
    """Say politely, in every language, that the line is closed to this number; 9 still works.

    The key 0 and silence do not lead to a person here, and nowhere else.

    ```yaml
    banned:
      refuse: {prompt: screening.banned, goodbye: screening.goodbye}
    ```
    """

    key: ClassVar[str] = "refuse"
    leads_to_person: ClassVar[bool] = False

    prompt: PromptRef
    goodbye: PromptRef

    def enter(self, scene: Scene) -> Outcome:
        """Say so, and listen for the emergency key or a word of alarm."""
        gather = scene.gather(scene.in_every_language(self.prompt), timeout=8, speech=True)
        return Wait((gather,), phase="told", effects=(RefuseCaller(),))

    def again(self, scene: Scene) -> Outcome:
        """Said once is enough."""
        return Stop(scene.say(self.goodbye))

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Whatever it was, it was not an emergency."""
        return Stop(scene.say(self.goodbye))

    def minds_silence(self, state: State) -> bool:
        """Silence ends the call as any other key does."""
        return True
