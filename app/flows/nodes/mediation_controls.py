"""`mediation_controls`: the mediator leads a mediation by the keys of any telephone.

While the mediator is here everybody waits, or talks on if that was chosen. `*` leads back here from
the floor, 1 leads to it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from app.flows.context import Lookup, MediationFound, MediationLookup, MediationParty
from app.flows.dialling import dialled, may_ring
from app.flows.directives import HangUp, Utterance
from app.flows.effects import Control, ControlMediation, Effect, LeaveMediation
from app.flows.floor import CONFERENCE, FLOOR, come_back, go_to_floor, standing
from app.flows.inputs import DialEnded, Input, Pressed, Resumed
from app.flows.node import Node, Outcome, Stop, Wait
from app.flows.scene import Scene
from app.flows.state import State

MENU_SECONDS = 6
ALL_KEY, HELP_KEY, WHO_KEY = "0", "*", "#"


class MediationControlsNode(Node):
    """The control menu of a mediator, spoken: what each key does is said on entering and by `*`.

    ```yaml
    controls:
      mediation_controls: {}
    ```
    """

    key: ClassVar[str] = "mediation_controls"

    def enter(self, scene: Scene) -> Outcome:
        """The mediator has consented, and waits for the others."""
        prompts = scene.prompt("invitation.consented") + scene.prompt("controls.help")
        return _menu(scene, prompts)

    def again(self, scene: Scene) -> Outcome:
        """Say what each key does."""
        return _menu(scene, scene.prompt("controls.help"))

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """How the session stands."""
        return (MediationLookup(state.variables.get("session", "")),)

    def minds_silence(self, state: State) -> bool:
        """A mediator who says nothing waits."""
        return True

    def collects_number(self, state: State) -> bool:
        """Departments and telephones have several digits."""
        return state.phase in ("department", "interpreter", "party")

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Go to the floor, come back, do what a key says."""
        found = standing(scene)
        came_back = (come_back(scene),) if scene.state.phase == FLOOR else ()
        if found is None or found.state in ("failed", "closed"):
            return _goodbye(scene, found, came_back)
        if scene.state.phase == FLOOR:
            return self._from_floor(scene, given, found)
        if isinstance(given, Resumed):
            return self._look(scene, found)
        keys = given.digits if isinstance(given, Pressed) else ""
        if scene.state.phase == "menu":
            return self._chosen(scene, found, keys) if keys else self._look(scene, found)
        if not keys:
            return _menu(scene, scene.prompt("controls.nothing"))
        return self._answered(scene, found, keys)

    # --- between menu and floor

    def _from_floor(self, scene: Scene, given: Input, found: MediationFound) -> Outcome:
        """Out of the conference: by the own key, unless the floor has become another."""
        is_same = bool(found.conference) and found.conference == scene.variable(CONFERENCE)
        if isinstance(given, DialEnded) and is_same:
            stepped_out = come_back(scene, steps_out=True)
            prompt = "controls.talk_on" if found.talks_on else "controls.stepped_out"
            prompts = scene.prompt(prompt) + scene.prompt("controls.help")
            return _menu(scene, prompts, (stepped_out,))
        effects = (come_back(scene),)
        if found.conference:
            return _to_floor(scene, found, effects)
        return _menu(scene, _standing(scene, found), effects)

    def _look(self, scene: Scene, found: MediationFound) -> Outcome:
        """Nothing was pressed: go where this leg belongs, or say how things stand."""
        if found.conference and not found.talks_on:
            return _to_floor(scene, found)
        return _menu(scene, _standing(scene, found))

    def _open(self, scene: Scene, found: MediationFound, alone: str = "") -> Outcome:
        """To the floor that is open, or to a new one: for all, or `alone` with one leg."""
        if found.is_open and found.private_leg == alone:
            return _to_floor(scene, found)
        if not found.may_open:
            return _menu(scene, scene.prompt("controls.not_yet"))
        conference = f"m-{scene.context.fresh_id}"
        verb: Control = "alone" if alone else "open"
        control = ControlMediation(scene.variable("session"), verb, alone, conference)
        recorded = found.wants_recording and found.may_record
        floor = replace(found, conference=conference, recorded=recorded, coach="")
        return _to_floor(scene, floor, (control,))

    # --- the menu

    def _chosen(self, scene: Scene, found: MediationFound, key: str) -> Outcome:
        match key:
            case "1":
                return self._open(scene, found)
            case "2" | "3" | "4" | "6":
                return _pick(
                    scene, found, {"2": "alone", "3": "hold", "4": "mute", "6": "out"}[key]
                )
            case "5":
                return _ask(scene, "add", "controls.add")
            case "7":
                return self._record(scene, found)
            case "8":
                return _ask(scene, "agreement", "controls.agreement")
            case "9":
                return _done(scene, "extend", "controls.extended")
            case "0":
                return _ask(scene, "end", "controls.end")
            case "#":
                return _menu(scene, _who(scene, found))
        return self.again(scene)

    def _record(self, scene: Scene, found: MediationFound) -> Outcome:
        if found.wants_recording:
            return _done(scene, "stop_recording", "controls.recording_stopped")
        if not found.may_record:
            return _menu(scene, scene.prompt("controls.may_not_record"))
        return _done(scene, "record", "controls.recording")

    def _answered(self, scene: Scene, found: MediationFound, keys: str) -> Outcome:
        """What was pressed at one of the further questions."""
        answered: dict[str, Callable[[Scene, MediationFound, str], Outcome]] = {
            "alone": self._with_one,
            "hold": self._with_one,
            "mute": self._with_one,
            "out": self._with_one,
            "add": self._adding,
            "department": self._department,
            "interpreter": self._number,
            "party": self._number,
            "agreement": self._agreement,
            "end": self._end,
        }
        return answered[scene.state.phase](scene, found, keys)

    def _with_one(self, scene: Scene, found: MediationFound, key: str) -> Outcome:
        what = scene.state.phase
        if what == "mute" and key == ALL_KEY:
            any_speaks = any(party.is_there and not party.muted for party in found.parties)
            return _done(scene, "mute_all" if any_speaks else "unmute_all", "controls.done")
        number = int(key) if key.isdigit() else 0
        if not 1 <= number <= len(found.parties):
            return _menu(scene, scene.prompt("controls.nobody"))
        party = found.parties[number - 1]
        if what == "out":
            verb: Control = "redial" if party.is_gone else "remove"
            return _done(scene, verb, f"controls.{verb}", party.leg)
        if not party.is_there:
            return _menu(scene, scene.prompt("controls.nobody"))
        if what == "alone":
            return self._open(scene, found, party.leg)
        if what == "hold":
            return _done(scene, "unhold" if party.aside else "hold", "controls.done", party.leg)
        return _done(scene, "unmute" if party.muted else "mute", "controls.done", party.leg)

    def _adding(self, scene: Scene, _found: MediationFound, key: str) -> Outcome:
        match key:
            case "1":
                names = tuple(
                    part
                    for number, department in enumerate(scene.library.directory.departments, 1)
                    for part in scene.prompt(
                        "controls.department",
                        {"number": str(number), "department": scene.department(department)},
                    )
                )
                return _ask_number(scene, "department", scene.prompt("controls.which") + names)
            case "2":
                return _ask_number(scene, "interpreter", scene.prompt("controls.number"))
            case "3":
                return _ask_number(scene, "party", scene.prompt("controls.number"))
        return _menu(scene, scene.prompt("controls.nothing"))

    def _department(self, scene: Scene, _found: MediationFound, keys: str) -> Outcome:
        departments = list(scene.library.directory.departments)
        number = int(keys) if keys.isdigit() else 0
        if not 1 <= number <= len(departments):
            return _menu(scene, scene.prompt("controls.nobody"))
        return _done(scene, "add_department", "controls.ringing", departments[number - 1])

    def _number(self, scene: Scene, _found: MediationFound, keys: str) -> Outcome:
        if not may_ring(scene.library.directory, dialled(keys)):
            return _menu(scene, scene.prompt("controls.not_rung"))
        verb: Control = "add_interpreter" if scene.state.phase == "interpreter" else "add_party"
        return _done(scene, verb, "controls.ringing", keys)

    def _agreement(self, scene: Scene, found: MediationFound, key: str) -> Outcome:
        if key not in ("1", "2") or found.state != "open":
            return _menu(scene, scene.prompt("controls.nothing"))
        if not found.may_read:
            return _menu(scene, scene.prompt("controls.no_draft"))
        return _done(scene, "read" if key == "1" else "ask_yes", "controls.asked")

    def _end(self, scene: Scene, found: MediationFound, key: str) -> Outcome:
        if key != "1":
            return _menu(scene, scene.prompt("controls.nothing"))
        control = ControlMediation(scene.variable("session"), "end")
        return _goodbye(scene, found, (control,))


def _to_floor(scene: Scene, found: MediationFound, effects: tuple[Effect, ...] = ()) -> Wait:
    return go_to_floor(scene, found, "controls.to_floor", effects, steps_out=True)


def _menu(scene: Scene, prompts: tuple[Utterance, ...], effects: tuple[Effect, ...] = ()) -> Wait:
    gather = scene.gather(prompts, timeout=MENU_SECONDS)
    return Wait((gather,), phase="menu", effects=effects)


def _ask(scene: Scene, phase: str, prompt: str) -> Wait:
    return Wait((scene.gather(scene.prompt(prompt)),), phase=phase)


def _ask_number(scene: Scene, phase: str, prompts: tuple[Utterance, ...]) -> Wait:
    return Wait((scene.gather(prompts, digits=None, finish="#"),), phase=phase)


def _pick(scene: Scene, found: MediationFound, phase: str) -> Wait:
    prompts = scene.prompt(f"controls.pick.{phase}") + _who(scene, found)
    return Wait((scene.gather(prompts),), phase=phase)


def _done(scene: Scene, verb: Control, prompt: str, target: str = "") -> Wait:
    """Ask for something and go on in the menu."""
    control = ControlMediation(scene.variable("session"), verb, target)
    return _menu(scene, scene.prompt(prompt), (control,))


def _goodbye(scene: Scene, found: MediationFound | None, effects: tuple[Effect, ...]) -> Stop:
    leaving = LeaveMediation(scene.variable("session"), scene.variable("leg"), "ended")
    was_held = found is not None and found.state in ("open", "closed") and not found.reason
    said = scene.say("invitation.thanks" if was_held else "invitation.cancelled")
    return Stop((*said, HangUp()), (*effects, leaving))


def _standing(scene: Scene, found: MediationFound) -> tuple[Utterance, ...]:
    """How things stand, and what to press next, in a sentence or two."""
    answered = [party for party in found.parties if party.answer]
    told: tuple[Utterance, ...] = ()
    if answered:
        counts = {
            answer: str(sum(party.answer == answer for party in answered))
            for answer in ("yes", "no")
        }
        told = scene.prompt("controls.answers", counts)
    if found.is_asking:
        return told + scene.prompt("controls.asked")
    if gone := sum(party.is_gone for party in found.parties):
        told += scene.prompt("controls.gone", {"count": str(gone)})
    if found.may_open:
        return told + scene.prompt("controls.ready")
    there = sum(party.is_there for party in found.parties)
    return told + scene.prompt("controls.waiting", {"there": str(there)})


def _who(scene: Scene, found: MediationFound) -> tuple[Utterance, ...]:
    """Each party by its number, who it is and how it stands."""
    return tuple(
        part
        for number, party in enumerate(found.parties, start=1)
        for part in scene.prompt(
            "controls.party",
            {
                "number": str(number),
                "name": _name(scene, party),
                "state": _word(scene, f"controls.state.{_state(party)}"),
            },
        )
    )


def _state(party: MediationParty) -> str:
    if party.is_gone:
        return "gone"
    if not party.is_there:
        return "ringing"
    if party.aside:
        return "aside"
    return "muted" if party.muted else "there"


def _name(scene: Scene, party: MediationParty) -> str:
    if party.name in scene.library.directory.departments:
        return scene.department(party.name)
    return party.name or _word(scene, f"controls.role.{party.role}")


def _word(scene: Scene, key: str) -> str:
    return "".join(part.text for part in scene.prompt(key))
