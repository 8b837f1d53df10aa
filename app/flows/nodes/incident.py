"""`incident`: tell somebody in charge of an emergency, and let them take it.

The call was placed by us: a machine that answers takes nothing.
"""

from typing import ClassVar

from app.flows.context import IncidentFound, IncidentLookup, Lookup
from app.flows.directives import Directive, HangUp, JoinConference, Utterance
from app.flows.effects import PassIncident, TakeIncident
from app.flows.inputs import DialEnded, Input, Pressed, Started
from app.flows.node import Node, NotValid, Outcome, Stop, Wait
from app.flows.scene import Scene
from app.flows.state import State

TAKE_KEY, AGAIN_KEY, PASS_KEY = "1", "2", "3"
LONGEST_WORDS = 60  # characters of what the caller said that are read aloud
LONGEST_TALK = 7_200


class IncidentNode(Node):
    """Read an incident; key 1 takes it, 2 repeats, 3 asks the next in the line.

    Whoever takes it while the caller is still there meets them, recorded; of a drill it is said at
    the beginning that it is one. Silence, and a machine that answers, take nothing.

    ```yaml
    answer:
      incident: {}
    ```
    """

    key: ClassVar[str] = "incident"

    def enter(self, scene: Scene) -> Outcome:
        """Read it and ask."""
        found = _found(scene)
        if found is None or not found.is_free:
            return Stop(_too_late(scene, found))
        return Wait((scene.gather(_read(scene, found)),), phase="asked")

    def start(self, scene: Scene, given: Started) -> Outcome:
        """A telephone was answered: by a machine, or by somebody who is asked."""
        if given.by_machine:
            return Stop((HangUp(),), (PassIncident(scene.variable("leg"), "machine"),))
        return self.enter(scene)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Take it, hear it again, or pass it on; after the conversation say goodbye."""
        if isinstance(given, DialEnded):
            return Stop(scene.say("incident.thanks"))
        key = given.digits if isinstance(given, Pressed) else ""
        if key == PASS_KEY:
            effects = (PassIncident(scene.variable("leg"), "passed"),)
            return Stop(scene.say("incident.passed"), effects)
        if key == AGAIN_KEY:
            return self.enter(scene)
        return self._take(scene) if key == TAKE_KEY else NotValid()

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """How the incident stands, at every step: somebody else may have taken it."""
        return (IncidentLookup(state.variables.get("leg", "")),)

    def on_silence(self, scene: Scene) -> Outcome | None:
        """Who says nothing does not take it."""
        effects = (PassIncident(scene.variable("leg"), "silent"),)
        return Stop(scene.say("incident.goodbye"), effects)

    def _take(self, scene: Scene) -> Outcome:
        found = _found(scene)
        if found is None or not found.is_free:
            return Stop(_too_late(scene, found))
        effects = (TakeIncident(scene.variable("leg")),)
        told = {"ticket_number": found.number}
        if not found.floor:
            return Stop(scene.say("incident.taken", told), effects)
        join = JoinConference(
            name=found.floor,
            label="officer",
            opens=True,
            closes=True,
            limit=LONGEST_TALK,
            recorded=True,
        )
        return Wait((*scene.say("incident.meet", told), join), phase="floor", effects=effects)


def _found(scene: Scene) -> IncidentFound | None:
    found = scene.context.found.get(IncidentLookup(scene.variable("leg")))
    return found if isinstance(found, IncidentFound) else None


def _too_late(scene: Scene, found: IncidentFound | None) -> tuple[Directive, ...]:
    """Who has it, as far as that can be said."""
    if found is None or not found.taken_by:
        return scene.say("incident.over")
    return scene.say("incident.too_late", {"name": found.taken_by})


def _read(scene: Scene, found: IncidentFound) -> tuple[Utterance, ...]:
    """The incident as it is read aloud, and the keys."""
    told = {
        "ticket_number": found.number,
        "place": scene.library.directory.place_name(found.place, scene.state.language),
        "count": str(found.people),
    }
    spoken = scene.prompt("incident.drill") if found.is_drill else ()
    spoken += scene.prompt("incident.read", told)
    if told["place"]:
        spoken += scene.prompt("incident.place", told)
    spoken += scene.written(found.place_words.strip()[:LONGEST_WORDS])
    if found.people is not None:
        spoken += scene.prompt("incident.people", told)
    return spoken + scene.prompt("incident.keys_caller" if found.floor else "incident.keys")
