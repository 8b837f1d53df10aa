"""`connect`: put the caller through to a person."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from app.flows.directives import Dial
from app.flows.inputs import DialEnded, Input
from app.flows.node import Go, Node, NotValid, Outcome, Wait
from app.flows.references import DepartmentRef, NodeRef, PromptRef
from app.flows.scene import Scene

LONGEST_RINGING = 60  # seconds in all: nobody holds for ever
LONGEST_TALK = 3_600


class ConnectNode(Node):
    """Ring the duty officers, or a department, one after another.

    Whoever answers hears the whisper and presses 1, so a voicemail never swallows a caller. When
    nobody takes the call, it goes on at `unanswered`.

    ```yaml
    person:
      connect: {duty: officers, prompt: person.ringing, unanswered: message, next: main.farewell}
    ```
    """

    key: ClassVar[str] = "connect"

    duty: Literal["officers", "mediators"] | None = None
    department: DepartmentRef | None = None
    prompt: PromptRef
    whisper: PromptRef = PromptRef("person.whisper")
    ring_seconds: int = Field(default=20, ge=5, le=30)
    unanswered: NodeRef
    next: NodeRef

    @model_validator(mode="after")
    def _one_destination(self) -> Self:
        if (self.duty is None) == (self.department is None):
            raise ValueError("give either `duty` or `department`, and only one of them")
        return self

    def enter(self, scene: Scene) -> Outcome:
        """Ring."""
        numbers = self._numbers(scene)[: LONGEST_RINGING // self.ring_seconds]
        dial = Dial(
            numbers=numbers,
            timeout=self.ring_seconds,
            limit=LONGEST_TALK,
            whisper=scene.prompt(self.whisper),
            whisper_language=scene.language,
        )
        return Wait((*scene.say(self.prompt), dial), phase="ringing")

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Go on after the conversation, or without one."""
        if isinstance(given, DialEnded):
            return Go(self.next if given.bridged else self.unanswered)
        return NotValid()

    def _numbers(self, scene: Scene) -> tuple[str, ...]:
        directory = scene.library.directory
        if self.department:
            return tuple(directory.departments[self.department].numbers)
        return tuple(getattr(directory.duty, self.duty or "officers"))
