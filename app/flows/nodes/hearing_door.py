"""`hearing_door`: a member of a hearing who was not reached, or rings from elsewhere, dials in."""

from typing import ClassVar

from app.flows.context import Lookup
from app.flows.hearing import EnterHearing, HearingDoor, HearingDoorLookup
from app.flows.inputs import Input, Pressed
from app.flows.node import Go, Node, NotValid, Outcome, Stop, Wait
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.state import State


class HearingDoorNode(Node):
    """Ask for a member's PIN. The right one leads to `next`, the node `hearing`.

    Too early, it is said from when on it does, and the call ends. Silence, or three wrong
    ones, lead to `otherwise`; so does a database that is away.

    ```yaml
    door:
      hearing_door: {next: attend, otherwise: main.menu}
    ```
    """

    key: ClassVar[str] = "hearing_door"

    next: NodeRef
    otherwise: NodeRef
    pin: PromptRef = PromptRef("hearing.pin")
    wrong: PromptRef = PromptRef("hearing.wrong_pin")
    early: PromptRef = PromptRef("hearing.early")
    unavailable: PromptRef = PromptRef("hearing.unavailable")

    def enter(self, scene: Scene) -> Outcome:
        """Ask for the PIN."""
        if scene.context.degraded:
            return Go(self.otherwise, scene.say(self.unavailable))
        return Wait((scene.gather(scene.prompt(self.pin), digits=None, finish="#"),))

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Let the owner of the PIN in."""
        if scene.context.degraded:
            return self.enter(scene)
        if not isinstance(given, Pressed):
            return NotValid()
        door = scene.context.found.get(HearingDoorLookup(given.digits))
        if not isinstance(door, HearingDoor):
            return NotValid(self.wrong)
        if door.opens_at is not None:
            return Stop(scene.say(self.early, scene.moment(door.opens_at)))
        entered = EnterHearing(door.hearing, door.member)
        return Go(self.next, effects=(entered,), variables={"hearing": door.hearing})

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """Whose PIN it is."""
        return (HearingDoorLookup(given.digits),) if isinstance(given, Pressed) else ()

    def collects_number(self, state: State) -> bool:
        """A PIN has several digits."""
        return True

    def hides_keys(self, state: State) -> bool:
        """A PIN is kept nowhere."""
        return True

    def on_silence(self, scene: Scene) -> Outcome | None:
        """Whoever came here by mistake is led back."""
        return Go(self.otherwise)
