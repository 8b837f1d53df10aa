"""`vote`: a member of a hearing votes by key, in secret, and may change it until the vote is over.

What is pressed is kept in no event, and where the chosen answer is spoken the record of the call
has other words. The ballot is cast by the key itself: the call's own state never holds a choice.
"""

from dataclasses import replace
from typing import ClassVar

from app.flows.context import Lookup
from app.flows.directives import Utterance
from app.flows.effects import Effect
from app.flows.hearing import OPENED, VOTE_OPENED, CastBallot, LeaveHearing, VoteFound
from app.flows.inputs import Input, Pressed, Resumed
from app.flows.node import Go, Node, Outcome, Wait
from app.flows.nodes.hearing import hearing_found, lookup_of
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.state import State

# News that bring a call here, and may come when another has brought it already: it votes.
_LATE = (OPENED, VOTE_OPENED)
BACK_KEYS = ("#", "0")
THINKING_SECONDS = 7


class VoteNode(Node):
    """Read the question and its answers, take a key, say what it means; another key changes it.

    `#` or silence leads to `next`, the node `hearing`; there `*` and 4 come back here.

    ```yaml
    ballot:
      vote: {next: attend}
    ```
    """

    key: ClassVar[str] = "vote"
    leads_to_person: ClassVar[bool] = False

    next: NodeRef
    question: PromptRef = PromptRef("vote.question")
    option: PromptRef = PromptRef("vote.option")
    noted: PromptRef = PromptRef("vote.noted")
    not_kept: PromptRef = PromptRef("vote.not_kept")
    change: PromptRef = PromptRef("vote.change")
    later: PromptRef = PromptRef("vote.later")
    closed: PromptRef = PromptRef("vote.closed")
    no_option: PromptRef = PromptRef("common.wrong_key")

    def enter(self, scene: Scene) -> Outcome:
        """Read the question."""
        vote = self._open_vote(scene)
        return Go(self.next) if vote is None else self._ask(scene, vote)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Take the vote; an interruption is for the hearing to deal with."""
        vote = self._open_vote(scene)
        if vote is not None and isinstance(given, Resumed) and given.reason.startswith(_LATE):
            return self._ask(scene, vote)
        if not isinstance(given, Pressed):
            return Go(self.next)
        if vote is None:
            return Go(self.next, scene.say(self.closed))
        if given.digits in BACK_KEYS:
            return Go(self.next)
        if given.digits not in {option.key for option in vote.options}:
            return self._ask(scene, vote, *scene.prompt(self.no_option))
        spoken = self._choice(scene, vote, given.digits) + scene.prompt(self.change)
        ballot = CastBallot(vote.id, given.digits)
        return Wait(
            (scene.gather(spoken, timeout=THINKING_SECONDS),), phase="noted", effects=(ballot,)
        )

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """How the hearing and its vote stand, at every step."""
        return (lookup_of(state, given),)

    def hides_keys(self, state: State) -> bool:
        """A vote is secret."""
        return True

    def minds_silence(self, state: State) -> bool:
        """Who has voted may say nothing more."""
        return state.phase == "noted"

    def on_silence(self, scene: Scene) -> Outcome | None:
        """Nobody is held here: a vote can be cast later."""
        return Go(self.next, scene.say(self.later))

    def leaving(self, scene: Scene) -> tuple[Effect, ...]:
        """Who goes to the emergency desk leaves the hearing."""
        return (LeaveHearing(),)

    def _ask(self, scene: Scene, vote: VoteFound, *before: Utterance) -> Wait:
        spoken = before + scene.prompt(self.question) + scene.written(vote.question)
        for option in vote.options:
            spoken += scene.written(option.label) + scene.prompt(self.option, {"key": option.key})
        if vote.mine:
            spoken += self._choice(scene, vote, vote.mine)
        return Wait(
            (scene.gather(spoken, timeout=THINKING_SECONDS),),
            phase="noted" if vote.mine else "asked",
        )

    def _open_vote(self, scene: Scene) -> VoteFound | None:
        """The vote this call was brought to, while it is open."""
        found = hearing_found(scene)
        vote = found.vote if found is not None else None
        return vote if vote is not None and vote.id == scene.variable("vote") else None

    def _choice(self, scene: Scene, vote: VoteFound, key: str) -> tuple[Utterance, ...]:
        """“You have voted: in favour”, of which the record of the call keeps no answer."""
        label = next(option.label for option in vote.options if option.key == key)
        instead = scene.library.utterance(self.not_kept, scene.state.language).text
        chosen = tuple(replace(part, kept=instead) for part in scene.written(label))
        return scene.prompt(self.noted) + chosen
