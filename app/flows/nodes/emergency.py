"""`emergency`: ring the duty officers at once, say what saves lives, ask where it is and how many.

The officers ring first and nothing is asked before: only when none of them has come within the
ringing time is the waiting used for advice and questions, after which they ring again. Meanwhile
those in charge are told on all channels (`app/incidents`); whoever of them takes it meets the
caller wherever the caller is by then.
"""

from typing import ClassVar

from pydantic import Field

from app.flows.context import Lookup, OwnIncidentLookup
from app.flows.directives import Dial, Directive, JoinConference
from app.flows.effects import DescribeIncident, Effect, OpenTicket, ReportIncident
from app.flows.inputs import DialEnded, Input, Pressed, Resumed, Silent, Spoke
from app.flows.node import Go, Node, NotValid, Outcome, Wait
from app.flows.references import CategoryRef, NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.state import FLOOR_OPEN, State

LONGEST_TALK = 7_200
MOST_BY_KEY = 8  # places: 9 rings again, 0 leads to a person
RING_KEY, PERSON_KEY = "9", "0"
MOST_DIGITS = 3  # of the number of people
ANSWER_SECONDS = 6
RINGING, PLACE, PEOPLE, AGAIN, FLOOR = "ringing", "place", "people", "again", "floor"


class EmergencyNode(Node):
    """Open an incident, ring all duty officers at once and record what is said with them.

    When none of them comes, `advice` is spoken, the caller is asked by key for one of the `places`
    of `directory.yaml` (or says where it is) and for the number of people, and the officers are
    rung once more. Every question may be left unanswered.

    ```yaml
    start:
      emergency:
        prompt: emergency.ringing
        advice: emergency.advice
        category: danger
        unanswered: message
        next: main.farewell
    ```
    """

    key: ClassVar[str] = "emergency"

    prompt: PromptRef
    advice: PromptRef = PromptRef("emergency.advice")
    category: CategoryRef
    whisper: PromptRef = PromptRef("emergency.whisper")
    ring_seconds: int = Field(default=20, ge=5, le=40)
    unanswered: NodeRef
    next: NodeRef

    def enter(self, scene: Scene) -> Outcome:
        """Ring, and open the incident; who is waited for by somebody in charge is led to them."""
        if scene.variable(FLOOR_OPEN):
            return _meet(scene)
        # A caller who comes here twice in one call reports the same incident.
        if scene.variable("incident"):
            return self._ring(scene, self.prompt, RINGING)
        source = f"{scene.context.call_sid}:incident"
        ticket = OpenTicket(
            number=scene.context.incident_number,
            source=source,
            kind="incident",
            category=self.category,
            language=scene.state.language,
        )
        floor = f"e-{scene.context.fresh_id}"
        ringing = self._ring(scene, self.prompt, RINGING)
        return Wait(
            ringing.directives,
            phase=RINGING,
            effects=(ticket, ReportIncident(source, floor)),
            variables={"incident": ticket.number, "floor": floor},
        )

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Go on after the conversation; without one ask, and ring again."""
        if isinstance(given, DialEnded):
            return self._after_ringing(scene, given)
        if isinstance(given, Resumed):  # news of something that the caller has left behind
            return self.again(scene)
        if scene.state.phase == PLACE:
            return self._placed(scene, given)
        if scene.state.phase == PEOPLE:
            return self._counted(scene, given)
        return NotValid()

    def again(self, scene: Scene) -> Outcome:
        """Ask the present question again, or ring."""
        if scene.state.phase == PLACE:
            return self._ask_place(scene)
        return _ask_people(scene) if scene.state.phase == PEOPLE else self.enter(scene)

    def on_silence(self, scene: Scene) -> Outcome | None:
        """Who cannot answer is not kept from the officers."""
        return self._ring(scene, PromptRef("emergency.again"), AGAIN)

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """Whether somebody has taken it, to tell the caller."""
        return (OwnIncidentLookup(),) if state.phase else ()

    def minds_silence(self, state: State) -> bool:
        """Every question may be left unanswered."""
        return state.phase in (PLACE, PEOPLE)

    def owns_answers(self, state: State) -> bool:
        """Nine people are a number here, and a landslide tells where it is."""
        return state.phase in (PLACE, PEOPLE)

    def _ring(self, scene: Scene, prompt: PromptRef, phase: str, *effects: Effect) -> Wait:
        dial = Dial(
            numbers=tuple(scene.library.directory.duty.officers),
            timeout=self.ring_seconds,
            limit=LONGEST_TALK,
            whisper=scene.prompt(self.whisper),
            whisper_language=scene.language,
            together=True,
            record=True,
        )
        return Wait((*scene.say(prompt), dial), phase=phase, effects=effects)

    def _after_ringing(self, scene: Scene, ended: DialEnded) -> Outcome:
        met = ended.bridged or scene.state.phase == FLOOR
        if met:
            return Go(self.next, variables={FLOOR_OPEN: ""})
        if scene.state.phase == AGAIN or scene.variable("described"):
            return Go(self.unanswered, directives=_in_charge(scene))
        return self._ask_place(scene)

    def _ask_place(self, scene: Scene) -> Outcome:
        directory = scene.library.directory
        names = [directory.place_name(key, scene.state.language) for key in directory.places]
        prompts = (*scene.prompt(self.advice), *scene.prompt("emergency.place"))
        for number, name in enumerate(names[:MOST_BY_KEY], start=1):
            prompts += scene.prompt("emergency.option", {"place": name, "key": str(number)})
        gather = scene.gather(prompts, timeout=ANSWER_SECONDS, speech=True, hints=tuple(names))
        directives = (*_in_charge(scene), gather)
        return Wait(directives, phase=PLACE, variables={"described": "yes"})

    def _placed(self, scene: Scene, given: Input) -> Outcome:
        if isinstance(given, Silent):
            return _ask_people(scene)
        if given == Pressed(RING_KEY):
            return self.enter(scene)
        if given == Pressed(PERSON_KEY):
            return Go(scene.library.directory.entries.person)
        directory = scene.library.directory
        keys = list(directory.places)
        names = [directory.place_name(key, scene.state.language) for key in keys]
        picked = scene.picked(given, names)
        if picked is not None and (isinstance(given, Spoke) or picked < MOST_BY_KEY):
            words = given.words if isinstance(given, Spoke) else ""
            return _ask_people(scene, DescribeIncident(place=keys[picked], words=words))
        if isinstance(given, Spoke):
            return _ask_people(scene, DescribeIncident(words=given.words))
        return NotValid()

    def _counted(self, scene: Scene, given: Input) -> Outcome:
        again = PromptRef("emergency.again")
        if isinstance(given, Pressed) and given.digits.isdigit():
            return self._ring(
                scene, again, AGAIN, DescribeIncident(people=int(given.digits[:MOST_DIGITS]))
            )
        if isinstance(given, Spoke):
            return self._ring(scene, again, AGAIN, DescribeIncident(words=given.words))
        return NotValid() if isinstance(given, Pressed) else self._ring(scene, again, AGAIN)


def _ask_people(scene: Scene, *effects: Effect) -> Outcome:
    gather = scene.gather(
        scene.prompt("emergency.people"),
        digits=MOST_DIGITS,
        finish="#",
        timeout=ANSWER_SECONDS,
        speech=True,
    )
    return Wait((gather,), phase=PEOPLE, effects=effects)


def _meet(scene: Scene) -> Outcome:
    """Somebody in charge waits on the floor: the caller joins them, and it is recorded."""
    join = JoinConference(
        name=scene.variable("floor"),
        label="caller",
        opens=True,
        closes=True,
        limit=LONGEST_TALK,
        recorded=True,
    )
    return Wait((*scene.say("emergency.meet"), join), phase=FLOOR)


def _in_charge(scene: Scene) -> tuple[Directive, ...]:
    """That somebody has taken it, when somebody has."""
    found = scene.context.found.get(OwnIncidentLookup())
    return scene.say("emergency.in_charge") if found else ()
