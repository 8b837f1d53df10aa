"""`ticket`: record an appeal, open a ticket and read its number back."""

from typing import ClassVar

from pydantic import Field

from app.flows.directives import Directive, Record, Utterance
from app.flows.effects import OpenTicket
from app.flows.inputs import Input, Pressed, Recorded
from app.flows.node import Go, Node, NotValid, Outcome, Stop, Wait
from app.flows.references import CategoryRef, NodeRef, PromptRef
from app.flows.scene import Scene

SHORTEST_SECONDS = 2
REPEAT_KEY, DONE_KEY = "1", "2"


class TicketNode(Node):
    """Ask the subject by key, record the appeal, open a ticket, read its number back.

    ```yaml
    leave:
      ticket:
        categories: [support, housing, land, other]
        next: main.menu
    ```
    """

    key: ClassVar[str] = "ticket"

    categories: list[CategoryRef] = Field(min_length=1, max_length=5)
    next: NodeRef
    longest_seconds: int = Field(default=180, ge=10, le=600)
    choose: PromptRef = PromptRef("ticket.choose")
    option: PromptRef = PromptRef("ticket.option")
    state_appeal: PromptRef = PromptRef("ticket.state_appeal")
    too_short: PromptRef = PromptRef("ticket.too_short")
    opened: PromptRef = PromptRef("ticket.opened")
    number_again: PromptRef = PromptRef("ticket.number_again")
    kept: PromptRef = PromptRef("ticket.kept")

    def enter(self, scene: Scene) -> Outcome:
        """Ask the subject, or record at once when there is only one."""
        if len(self.categories) == 1:
            return self._record(scene, self.categories[0], self.state_appeal)
        prompts = scene.prompt(self.choose) + self._list(scene)
        return Wait((scene.gather(prompts, speech=True),), phase="choose")

    def again(self, scene: Scene) -> Outcome:
        """Ask the present question again."""
        if scene.state.phase == "done":
            return self._read_back(scene, scene.variable("ticket_number"), self.number_again)
        return self.enter(scene)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Choose, record, or listen to the number again."""
        if isinstance(given, Recorded):
            return self._recorded(scene, given)
        if scene.state.phase == "done":
            return self._after(scene, given)
        return self._chosen(scene, given)

    def _chosen(self, scene: Scene, given: Input) -> Outcome:
        picked = scene.picked(given, [scene.category(key) for key in self.categories])
        if picked is None:
            return NotValid()
        return self._record(scene, self.categories[picked], self.state_appeal)

    def _record(self, scene: Scene, category: str, prompt: PromptRef, tries: str = "") -> Outcome:
        told = {"category": scene.category(category)}
        directives: tuple[Directive, ...] = (
            *scene.say(prompt, told),
            Record(limit=self.longest_seconds),
        )
        variables = {"category": category, "recording_tries": tries}
        return Wait(directives, phase="record", variables=variables)

    def _recorded(self, scene: Scene, given: Recorded) -> Outcome:
        category = scene.variable("category") or self.categories[0]
        nothing = given.seconds < SHORTEST_SECONDS or not given.sid
        effect = None if nothing else self._open(scene, given, category)
        leaving = self._leave(scene, given.key, effect)
        if leaving is not None:
            return leaving
        if effect is None:
            if scene.variable("recording_tries"):
                person = scene.library.directory.entries.person
                return Go(person, directives=scene.say("common.to_person"))
            return self._record(scene, category, self.too_short, tries="1")
        if scene.context.degraded:
            return Go(self.next, directives=scene.say(self.kept), effects=(effect,))
        return self._read_back(scene, effect.number, self.opened, effect)

    def _leave(self, scene: Scene, key: str, effect: OpenTicket | None) -> Outcome | None:
        """Hanging up, 0 and 9 end the recording and the appeal; what was said is kept."""
        effects = (effect,) if effect else ()
        entries = scene.library.directory.entries
        match key:
            case "hangup":
                return Stop(effects=effects)
            case "0":
                return Go(entries.person, effects=effects)
            case "9":
                return Go(entries.emergency, effects=effects)
        return None

    def _open(self, scene: Scene, given: Recorded, category: str) -> OpenTicket:
        return OpenTicket(
            number=scene.context.fresh_number,
            source=f"{scene.context.call_sid}:appeal:{given.sid}",
            kind="appeal",
            category=category,
            language=scene.state.language,
            recording_sid=given.sid,
            recording_seconds=given.seconds,
        )

    def _read_back(
        self, scene: Scene, number: str, prompt: PromptRef, effect: OpenTicket | None = None
    ) -> Outcome:
        gather = scene.gather(scene.prompt(prompt, {"ticket_number": number}))
        return Wait(
            (gather,),
            phase="done",
            effects=(effect,) if effect else (),
            variables={"ticket_number": number},
        )

    def _after(self, scene: Scene, given: Input) -> Outcome:
        if isinstance(given, Pressed) and given.digits == REPEAT_KEY:
            return self._read_back(scene, scene.variable("ticket_number"), self.number_again)
        if isinstance(given, Pressed) and given.digits in (DONE_KEY, "#"):
            return Go(self.next)
        return NotValid()

    def _list(self, scene: Scene) -> tuple[Utterance, ...]:
        spoken: tuple[Utterance, ...] = ()
        for number, category in enumerate(self.categories, start=1):
            told = {"category": scene.category(category), "key": str(number)}
            spoken += scene.prompt(self.option, told)
        return spoken
