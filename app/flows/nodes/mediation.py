"""`mediation`: bring caller, mediator and other parties together on one floor.

Nobody enters the conference before every party has consented and the mediator has opened the floor:
until then, and whenever it is closed, each leg waits in a loop of its own, so nobody can hear
anybody (threat T17). The caller's leg *convenes*; the others are *invited*. The *mediator* is asked
as they are, and then goes on to `next`, where the controls are.
"""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from app.flows.context import Lookup, MediationFound, MediationLookup
from app.flows.directives import HangUp, Utterance
from app.flows.effects import (
    AnswerInvitation,
    AnswerPoll,
    ConveneMediation,
    Effect,
    LeaveMediation,
    OpenTicket,
)
from app.flows.floor import CONFERENCE, come_back, go_to_floor, standing
from app.flows.inputs import DialEnded, Input, Pressed, Resumed, Started
from app.flows.node import Go, Node, NotValid, Outcome, Stop, Wait
from app.flows.references import CategoryRef, DepartmentRef, NodeRef
from app.flows.scene import Scene
from app.flows.state import State

YES_KEY, NO_KEY, REPEAT_KEY = "1", "2", "*"
WAITING_SECONDS = 5
READ_SECONDS = 1  # of silence after the draft, before it counts as heard
AFTER_CONSENT = frozenset(("wait", "floor", "reading", "poll"))


class MediationNode(Node):
    """Convene a three-way mediation, or answer an invitation to one.

    Key 1 agrees to all of it, 3 to taking part without being recorded, 2 to nothing. While waiting,
    a party may be asked about the draft of the agreement: 1 for yes, 2 for no.

    ```yaml
    start:
      mediation:
        role: convene
        departments: [agriculture, justice]
        category: land
        next: main.menu
    ```
    """

    key: ClassVar[str] = "mediation"

    role: Literal["convene", "invited", "mediator"]
    departments: list[DepartmentRef] = Field(default_factory=list, max_length=5)
    category: CategoryRef | None = None
    next: NodeRef | None = None

    @model_validator(mode="after")
    def _what_the_role_needs(self) -> Self:
        if self.role == "convene" and not (self.departments and self.category and self.next):
            raise ValueError("role `convene` needs `departments`, `category` and `next`")
        if self.role == "mediator" and not self.next:
            raise ValueError("role `mediator` needs `next`, where the mediator goes on")
        return self

    def enter(self, scene: Scene) -> Outcome:
        """Explain and ask."""
        return self._choose(scene) if self.role == "convene" else _notice(scene)

    def start(self, scene: Scene, given: Started) -> Outcome:
        """An invited telephone was answered: by a machine, or by somebody who is asked."""
        if self.role != "convene" and given.by_machine:
            return Stop((HangUp(),), (_answer(scene, "machine"),))
        return self.enter(scene)

    def again(self, scene: Scene) -> Outcome:
        """Ask the present question again."""
        if scene.state.phase == "wait":
            return _wait(scene, scene.prompt(self._reassurance_key(scene), self._told(scene)))
        if scene.state.phase == "consent":
            return self._ask_consent(scene, scene.variable("department"))
        if scene.state.phase in ("reading", "poll"):
            return self._look(scene)
        return self.enter(scene)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Choose, consent, wait, talk, answer about the draft."""
        match scene.state.phase:
            case "reading" | "poll":
                return self._polled(scene, given)
            case "wait":
                return self._look(scene)
            case "floor":
                return self._come_back(scene, given)
            case "consent":
                return self._consented(scene, given)
        if isinstance(given, Resumed):
            return self._called_off(scene)
        return self._chosen(scene, given) if self.role == "convene" else self._answer(scene, given)

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """How the session stands, whenever this leg waits or comes back."""
        if state.phase in AFTER_CONSENT or isinstance(given, Resumed):
            return (MediationLookup(state.variables.get("session", "")),)
        return ()

    def minds_silence(self, state: State) -> bool:
        """Silence while waiting is only waiting."""
        return state.phase in AFTER_CONSENT

    def leaving(self, scene: Scene) -> tuple[Effect, ...]:
        """Who leaves by 0 or 9 gives the mediation up; who was still asked has not answered.

        They have not refused either: while the session goes on they may call in again.
        """
        if scene.state.phase == "notice":
            return (_answer(scene, "silent"),)
        if scene.state.phase in AFTER_CONSENT:
            return (_leave(scene, "gave_up"),)
        return ()

    def on_silence(self, scene: Scene) -> Outcome | None:
        """An invited telephone that says nothing is no party."""
        if self.role == "convene":
            return None
        return Stop(scene.say("invitation.goodbye"), (_answer(scene, "silent"),))

    # --- the caller's leg

    @property
    def _onward(self) -> NodeRef:
        """The next node, which whoever convenes or leads has."""
        assert self.next is not None
        return self.next

    def _choose(self, scene: Scene) -> Outcome:
        if scene.context.degraded:
            person = scene.library.directory.entries.person
            return Go(person, directives=scene.say("mediation.unavailable"))
        prompts = scene.prompt("mediation.choose")
        for number, key in enumerate(self.departments, start=1):
            told = {"department": scene.department(key), "key": str(number)}
            prompts += scene.prompt("mediation.option", told)
        return Wait((scene.gather(prompts, speech=True),), phase="choose")

    def _chosen(self, scene: Scene, given: Input) -> Outcome:
        picked = scene.picked(given, [scene.department(key) for key in self.departments])
        return NotValid() if picked is None else self._ask_consent(scene, self.departments[picked])

    def _ask_consent(self, scene: Scene, department: str) -> Outcome:
        told = {"department": scene.department(department)}
        gather = scene.gather(scene.prompt("mediation.consent", told))
        return Wait((gather,), phase="consent", variables={"department": department})

    def _consented(self, scene: Scene, given: Input) -> Outcome:
        records = _agreed(given)
        if records is None:
            return NotValid()
        if records == "refused":
            return Go(self._onward, directives=scene.say("mediation.not_started"))
        if scene.context.degraded:
            return self._choose(scene)
        department = scene.variable("department")
        session = scene.context.fresh_id
        effect = ConveneMediation(
            session=session,
            department=department,
            language=scene.state.language,
            records=records == "recorded",
        )
        waiting = _wait(scene, scene.prompt("mediation.calling", self._told(scene)))
        return Wait(
            waiting.directives,
            phase="wait",
            effects=(effect,),
            variables={"session": session, "leg": "caller", "role": "caller"},
        )

    # --- while waiting, and afterwards

    def _look(
        self, scene: Scene, effects: tuple[Effect, ...] = (), *, is_asked: bool = True
    ) -> Outcome:
        """Go where this leg now belongs; `is_asked` is False when it has just answered."""
        found = standing(scene)
        if found is None:
            return self._ended(scene, MediationFound("failed", "", "unknown"), effects)
        if found.state in ("failed", "closed"):
            return self._ended(scene, found, (*effects, _leave(scene, "ended")))
        if found.poll and is_asked:
            return self._ask_about_draft(scene, found, effects)
        if found.conference and is_asked:
            return go_to_floor(scene, found, self._opening_key(found), effects)
        is_reading = scene.state.phase in ("reading", "poll")
        prompt = "mediation.held" if is_reading else self._reassurance_key(scene)
        return _wait(scene, scene.prompt(prompt, self._told(scene)), effects)

    def _opening_key(self, found: MediationFound) -> str:
        """What is said on the way to the floor: whoever speaks in private is to know it."""
        if found.private_leg:
            return "mediation.private"
        return "mediation.opening" if self.role == "convene" else "invitation.opening"

    def _come_back(self, scene: Scene, given: Input) -> Outcome:
        """The conference ended, or this leg was taken out of it.

        While nobody has said that the floor is over, whoever comes out by its end waits for a look
        before going back: perhaps the mediator has just stepped out, and will say so.
        """
        found = standing(scene)
        effects = (come_back(scene),)
        is_still = found is not None and found.conference == scene.variable(CONFERENCE)
        if isinstance(given, DialEnded) and is_still and found is not None and found.conference:
            return _wait(scene, scene.prompt("mediation.held"), effects)
        return self._look(scene, effects)

    def _called_off(self, scene: Scene) -> Outcome:
        """Somebody who hears the invitation is taken out of it: it is over, or to be repeated."""
        found = standing(scene)
        if found is None or found.state in ("failed", "closed"):
            return Stop(scene.say("invitation.cancelled"), (_leave(scene, "ended"),))
        return self.again(scene)

    def _ended(self, scene: Scene, found: MediationFound, effects: tuple[Effect, ...]) -> Outcome:
        if found.state == "closed" and not found.reason:
            if self.role == "convene":
                return Go(self._onward, directives=scene.say("mediation.thanks"), effects=effects)
            return Stop((*scene.say("invitation.thanks"), HangUp()), effects)
        if self.role == "convene":
            return self._failed(scene, found, effects)
        return Stop(scene.say("invitation.cancelled"), effects)

    def _failed(self, scene: Scene, found: MediationFound, effects: tuple[Effect, ...]) -> Outcome:
        reason = found.reason or "unknown"
        told = self._told(scene)
        directives = scene.say(f"mediation.failed.{reason}", told)
        if scene.context.degraded and not found.ticket:
            return Go(self._onward, directives=directives)
        number = found.ticket or scene.context.fresh_number
        if not found.ticket:
            effects = (*effects, self._ticket(scene, number, f"mediation: {reason}"))
        directives += scene.say("mediation.ticket", told | {"ticket_number": number})
        return Go(self._onward, directives=directives, effects=effects)

    def _ticket(self, scene: Scene, number: str, note: str) -> OpenTicket:
        return OpenTicket(
            number=number,
            source=f"mediation:{scene.variable('session')}",
            kind="mediation",
            category=str(self.category),
            language=scene.state.language,
            note=note,
        )

    def _told(self, scene: Scene) -> dict[str, str]:
        department = scene.variable("department")
        return {"department": scene.department(department)} if department else {}

    def _reassurance_key(self, scene: Scene) -> str:
        """What somebody hears who waits: for others to answer, or for the mediator to come back."""
        if scene.variable(CONFERENCE):
            return "mediation.held"
        return "mediation.waiting" if self.role == "convene" else "invitation.waiting"

    # --- the draft of the agreement

    def _ask_about_draft(
        self, scene: Scene, found: MediationFound, effects: tuple[Effect, ...]
    ) -> Outcome:
        read = scene.prompt("mediation.draft") + scene.written(found.draft)
        if found.poll == "read":
            reading = scene.gather(read, timeout=READ_SECONDS)
            return Wait((reading,), phase="reading", effects=effects)
        gather = scene.gather(read + scene.prompt("mediation.draft_question"))
        return Wait((gather,), phase="poll", effects=effects)

    def _polled(self, scene: Scene, given: Input) -> Outcome:
        if isinstance(given, Resumed):
            return self._look(scene)
        if scene.state.phase == "reading":
            return self._look(scene, (_vote(scene, "heard"),), is_asked=False)
        keys = given.digits if isinstance(given, Pressed) else ""
        if keys == REPEAT_KEY:
            return self._look(scene)
        answer: Literal["yes", "no", "silent"] = "silent"  # nobody is taken to have agreed
        if keys in (YES_KEY, NO_KEY):
            answer = "yes" if keys == YES_KEY else "no"
        return self._look(scene, (_vote(scene, answer),), is_asked=False)

    # --- the invited legs

    def _answer(self, scene: Scene, given: Input) -> Outcome:
        agreed = _agreed(given)
        if agreed is None:
            return NotValid()
        if agreed == "refused":
            return Stop(scene.say("invitation.refused"), (_answer(scene, "refused"),))
        records = agreed == "recorded"
        effects = (_answer(scene, "consented", records=records),)
        if self.role == "mediator":
            return Go(self._onward, effects=effects)
        return _wait(scene, scene.prompt("invitation.consented"), effects)


def _agreed(given: Input) -> Literal["recorded", "unrecorded", "refused"] | None:
    """What somebody agreed to by key; None when that was no answer."""
    match given:
        case Pressed("1"):
            return "recorded"
        case Pressed("3"):
            return "unrecorded"
        case Pressed("2"):
            return "refused"
    return None


def _notice(scene: Scene) -> Outcome:
    return Wait((scene.gather(_invited_to(scene), timeout=8),), phase="notice")


def _invited_to(scene: Scene) -> tuple[Utterance, ...]:
    """What somebody who is rung is told: it was agreed, a department's, or among parties."""
    department = scene.variable("department")
    if scene.variable("case"):
        return scene.prompt("invitation.appointed")
    if department:
        return scene.prompt("invitation.notice", {"department": scene.department(department)})
    return scene.prompt("invitation.notice_of_parties")


def _wait(scene: Scene, prompts: tuple[Utterance, ...], effects: tuple[Effect, ...] = ()) -> Wait:
    gather = scene.gather(prompts, timeout=WAITING_SECONDS)
    return Wait((gather,), phase="wait", effects=effects)


def _leave(scene: Scene, reason: Literal["gave_up", "ended"]) -> LeaveMediation:
    return LeaveMediation(scene.variable("session"), scene.variable("leg"), reason)


def _vote(scene: Scene, answer: Literal["heard", "yes", "no", "silent"]) -> AnswerPoll:
    return AnswerPoll(scene.variable("session"), scene.variable("leg"), answer)


def _answer(
    scene: Scene,
    answer: Literal["consented", "refused", "machine", "silent"],
    *,
    records: bool = False,
) -> AnswerInvitation:
    return AnswerInvitation(scene.variable("session"), scene.variable("leg"), answer, records)
