"""`hearing_notice`: a member of a hearing hears what it is, and agrees to be recorded, or not."""

from typing import ClassVar

from app.flows.context import Lookup
from app.flows.directives import HangUp, Utterance
from app.flows.effects import Effect
from app.flows.hearing import AnswerHearing, HearingFound, LeaveHearing
from app.flows.inputs import Input, Pressed, Started
from app.flows.node import Go, Node, Outcome, Stop, Wait
from app.flows.nodes.hearing import hearing_found, lookup_of
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.state import State

CONSENT_KEY, REFUSE_KEY = "1", "2"


class HearingNoticeNode(Node):
    """Say who is invited to which hearing, and that it is recorded; 1 consents, 2 refuses.

    Consent leads to `next`, the node `hearing`. A refusal, silence and an answering machine end the
    call: nobody is in the conference, and so recorded, who has not agreed.

    ```yaml
    notice:
      hearing_notice: {next: attend}
    ```
    """

    key: ClassVar[str] = "hearing_notice"
    next: NodeRef
    welcome: PromptRef = PromptRef("hearing.welcome")
    invited: PromptRef = PromptRef("hearing.invited")
    consent: PromptRef = PromptRef("hearing.consent")
    refused: PromptRef = PromptRef("hearing.refused")
    goodbye: PromptRef = PromptRef("hearing.goodbye")
    over: PromptRef = PromptRef("hearing.over")
    unavailable: PromptRef = PromptRef("hearing.unavailable")
    no_key: PromptRef = PromptRef("common.wrong_key")

    def start(self, scene: Scene, given: Started) -> Outcome:
        """Somebody who was rung has answered, or a machine."""
        if given.by_machine:
            return Stop((HangUp(),), (AnswerHearing("machine"),))
        return self.enter(scene)

    def enter(self, scene: Scene) -> Outcome:
        """Ask for consent; without the database none could be kept, and so none is asked for."""
        if scene.context.degraded:
            return Stop(scene.say(self.unavailable))
        found = hearing_found(scene)
        if found is None or found.state == "closed":
            return Stop(scene.say(self.over))
        return self._ask(scene, found)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Take the answer."""
        found = hearing_found(scene)
        if found is None or not isinstance(given, Pressed):
            return self.enter(scene)
        if given.digits == REFUSE_KEY:
            return Stop(scene.say(self.refused), (AnswerHearing("refused"),))
        if given.digits != CONSENT_KEY:
            return self._ask(scene, found, *scene.prompt(self.no_key))
        kept = {"conference": found.conference}
        return Go(self.next, effects=(AnswerHearing("consented"),), variables=kept)

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """How the hearing stands, at every step."""
        return (lookup_of(state, given),)

    def on_silence(self, scene: Scene) -> Outcome | None:
        """Whoever says nothing is not there."""
        return Stop(scene.say(self.goodbye), (AnswerHearing("silent"),))

    def leaving(self, scene: Scene) -> tuple[Effect, ...]:
        """Who goes to a person or to the emergency desk is not in the hearing."""
        return (LeaveHearing(),)

    def _ask(self, scene: Scene, found: HearingFound, *before: Utterance) -> Wait:
        spoken = before + scene.prompt(self.welcome) + scene.written(found.member)
        spoken += scene.prompt(self.invited) + scene.written(found.title)
        return Wait((scene.gather(spoken + scene.prompt(self.consent)),))
