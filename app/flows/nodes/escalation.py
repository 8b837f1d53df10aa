"""`escalation`: tell a member of staff of a deadline, and let them take the ticket.

The call was placed by us: a machine that answers takes nothing.
"""

from math import ceil
from typing import ClassVar

from app.flows.context import EscalationFound, EscalationLookup, Lookup
from app.flows.directives import HangUp, Utterance
from app.flows.effects import PassTicket, TakeTicket
from app.flows.inputs import Input, Pressed, Started
from app.flows.node import Node, NotValid, Outcome, Stop, Wait
from app.flows.scene import Scene
from app.flows.state import State

TAKE_KEY, AGAIN_KEY, PASS_KEY = "1", "2", "3"
LONGEST_WORDS = 120  # characters of the appeal that are read aloud


class EscalationNode(Node):
    """Read a ticket whose deadline is at stake; key 1 takes it, 2 repeats, 3 asks the next person.

    Silence, and a machine that answers, ask the next person too. The appeal's own words are left
    out when the ticket is sealed.

    ```yaml
    answer:
      escalation: {}
    ```
    """

    key: ClassVar[str] = "escalation"

    def enter(self, scene: Scene) -> Outcome:
        """Read the ticket and ask."""
        found = _found(scene)
        if found is None or not found.is_free:
            return Stop(scene.say("escalation.too_late"))
        return Wait((scene.gather(_read(scene, found)),), phase="asked")

    def start(self, scene: Scene, given: Started) -> Outcome:
        """A telephone was answered: by a machine, or by somebody who is asked."""
        if given.by_machine:
            return Stop((HangUp(),), (PassTicket(scene.variable("leg"), "machine"),))
        return self.enter(scene)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Take it, hear it again, or pass it on."""
        key = given.digits if isinstance(given, Pressed) else ""
        if key == PASS_KEY:
            effects = (PassTicket(scene.variable("leg"), "passed"),)
            return Stop(scene.say("escalation.passed"), effects)
        if key == AGAIN_KEY:
            return self.enter(scene)
        return self._take(scene) if key == TAKE_KEY else NotValid()

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """How the ticket stands, at every step: somebody else may have taken it."""
        return (EscalationLookup(state.variables.get("leg", "")),)

    def on_silence(self, scene: Scene) -> Outcome | None:
        """Who says nothing does not take it."""
        effects = (PassTicket(scene.variable("leg"), "silent"),)
        return Stop(scene.say("escalation.goodbye"), effects)

    def _take(self, scene: Scene) -> Outcome:
        found = _found(scene)
        if found is None or not found.is_free:
            return Stop(scene.say("escalation.too_late"))
        told = {"ticket_number": found.number}
        return Stop(scene.say("escalation.taken", told), (TakeTicket(scene.variable("leg")),))


def _found(scene: Scene) -> EscalationFound | None:
    found = scene.context.found.get(EscalationLookup(scene.variable("leg")))
    return found if isinstance(found, EscalationFound) else None


def _read(scene: Scene, found: EscalationFound) -> tuple[Utterance, ...]:
    """The ticket as it is read aloud, and the keys."""
    seconds = (found.due_at - scene.context.now).total_seconds()
    told = {
        "ticket_number": found.number,
        "category": scene.category(found.category),
        "place": found.place,
        "minutes": str(max(1, ceil(abs(seconds) / 60))),
    }
    spoken = scene.prompt("escalation.read", told)
    if found.place.strip():
        spoken += scene.prompt("escalation.place", told)
    spoken += scene.prompt("escalation.left" if seconds > 0 else "escalation.overdue", told)
    return (
        spoken
        + scene.written(found.words.strip()[:LONGEST_WORDS])
        + scene.prompt("escalation.keys")
    )
