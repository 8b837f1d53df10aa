"""`emergency`: say what saves lives, open an incident, ring the duty officers together."""

from typing import ClassVar

from pydantic import Field

from app.flows.directives import Dial
from app.flows.effects import OpenTicket
from app.flows.inputs import DialEnded, Input
from app.flows.node import Go, Node, NotValid, Outcome, Wait
from app.flows.references import CategoryRef, NodeRef, PromptRef
from app.flows.scene import Scene

LONGEST_TALK = 7_200


class EmergencyNode(Node):
    """Speak the advice, open an incident, ring all duty officers at once and record the call.

    ```yaml
    start:
      emergency:
        prompt: emergency.advice
        category: danger
        unanswered: message
        next: main.farewell
    ```
    """

    key: ClassVar[str] = "emergency"

    prompt: PromptRef
    category: CategoryRef
    whisper: PromptRef = PromptRef("emergency.whisper")
    ring_seconds: int = Field(default=30, ge=5, le=40)
    unanswered: NodeRef
    next: NodeRef

    def enter(self, scene: Scene) -> Outcome:
        """Advise, note, ring."""
        dial = Dial(
            numbers=tuple(scene.library.directory.duty.officers),
            timeout=self.ring_seconds,
            limit=LONGEST_TALK,
            whisper=scene.prompt(self.whisper),
            whisper_language=scene.language,
            together=True,
            record=True,
        )
        incident = OpenTicket(
            number=scene.context.incident_number,
            source=f"{scene.context.call_sid}:incident",
            kind="incident",
            category=self.category,
            language=scene.state.language,
        )
        # A caller who comes here twice in one call reports the same incident.
        effects = () if scene.variable("incident") else (incident,)
        return Wait(
            (*scene.say(self.prompt), dial),
            phase="ringing",
            effects=effects,
            variables={"incident": scene.variable("incident") or incident.number},
        )

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Go on after the conversation, or without one."""
        if isinstance(given, DialEnded):
            return Go(self.next if given.bridged else self.unanswered)
        return NotValid()
