"""`connect`: put the caller through to a person, or let them wait in turn.

Who may be rung is looked up (`PersonLookup`); without the database the telephones of the directory
ring. The caller's own leg rings the staff, so nobody waits for the network's REST interface.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from app.flows.context import Callee, Lookup, PersonFound, PersonLookup
from app.flows.directives import Dial, Directive, JoinConference, Utterance
from app.flows.effects import (
    Effect,
    EndRinging,
    HoldCaller,
    KeepPlace,
    LeaveQueue,
    OfferAgain,
    RingStaff,
    WaitOn,
)
from app.flows.inputs import NOT_LET_OUT, DialEnded, Input, Pressed, Resumed, Silent
from app.flows.node import Go, Node, NotValid, Outcome, Stop, Wait
from app.flows.references import DepartmentRef, NodeRef, PromptRef, SkillRef
from app.flows.scene import Scene
from app.flows.speech_length import spoken_seconds
from app.flows.state import State

PATIENCE = 60  # seconds in all without staff, until something else is offered
SHORTEST_RINGING = 5  # what the network rings at least
RINGING_MARGIN = 5  # seconds by which the network rings longer than it is asked to
CLAIMED_RINGING = 8  # whoever took a caller sits at the telephone; others wait for them
HOLD_SECONDS = 10  # about how long one piece of music or news is, and the pause behind it
LONGEST_PAUSE = 5  # seconds without a sound
LONGEST_TALK = 3_600
RESUMPTION = timedelta(seconds=3)
KEEP_KEY, MESSAGE_KEY, WAIT_KEY = "1", "2", "3"
AT_ONCE = 10  # telephones that the network rings together
MOST_REFUSED = 5  # telephones the gateway refuses in one step: the next would hardly fare better


class ConnectNode(Node):
    """Ring the duty desk, a department, a skill or one member of the staff, and let callers wait.

    Exactly one of `duty`, `department`, `skill` and `person` says who. A skill is one of
    `directory.yaml`, or `language`: whoever speaks the caller's. Who is on duty is rung, else the
    telephones of the directory: `in_turn`, `all` at once, or `round_robin`, the one rung least
    lately first. Whoever answers hears who it is and presses 1, so a voicemail never swallows a
    caller. While everybody is busy the caller waits in turn, hears `meanwhile`, and may press 1 to
    be called back or 2 for `unanswered`; after 60 seconds, or when nobody is left to ring, both are
    offered, and silence is a call back. Whoever is cut off from the person they talked with is
    told so, and comes first.

    ```yaml
    person:
      connect:
        duty: officers
        ring: round_robin
        prompt: person.ringing
        meanwhile: [queue.music, queue.news]
        unanswered: message
        next: main.farewell
    ```
    """

    key: ClassVar[str] = "connect"

    duty: Literal["officers", "mediators"] | None = None
    department: DepartmentRef | None = None
    skill: SkillRef | None = None
    person: str | None = Field(default=None, min_length=1, max_length=64)
    ring: Literal["in_turn", "all", "round_robin"] = "in_turn"
    prompt: PromptRef
    whisper: PromptRef = PromptRef("person.whisper")
    whisper_ticket: PromptRef = PromptRef("person.whisper_ticket")
    whisper_caller: PromptRef = PromptRef("person.whisper_caller")
    meanwhile: list[PromptRef] = Field(default_factory=list, max_length=10)
    ring_seconds: int = Field(default=15, ge=SHORTEST_RINGING, le=30)
    unanswered: NodeRef
    next: NodeRef

    @model_validator(mode="after")
    def _one_destination(self) -> Self:
        given = [self.duty, self.department, self.skill, self.person]
        if sum(each is not None for each in given) != 1:
            raise ValueError("give one of `duty`, `department`, `skill` and `person`, and only one")
        return self

    # --- what happens to the call

    def enter(self, scene: Scene) -> Outcome:
        """Ring, or tell the caller how long it may take."""
        found = self._found(scene)
        if found is None:
            return self._without_knowing(scene)
        if found.nobody:  # a telephone that failed lately is the last resort
            asks = HoldCaller(self._target(scene.state), found.position)
            return _with(self._without_knowing(scene), (asks,))
        return self._go_on(scene, found, first=True)

    def again(self, scene: Scene) -> Outcome:
        """Say once more how things stand, or what is offered."""
        found = self._found(scene)
        if found is None:
            return self._without_knowing(scene)
        if scene.state.phase == "offer":
            return self._offer(scene, found)
        return self._hold(scene, found, self._place_and_keys(scene, found))

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Go on after ringing, a conversation, a while of waiting, or a key."""
        found = self._found(scene)
        effects: tuple[Effect, ...] = ()
        if isinstance(given, DialEnded) and given.status == NOT_LET_OUT and found is not None:
            return self._not_let_out(scene, found, given)
        if isinstance(given, DialEnded) and given.bridged and found is not None:
            return self._after_talk(scene, found, given)
        if isinstance(given, DialEnded):
            if found is None:
                return Go(self.next if given.bridged else self.unanswered)
            effects = (EndRinging(given.bridged, given.status, given.seconds),)
        elif found is None:
            return self._without_knowing(scene)
        elif isinstance(given, Pressed):
            return self._pressed(scene, given.digits, found)
        elif isinstance(given, Silent) and scene.state.phase == "offer" and not found.claimed_at:
            return self._kept(scene, found, chosen=False)
        elif not isinstance(given, Silent | Resumed):
            return NotValid()
        if _is_coming(scene, found, given):
            return _with(self._hold(scene, found, scene.prompt("queue.coming"), seconds=2), effects)
        return _with(self._go_on(scene, found), effects)

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """Who may be rung now, and how the caller stands."""
        return (PersonLookup(self._target(state), self.ring),)

    def lookups_on_arrival(self, state: State) -> tuple[Lookup, ...]:
        """The same: without it the telephones of the directory ring."""
        return (PersonLookup(self._target(state), self.ring),)

    def minds_silence(self, state: State) -> bool:
        """Silence while waiting is only waiting; an offer that is not answered is answered."""
        return True

    def leaving(self, scene: Scene) -> tuple[Effect, ...]:
        """Who leaves by 0 or 9, or is met in an emergency, waits here no more."""
        return (LeaveQueue("key"),) if scene.state.phase else ()

    # --- ringing

    def _go_on(self, scene: Scene, found: PersonFound, *, first: bool = False) -> Outcome:
        """What comes next for somebody who wants a person and has none."""
        left = min(PATIENCE - found.waited, found.patience)
        if found.claimed_at:
            return self._ring(scene, found, CLAIMED_RINGING, first=first)
        seconds = min(self.ring_seconds, left - 2 * RINGING_MARGIN)
        if found.callees and seconds >= SHORTEST_RINGING:
            return self._ring(scene, found, seconds, first=first)
        if found.nobody or left <= HOLD_SECONDS or found.callees:
            return self._offer(scene, found)
        return self._hold(scene, found, self._told_while_waiting(scene, found, first=first))

    def _ring(self, scene: Scene, found: PersonFound, seconds: int, *, first: bool) -> Outcome:
        callees = found.callees if self.ring == "all" else found.callees[:1]
        numbers = tuple(callee.number for callee in callees[:AT_ONCE])
        dial = Dial(
            numbers=numbers,
            timeout=seconds,
            limit=LONGEST_TALK,
            whisper=self._whispered(scene, found, callees),
            whisper_language=scene.library.language(_tongue(scene, callees)),
            together=self.ring == "all",
        )
        said: tuple[Directive, ...] = scene.say(self.prompt) if first else ()
        effect = RingStaff(self._target(scene.state), numbers, seconds)
        return Wait((*said, dial), phase="ringing", effects=(effect,))

    def _not_let_out(self, scene: Scene, found: PersonFound, given: DialEnded) -> Outcome:
        """Nobody was rung: those who are left are, else something else is offered.

        Whoever had taken the caller has them no more, and others are looked for in a moment.
        """
        asks = HoldCaller(self._target(scene.state), found.position)
        if found.claimed_at:
            released = EndRinging(bridged=False, status=NOT_LET_OUT, seconds=0)
            prompts = self._place_and_keys(scene, found)
            return _with(self._hold(scene, found, prompts, seconds=1), (released,))
        left = tuple(one for one in found.callees if one.number not in given.refused)
        if not left or len(given.refused) >= MOST_REFUSED:
            return _with(self._offer(scene, found), (asks,))
        return _with(self._go_on(scene, replace(found, callees=left)), (asks,))

    def _after_talk(self, scene: Scene, found: PersonFound, given: DialEnded) -> Outcome:
        """A talk is over, has been moved to a conference, or broke off: then others are rung."""
        if found.room and scene.state.phase == "ringing":
            join = JoinConference(
                name=found.room,
                label="citizen",
                opens=True,
                closes=True,
                limit=LONGEST_TALK,
                waiting=scene.prompt("queue.on_hold"),
            )
            return Wait((join,), phase="talking")
        if found.lost and given.seconds < LONGEST_TALK:
            held = self._hold(scene, found, scene.prompt("queue.cut_off"), seconds=1)
            return _with(held, (OfferAgain(),))
        return Go(self.next, effects=(EndRinging(True, given.status, given.seconds),))

    def _whispered(
        self, scene: Scene, found: PersonFound, callees: Sequence[Callee]
    ) -> tuple[Utterance, ...]:
        """The ticket, else who calls from where, in the language of whoever is rung."""
        told = {"ticket_number": found.ticket, "caller": found.caller}
        key = self.whisper_ticket if found.ticket else self.whisper_caller
        key = key if found.ticket or found.caller else self.whisper
        return (scene.library.utterance(key, _tongue(scene, callees), told),)

    def _without_knowing(self, scene: Scene) -> Outcome:
        """Ring the telephones of the directory: nobody can tell who is on duty, or who is busy."""
        telephones = scene.library.directory.telephones_of(self._target(scene.state))
        numbers = telephones[: PATIENCE // (self.ring_seconds + RINGING_MARGIN)]
        dial = Dial(
            numbers=numbers,
            timeout=self.ring_seconds,
            limit=LONGEST_TALK,
            whisper=scene.prompt(self.whisper),
            whisper_language=scene.language,
        )
        return Wait((*scene.say(self.prompt), dial), phase="ringing")

    # --- waiting

    def _hold(
        self,
        scene: Scene,
        found: PersonFound,
        prompts: tuple[Utterance, ...],
        *,
        seconds: int | None = None,
    ) -> Wait:
        """Let a caller hear something, then look again: by itself after about ten seconds."""
        effect = HoldCaller(self._target(scene.state), found.position)
        spoken = sum(spoken_seconds(part.text, part.language.tag) for part in prompts)
        pause = seconds or round(min(LONGEST_PAUSE, max(1, HOLD_SECONDS - spoken)))
        gather = scene.gather(prompts, timeout=pause)
        return Wait((gather,), phase="holding", effects=(effect,))

    def _told_while_waiting(
        self, scene: Scene, found: PersonFound, *, first: bool
    ) -> tuple[Utterance, ...]:
        """First the place in the queue and the keys, then music or news, in turn."""
        piece = found.waited // HOLD_SECONDS
        if first or not self.meanwhile or scene.state.phase == "ringing":
            return self._place_and_keys(scene, found)
        if piece % 3 == 0:
            return self._place_told(scene, found)
        return scene.prompt(self.meanwhile[piece % len(self.meanwhile)])

    def _place_and_keys(self, scene: Scene, found: PersonFound) -> tuple[Utterance, ...]:
        keys = scene.prompt("queue.keep_key") if found.may_call_back else ()
        return (*self._place_told(scene, found), *keys, *scene.prompt("queue.message_key"))

    def _place_told(self, scene: Scene, found: PersonFound) -> tuple[Utterance, ...]:
        place = scene.prompt("queue.position", {"position": str(found.position)})
        if found.wait_minutes is None:
            return place
        return (*place, *scene.prompt("queue.wait", {"minutes": str(found.wait_minutes)}))

    # --- what else is offered

    def _offer(self, scene: Scene, found: PersonFound) -> Outcome:
        if not found.may_call_back:
            return self._message(scene)
        prompts = scene.prompt("queue.offer")
        if self._may_wait_on(found):
            prompts += scene.prompt("queue.offer_waiting")
        effect = HoldCaller(self._target(scene.state), found.position)
        return Wait((scene.gather(prompts, timeout=6),), phase="offer", effects=(effect,))

    def _pressed(self, scene: Scene, key: str, found: PersonFound) -> Outcome:
        if key == KEEP_KEY and found.may_call_back:
            return self._kept(scene, found, chosen=True)
        if key == MESSAGE_KEY:
            return self._message(scene)
        if key == WAIT_KEY and scene.state.phase == "offer" and self._may_wait_on(found):
            prompts = self._place_told(scene, found)
            return _with(self._hold(scene, found, prompts), (WaitOn(),))
        return NotValid()

    def _kept(self, scene: Scene, found: PersonFound, *, chosen: bool) -> Outcome:
        if not found.may_call_back:
            return self._message(scene)
        effect = KeepPlace(
            number=scene.context.fresh_number,
            target=self._target(scene.state),
            language=scene.state.language,
            chosen=chosen,
        )
        return Stop((*scene.say("queue.kept"), *scene.say("common.goodbye")), (effect,))

    def _message(self, scene: Scene) -> Go:
        return Go(self.unanswered, effects=(LeaveQueue("message"),))

    def _may_wait_on(self, found: PersonFound) -> bool:
        return not found.nobody and found.patience > PATIENCE

    # --- who

    def _found(self, scene: Scene) -> PersonFound | None:
        found = scene.context.found.get(PersonLookup(self._target(scene.state), self.ring))
        return found if isinstance(found, PersonFound) else None

    def _target(self, state: State) -> str:
        if self.department:
            return f"department:{self.department}"
        if self.skill:
            return f"skill:{state.language if self.skill == 'language' else self.skill}"
        if self.person:
            return f"staff:{self.person}"
        return "desk" if self.duty == "officers" else "mediators"


def _is_coming(scene: Scene, found: PersonFound, given: Input) -> bool:
    """Whether the call is about to be interrupted for somebody who has taken the caller.

    A step that rings them by itself in that very moment would be torn up by the interruption.
    """
    since = found.claimed_at
    if since is None or isinstance(given, Resumed):
        return False
    return scene.context.now - since < RESUMPTION


def _tongue(scene: Scene, callees: Sequence[Callee]) -> str:
    """The language that all who are rung have in common, else the hotline's own."""
    tongues = {callee.language for callee in callees}
    known = tongues & set(scene.library.directory.languages)
    return next(iter(known)) if len(tongues) == len(known) == 1 else scene.library.default_language


def _with(outcome: Outcome, effects: tuple[Effect, ...]) -> Outcome:
    """An outcome with effects that come before its own."""
    if isinstance(outcome, NotValid):
        return outcome
    return replace(outcome, effects=(*effects, *outcome.effects))
