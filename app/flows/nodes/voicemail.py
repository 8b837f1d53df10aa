"""`voicemail`: nobody could come to the telephone; record a message and open a ticket."""

from typing import ClassVar

from pydantic import Field

from app.flows.directives import Record
from app.flows.effects import OpenTicket
from app.flows.inputs import Input, Recorded
from app.flows.node import Go, Node, NotValid, Outcome, Stop, Wait
from app.flows.references import CategoryRef, NodeRef, PromptRef
from app.flows.scene import Scene

SHORTEST_SECONDS = 2


class VoicemailNode(Node):
    """Record a message and open a ticket for it. Silence ends it kindly.

    ```yaml
    message:
      voicemail:
        prompt: person.leave_message
        done: person.message_kept
        category: other
        next: main.farewell
    ```
    """

    key: ClassVar[str] = "voicemail"

    prompt: PromptRef
    done: PromptRef
    category: CategoryRef
    next: NodeRef
    longest_seconds: int = Field(default=120, ge=10, le=600)
    kept: PromptRef = PromptRef("ticket.kept")

    def enter(self, scene: Scene) -> Outcome:
        """Ask for the message."""
        record = Record(limit=self.longest_seconds)
        return Wait((*scene.say(self.prompt), record), phase="record")

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Open a ticket for a message; an empty one leads on without."""
        if not isinstance(given, Recorded):
            return NotValid()
        if given.seconds < SHORTEST_SECONDS or not given.sid:
            return Stop() if given.key == "hangup" else Go(self.next)
        effect = OpenTicket(
            number=scene.context.fresh_number,
            source=f"{scene.context.call_sid}:voicemail:{given.sid}",
            kind="voicemail",
            category=self.category,
            language=scene.state.language,
            recording_sid=given.sid,
            recording_seconds=given.seconds,
        )
        if given.key == "hangup":
            return Stop(effects=(effect,))
        prompt = self.kept if scene.context.degraded else self.done
        told = {"ticket_number": effect.number}
        return Go(self.next, directives=scene.say(prompt, told), effects=(effect,))
