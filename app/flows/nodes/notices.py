"""`notices`: speak the temporary notices that are on, once per call."""

from typing import ClassVar

from app.flows.context import Notice
from app.flows.directives import Utterance
from app.flows.inputs import Input
from app.flows.node import Go, Node, Outcome, Wait
from app.flows.references import NodeRef
from app.flows.scene import Scene
from app.flows.state import State

LISTENS = 1  # seconds after the last word: then the call goes on by itself
HEARD = "notices_heard"


class NoticesNode(Node):
    """Speak what staff have switched on (a flood warning, a closed office), then go on.

    With `urgent: true` the urgent ones, otherwise the rest. Each is heard once per call, and again
    when the caller has chosen another language since. Any key goes on at once, and 9 reaches the
    emergency desk meanwhile. When nothing is on, the call goes on without a pause.

    ```yaml
    warnings:
      notices: {urgent: true, next: greeting}
    ```
    """

    key: ClassVar[str] = "notices"
    waits: ClassVar[bool] = False  # not always: no circle may rest on it

    urgent: bool = False
    next: NodeRef

    def enter(self, scene: Scene) -> Outcome:
        """Speak what has not been heard yet."""
        heard = scene.variable(HEARD).split()
        fresh = [one for one in self._mine(scene) if _mark(scene, one) not in heard]
        if not fresh:
            return Go(self.next)
        return self._speak(scene, fresh, [*heard, *(_mark(scene, one) for one in fresh)])

    def again(self, scene: Scene) -> Outcome:
        """Speak them all again."""
        mine = self._mine(scene)
        return self._speak(scene, mine, scene.variable(HEARD).split()) if mine else Go(self.next)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Go on."""
        return Go(self.next)

    def minds_silence(self, state: State) -> bool:
        """Who listens has nothing to say."""
        return True

    def _mine(self, scene: Scene) -> list[Notice]:
        return [one for one in scene.context.notices if one.urgent == self.urgent]

    def _speak(self, scene: Scene, notices: list[Notice], heard: list[str]) -> Outcome:
        spoken = tuple(said for one in notices for said in _spoken(scene, one))
        gather = scene.gather(spoken, timeout=LISTENS)
        return Wait((gather,), variables={HEARD: " ".join(heard)})


def _mark(scene: Scene, notice: Notice) -> str:
    return f"{notice.key}:{scene.state.language}"


def _spoken(scene: Scene, notice: Notice) -> tuple[Utterance, ...]:
    """The text in the caller's language, or else the default one's in its own voice."""
    for tag in (scene.state.language, scene.library.default_language, *notice.words):
        if notice.words.get(tag, "").strip():
            return (Utterance(notice.words[tag], scene.library.language(tag)),)
    return ()
