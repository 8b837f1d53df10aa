"""`challenge`: press the number you hear, so that machines do not fill the lines."""

from typing import ClassVar

from app.flows.effects import AnswerChallenge
from app.flows.inputs import Input, Pressed, Spoke
from app.flows.node import Go, Node, Outcome, Wait
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.words import spoken_key

KEYS = "12345678"  # 0 and 9 mean the same here as everywhere


class ChallengeNode(Node):
    """Speak a random number, in every language, and go on when it is pressed or said.

    A wrong number is asked once more; a second one leads to `failed`. Silence leads to a person,
    as everywhere: an elder who does not understand is not a machine.

    ```yaml
    challenge:
      challenge: {prompt: screening.challenge, next: main.greeting, failed: person.message}
    ```
    """

    key: ClassVar[str] = "challenge"

    prompt: PromptRef
    next: NodeRef
    failed: NodeRef
    wrong: PromptRef = PromptRef("screening.wrong")

    def enter(self, scene: Scene) -> Outcome:
        """Ask for a number."""
        return self._ask(scene, self.prompt, scene.state.phase or "first")

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Compare."""
        if _pressed(scene, given) == scene.variable("challenge_key"):
            return Go(self.next, effects=(AnswerChallenge(passed=True),))
        if scene.state.phase == "second":
            return Go(self.failed, effects=(AnswerChallenge(passed=False),))
        return self._ask(scene, self.wrong, "second")

    def _ask(self, scene: Scene, prompt: PromptRef, phase: str) -> Outcome:
        key = KEYS[int(scene.context.fresh_id[-8:], 16) % len(KEYS)]
        gather = scene.gather(scene.in_every_language(prompt, {"key": key}), speech=True)
        return Wait((gather,), phase=phase, variables={"challenge_key": key})


def _pressed(scene: Scene, given: Input) -> str:
    if isinstance(given, Pressed):
        return given.digits
    return spoken_key(given.words, scene.locale) if isinstance(given, Spoke) else ""
