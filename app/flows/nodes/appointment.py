"""`appointment`: a party of a mediation calls in, proves it by a PIN, and waits for the hour."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from app.flows.context import Lookup, SeatDoor, SeatDoorLookup, SeatFound, SeatLookup
from app.flows.directory import entry_of_role
from app.flows.effects import Effect, LeaveSeat, MissSeatPin, TakeSeat
from app.flows.inputs import Input, Pressed
from app.flows.node import Go, Node, NotValid, Outcome, Stop, Wait
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.state import State

TRIES = 3  # of a PIN in one call
EARLY = timedelta(minutes=30)  # nobody is kept waiting for longer
LOOK_SECONDS = 5


class AppointmentNode(Node):
    """Ask for case number and PIN, wait until the hour, and go on as an invited party.

    Nobody is told more than that number or PIN is wrong. Who is early is told the time, and waits
    unless it is more than half an hour away. From the hour on the call goes on where everybody in
    that role is asked for consent: at the entry `party`, mediators and departments at `invitation`.
    Silence at the questions leads to `next`. A menu leads here by `appointment`.

    ```yaml
    door:
      appointment: {next: main.menu}
    ```
    """

    key: ClassVar[str] = "appointment"
    counters: ClassVar[tuple[str, ...]] = ("appointment_tries",)

    next: NodeRef
    case: PromptRef = PromptRef("appointment.case")
    pin: PromptRef = PromptRef("appointment.pin")
    wrong: PromptRef = PromptRef("appointment.wrong")
    shut: PromptRef = PromptRef("appointment.shut")
    unavailable: PromptRef = PromptRef("appointment.unavailable")
    early: PromptRef = PromptRef("appointment.early")
    welcome: PromptRef = PromptRef("appointment.welcome")
    soon: PromptRef = PromptRef("appointment.soon")
    waiting: PromptRef = PromptRef("appointment.waiting")
    over: PromptRef = PromptRef("appointment.over")

    def enter(self, scene: Scene) -> Outcome:
        """Ask which case; without the database nobody can be known."""
        if scene.context.degraded:
            return Go(self.next, directives=scene.say(self.unavailable))
        return self._ask(scene, "case", self.case)

    def again(self, scene: Scene) -> Outcome:
        """Ask the present question again."""
        match scene.state.phase:
            case "pin":
                return self._ask(scene, "pin", self.pin)
            case "early":
                return self._wait(scene, self.waiting)
        return self.enter(scene)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Go on from the present question."""
        if scene.state.phase == "early":
            return self._look(scene)
        if scene.context.degraded:
            return self.enter(scene)
        keys = given.digits if isinstance(given, Pressed) else ""
        if not keys:
            return NotValid()
        if scene.state.phase == "pin":
            return self._judged(scene, keys)
        return replace(self._ask(scene, "pin", self.pin), variables={"appointment_case": keys})

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """Whether the PIN is right, and how the mediation stands."""
        keys = given.digits if isinstance(given, Pressed) else ""
        match state.phase:
            case "pin" if keys:
                return (SeatDoorLookup(state.variables.get("appointment_case", ""), keys),)
            case "early":
                return (SeatLookup(state.variables.get("appointment_seat", "")),)
        return ()

    def collects_number(self, state: State) -> bool:
        """Case numbers and PINs have several digits."""
        return state.phase in ("case", "pin")

    def hides_keys(self, state: State) -> bool:
        """A PIN is kept nowhere."""
        return state.phase == "pin"

    def minds_silence(self, state: State) -> bool:
        """Silence while waiting is only waiting."""
        return state.phase == "early"

    def on_silence(self, scene: Scene) -> Outcome | None:
        """Whoever came here by mistake is led back."""
        return Go(self.next)

    def leaving(self, scene: Scene) -> tuple[Effect, ...]:
        """Who leaves by 0 or 9 while waiting is rung at the hour like the others."""
        if scene.state.phase == "early":
            return (LeaveSeat(scene.variable("appointment_seat")),)
        return ()

    def _ask(self, scene: Scene, phase: str, prompt: PromptRef) -> Wait:
        """Ask for a number that ends with #."""
        return Wait((scene.gather(scene.prompt(prompt), digits=None, finish="#"),), phase=phase)

    def _judged(self, scene: Scene, pin: str) -> Outcome:
        case = scene.variable("appointment_case")
        door = scene.context.found.get(SeatDoorLookup(case, pin))
        if not isinstance(door, SeatDoor) or door.state == "shut":
            return Stop(scene.say(self.shut))
        if door.state == "open" and door.planned_at is not None:
            return self._seated(scene, case, door.seat, door.planned_at)
        tries = int(scene.variable("appointment_tries") or "0") + 1
        effects = (MissSeatPin(case),)
        if tries >= TRIES:
            return Stop(scene.say(self.shut), effects)
        prompts = scene.prompt(self.wrong) + scene.prompt(self.case)
        gather = scene.gather(prompts, digits=None, finish="#")
        return Wait((gather,), "case", effects, {"appointment_tries": str(tries)})

    def _seated(self, scene: Scene, case: str, seat: str, planned_at: datetime) -> Outcome:
        effects = (TakeSeat(case, seat),)
        if planned_at - scene.context.now > EARLY:
            return Stop(scene.say(self.early, scene.moment(planned_at)), effects)
        is_to_come = planned_at > scene.context.now
        hour = scene.moment(planned_at) if is_to_come else {}
        waiting = self._wait(scene, self.soon if is_to_come else self.welcome, hour)
        kept = {"appointment_seat": seat, "appointment_tries": ""}
        return replace(waiting, effects=effects, variables=kept)

    def _wait(self, scene: Scene, prompt: PromptRef, told: Mapping[str, str] | None = None) -> Wait:
        prompts = scene.prompt(prompt, told)
        return Wait((scene.gather(prompts, timeout=LOOK_SECONDS),), phase="early")

    def _look(self, scene: Scene) -> Outcome:
        if scene.context.degraded:
            return self._wait(scene, self.waiting)
        found = scene.context.found.get(SeatLookup(scene.variable("appointment_seat")))
        if not isinstance(found, SeatFound) or found.state == "over":
            return Stop(scene.say(self.over))
        if found.state == "waiting":
            if found.planned_at - scene.context.now > EARLY:  # it was moved meanwhile
                return Stop(scene.say(self.early, scene.moment(found.planned_at)))
            return self._wait(scene, self.waiting)
        leg = {
            "session": found.session,
            "leg": found.leg,
            "role": found.role,
            "department": found.department,
            "case": scene.variable("appointment_case"),
        }
        entry = getattr(scene.library.directory.entries, entry_of_role(found.role))
        return Go(entry, variables=leg, language=found.language)
