"""`call_back`: a member of the staff, rung first, is connected with the caller of a ticket."""

from typing import ClassVar

from pydantic import Field

from app.flows.context import CallBackFound, CallBackLookup, Lookup
from app.flows.directives import Dial, Directive, HangUp, JoinConference
from app.flows.effects import AnswerOutbound, NoteCallBack
from app.flows.inputs import DialEnded, Input, Pressed, Started
from app.flows.node import Node, NotValid, Outcome, Stop, Wait
from app.flows.references import PromptRef
from app.flows.scene import Scene
from app.flows.state import State

LONGEST_TALK = 3_600
CONNECT_KEY, CANCEL_KEY = "1", "2"


class CallBackNode(Node):
    """Tell a member of the staff which ticket it is about; 1 rings its caller, 2 does not.

    ```yaml
    ask:
      call_back: {prompt: callback.whisper, ring_seconds: 40}
    ```
    """

    key: ClassVar[str] = "call_back"

    prompt: PromptRef = PromptRef("callback.whisper")
    ring_seconds: int = Field(default=40, ge=5, le=60)
    connecting: PromptRef = PromptRef("callback.connecting")
    reached: PromptRef = PromptRef("callback.reached")
    not_reached: PromptRef = PromptRef("callback.not_reached")
    cancelled: PromptRef = PromptRef("callback.cancelled")

    def start(self, scene: Scene, given: Started) -> Outcome:
        """The member of the staff has answered, or a machine."""
        if given.by_machine:
            return Stop((HangUp(),), (AnswerOutbound("machine"),))
        return self.enter(scene)

    def enter(self, scene: Scene) -> Outcome:
        """Say what it is about and wait for the key."""
        found = _found(scene)
        if found is None:
            return Stop(scene.say(self.cancelled))
        told = {"ticket_number": found.number, "category": scene.category(found.category)}
        return Wait((scene.gather(scene.prompt(self.prompt, told)),), phase="ask")

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Ring the caller, or say how that went."""
        found = _found(scene)
        if isinstance(given, DialEnded):
            return self._after_talk(scene, found, given)
        key = given.digits if isinstance(given, Pressed) else ""
        if key == CANCEL_KEY or found is None:
            return Stop(scene.say(self.cancelled))
        return self._connect(scene, found) if key == CONNECT_KEY else NotValid()

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """Whom to ring; the number is kept nowhere in the call's own state."""
        return (CallBackLookup(state.variables.get("call", "")),)

    def on_silence(self, scene: Scene) -> Outcome | None:
        """Whoever says nothing is not connected with a citizen."""
        return Stop(scene.say(self.cancelled))

    def _after_talk(self, scene: Scene, found: CallBackFound | None, given: DialEnded) -> Outcome:
        """The talk is over, did not come about, or was moved to a conference: then we follow."""
        if found is not None and found.room and scene.state.phase == "talking":
            join = JoinConference(
                name=found.room, label=found.label, opens=True, closes=False, limit=LONGEST_TALK
            )
            return Wait((join,), phase="together")
        if given.bridged:
            return Stop(scene.say(self.reached), (NoteCallBack("reached"),))
        return Stop(scene.say(self.not_reached), (NoteCallBack("not_reached"),))

    def _connect(self, scene: Scene, found: CallBackFound) -> Outcome:
        dial = Dial(
            numbers=(found.phone,),
            timeout=self.ring_seconds,
            limit=LONGEST_TALK,
            whisper=(),  # a citizen is not asked to press keys before being spoken to
            whisper_language=scene.language,
        )
        directives: tuple[Directive, ...] = (*scene.say(self.connecting), dial)
        return Wait(directives, phase="talking", effects=(NoteCallBack("accepted"),))


def _found(scene: Scene) -> CallBackFound | None:
    found = scene.context.found.get(CallBackLookup(scene.variable("call")))
    return found if isinstance(found, CallBackFound) else None
