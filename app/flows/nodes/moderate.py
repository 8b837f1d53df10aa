"""`moderate`: the moderator of a hearing conducts it by the keys of any telephone."""

from collections.abc import Mapping
from typing import ClassVar

from app.flows.context import Lookup
from app.flows.directives import Utterance
from app.flows.effects import Effect
from app.flows.hearing import Conduct, ConductHearing, HearingFound, LeaveHearing
from app.flows.inputs import Input, Pressed
from app.flows.node import Go, Node, Outcome, Wait
from app.flows.nodes.hearing import hearing_found, lookup_of
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.state import State

NEXT_SPEAKER_KEY, VOTE_KEY, STATE_KEY, END_KEY, BACK_KEY = "1", "5", "6", "8", "#"
ACTS: Mapping[str, Conduct] = {"2": "take_floor", "3": "next_item", "4": "roll_call"}
MENU_SECONDS = 7


class ModerateNode(Node):
    """Say how the hearing stands and take the moderator's keys; `#` or silence leads to `next`.

    1 gives the floor to the next who asked, 2 takes it back, 3 goes to the next item, 4 calls the
    roll, 5 opens or closes a vote, 6 says how it stands again, 8 and 8 once more ends the hearing
    for all.

    ```yaml
    desk:
      moderate: {next: attend}
    ```
    """

    key: ClassVar[str] = "moderate"
    leads_to_person: ClassVar[bool] = False

    next: NodeRef
    stands: PromptRef = PromptRef("moderate.stands")
    keys: PromptRef = PromptRef("moderate.keys")
    vote_key: PromptRef = PromptRef("moderate.vote_key")
    close_key: PromptRef = PromptRef("moderate.close_key")
    done: PromptRef = PromptRef("moderate.done")
    nobody_waits: PromptRef = PromptRef("moderate.nobody_waits")
    no_quorum: PromptRef = PromptRef("moderate.no_quorum")
    no_vote: PromptRef = PromptRef("moderate.no_vote")
    sure: PromptRef = PromptRef("moderate.sure")
    no_key: PromptRef = PromptRef("common.wrong_key")

    def enter(self, scene: Scene) -> Outcome:
        """Say how the hearing stands, and the keys."""
        found = hearing_found(scene)
        if found is None or found.state != "open" or scene.context.degraded:
            return Go(self.next)
        return self._menu(scene, found)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Do what the key says."""
        found = hearing_found(scene)
        if found is None or found.state != "open" or not isinstance(given, Pressed):
            return Go(self.next)
        if given.digits == BACK_KEY or scene.context.degraded:
            return Go(self.next)
        return self._conduct(scene, found, given.digits)

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """How the hearing stands, at every step."""
        return (lookup_of(state, given),)

    def minds_silence(self, state: State) -> bool:
        """A moderator who presses nothing goes on listening."""
        return True

    def leaving(self, scene: Scene) -> tuple[Effect, ...]:
        """Who goes to the emergency desk leaves the hearing."""
        return (LeaveHearing(),)

    def _menu(self, scene: Scene, found: HearingFound, *before: Utterance) -> Wait:
        told = {
            "count": str(found.present),
            "needed": str(found.needed),
            "waiting": str(found.waiting),
        }
        spoken = before + scene.prompt(self.stands, told) + scene.prompt(self.keys)
        spoken += scene.prompt(self.close_key if found.voting else self.vote_key)
        return Wait((scene.gather(spoken, timeout=MENU_SECONDS),), phase="menu")

    def _conduct(self, scene: Scene, found: HearingFound, key: str) -> Outcome:
        if key in ACTS:
            return self._done(scene, ACTS[key])
        if key == NEXT_SPEAKER_KEY and found.waiting:
            return self._done(scene, "next_speaker")
        if key == NEXT_SPEAKER_KEY:
            return self._menu(scene, found, *scene.prompt(self.nobody_waits))
        if key == VOTE_KEY:
            return self._vote(scene, found)
        if key == STATE_KEY:
            return self._menu(scene, found)
        if key != END_KEY:
            return self._menu(scene, found, *scene.prompt(self.no_key))
        if scene.state.phase == "sure":
            return self._done(scene, "end")
        return Wait((scene.gather(scene.prompt(self.sure), timeout=MENU_SECONDS),), phase="sure")

    def _vote(self, scene: Scene, found: HearingFound) -> Outcome:
        if found.voting:
            return self._done(scene, "close_vote")
        if not found.can_vote:
            return self._menu(scene, found, *scene.prompt(self.no_vote))
        if found.present < found.needed:
            return self._menu(scene, found, *scene.prompt(self.no_quorum))
        return self._done(scene, "vote")

    def _done(self, scene: Scene, act: Conduct) -> Go:
        return Go(self.next, scene.say(self.done), (ConductHearing(act),))
