"""`mediation`: bring caller, mediator and another department together on one floor.

Nobody enters the conference before every party has consented: until then each leg waits in a loop
of its own, so nobody can hear anybody (threat T17). The caller's leg *convenes*; the others are
*invited*.
"""

from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from app.flows.context import Lookup, MediationFound, MediationLookup
from app.flows.directives import HangUp, JoinConference, Utterance
from app.flows.effects import (
    AnswerInvitation,
    ConveneMediation,
    Effect,
    LeaveMediation,
    OpenTicket,
)
from app.flows.inputs import DialEnded, Input, Pressed, Resumed, Started
from app.flows.node import Go, Node, NotValid, Outcome, Stop, Wait
from app.flows.references import CategoryRef, DepartmentRef, NodeRef
from app.flows.scene import Scene
from app.flows.state import State

CONSENT_KEY, REFUSE_KEY = "1", "2"
WAITING_SECONDS = 5
LONGEST_SESSION = 7_200
RESUMPTION = timedelta(seconds=4)


class MediationNode(Node):
    """Convene a three-way mediation, or answer an invitation to one.

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

    role: Literal["convene", "invited"]
    departments: list[DepartmentRef] = Field(default_factory=list, max_length=5)
    category: CategoryRef | None = None
    next: NodeRef | None = None

    @model_validator(mode="after")
    def _what_the_role_needs(self) -> Self:
        if self.role == "convene" and not (self.departments and self.category and self.next):
            raise ValueError("role `convene` needs `departments`, `category` and `next`")
        return self

    def enter(self, scene: Scene) -> Outcome:
        """Explain and ask."""
        return _notice(scene) if self.role == "invited" else self._choose(scene)

    def start(self, scene: Scene, given: Started) -> Outcome:
        """An invited telephone was answered: by a machine, or by somebody who is asked."""
        if self.role == "invited" and given.by_machine:
            return Stop((HangUp(),), (_answer(scene, "machine"),))
        return self.enter(scene)

    def again(self, scene: Scene) -> Outcome:
        """Ask the present question again."""
        if scene.state.phase == "wait":
            return _wait(scene, scene.prompt(self._reassurance_key(), self._told(scene)))
        if scene.state.phase == "consent":
            return self._ask_consent(scene, scene.variable("department"))
        return self.enter(scene)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Choose, consent, wait, talk."""
        phase = scene.state.phase
        if isinstance(given, DialEnded):
            return self._after_floor(scene)
        if phase in ("wait", "floor"):
            return self._look(scene, given)
        if self.role == "invited":
            return self._answer(scene, given)
        return self._consented(scene, given) if phase == "consent" else self._chosen(scene, given)

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """How the session stands, whenever this leg waits or comes back."""
        if state.phase in ("wait", "floor") or isinstance(given, Resumed):
            return (MediationLookup(state.variables.get("session", "")),)
        return ()

    def minds_silence(self, state: State) -> bool:
        """Silence while waiting is only waiting."""
        return state.phase in ("wait", "floor")

    def leaving(self, scene: Scene) -> tuple[Effect, ...]:
        """Who leaves by 0 or 9 gives the mediation up; who was still asked has not answered.

        They have not refused either: until the others begin they may call in again.
        """
        if scene.state.phase == "notice":
            return (_answer(scene, "silent"),)
        if scene.state.phase in ("wait", "floor"):
            return (_leave(scene, "gave_up"),)
        return ()

    def on_silence(self, scene: Scene) -> Outcome | None:
        """An invited telephone that says nothing is not a party."""
        if self.role == "convene":
            return None
        return Stop(scene.say("invitation.goodbye"), (_answer(scene, "silent"),))

    # --- the caller's leg

    @property
    def _onward(self) -> NodeRef:
        """The node after a mediation, which every one that is convened has."""
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
        if not isinstance(given, Pressed) or given.digits not in (CONSENT_KEY, REFUSE_KEY):
            return NotValid()
        if given.digits == REFUSE_KEY:
            return Go(self._onward, directives=scene.say("mediation.not_started"))
        if scene.context.degraded:
            return self._choose(scene)
        department = scene.variable("department")
        session = scene.context.fresh_id
        effect = ConveneMediation(
            session=session,
            conference=f"m-{session}",
            department=department,
            language=scene.state.language,
        )
        waiting = _wait(scene, scene.prompt("mediation.calling", self._told(scene)))
        return Wait(
            waiting.directives,
            phase="wait",
            effects=(effect,),
            variables={"session": session, "leg": "caller", "role": "caller"},
        )

    # --- while waiting, and afterwards

    def _look(self, scene: Scene, given: Input) -> Outcome:
        found = scene.context.found.get(MediationLookup(scene.variable("session")))
        if not isinstance(found, MediationFound):
            return self._ended(scene, MediationFound("failed", "", "unknown"))
        if found.state == "open" and _may_join(scene, found, given):
            return _join(scene, found.conference)
        if found.state in ("inviting", "waiting", "open"):
            return _wait(scene, scene.prompt(self._reassurance_key(), self._told(scene)))
        return self._ended(scene, found)

    def _ended(self, scene: Scene, found: MediationFound) -> Outcome:
        if self.role == "invited":
            return Stop(scene.say("invitation.cancelled"))
        reason = found.reason or "unknown"
        told = self._told(scene)
        directives = scene.say(f"mediation.failed.{reason}", told)
        if scene.context.degraded and not found.ticket:
            return Go(self._onward, directives=directives)
        number = found.ticket or scene.context.fresh_number
        effects: tuple[Effect, ...] = ()
        if not found.ticket:
            effects = (self._ticket(scene, number, f"mediation: {reason}"),)
        directives += scene.say("mediation.ticket", told | {"ticket_number": number})
        return Go(self._onward, directives=directives, effects=effects)

    def _after_floor(self, scene: Scene) -> Outcome:
        effects = (_leave(scene, "ended"),)
        if self.role == "invited":
            return Stop((*scene.say("invitation.thanks"), HangUp()), effects)
        return Go(self._onward, directives=scene.say("mediation.thanks"), effects=effects)

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

    def _reassurance_key(self) -> str:
        return "mediation.waiting" if self.role == "convene" else "invitation.waiting"

    # --- the invited legs

    def _answer(self, scene: Scene, given: Input) -> Outcome:
        if not isinstance(given, Pressed) or given.digits not in (CONSENT_KEY, REFUSE_KEY):
            return NotValid()
        if given.digits == REFUSE_KEY:
            return Stop(scene.say("invitation.refused"), (_answer(scene, "refused"),))
        waiting = _wait(scene, scene.prompt("invitation.consented"))
        return Wait(waiting.directives, phase="wait", effects=(_answer(scene, "consented"),))


def _notice(scene: Scene) -> Outcome:
    if scene.variable("case"):
        spoken = scene.prompt("invitation.appointed")
    else:
        told = {"department": scene.department(scene.variable("department"))}
        spoken = scene.prompt("invitation.notice", told)
    gather = scene.gather(spoken, timeout=8)
    return Wait((gather,), phase="notice")


def _wait(scene: Scene, prompts: tuple[Utterance, ...]) -> Wait:
    return Wait((scene.gather(prompts, timeout=WAITING_SECONDS),), phase="wait")


def _join(scene: Scene, conference: str) -> Outcome:
    """The mediator opens and closes the floor; without one it neither starts nor goes on."""
    is_mediator = scene.variable("role") == "mediator"
    whose = "leg" if scene.variable("case") else "role"  # labels are unique on a floor
    joining = JoinConference(
        name=conference,
        label=scene.variable(whose),
        opens=is_mediator,
        closes=is_mediator,
        limit=LONGEST_SESSION,
    )
    prompt = "mediation.opening" if scene.variable("role") == "caller" else "invitation.opening"
    return Wait((*scene.say(prompt), joining), phase="floor")


def _may_join(scene: Scene, found: MediationFound, given: Input) -> bool:
    """Whether this leg may go to the open floor now.

    Every leg is resumed when the floor opens. One that looks by itself in that very moment must
    not join: the resumption on its way would pull it off the floor again.
    """
    since = found.open_since
    return isinstance(given, Resumed) or since is None or scene.context.now - since >= RESUMPTION


def _leave(scene: Scene, reason: Literal["gave_up", "ended"]) -> LeaveMediation:
    return LeaveMediation(scene.variable("session"), scene.variable("leg"), reason)


def _answer(
    scene: Scene, answer: Literal["consented", "refused", "machine", "silent"]
) -> AnswerInvitation:
    return AnswerInvitation(scene.variable("session"), scene.variable("leg"), answer)
