"""`hearing`: a member of a phone hearing waits, listens, answers the roll, speaks.

Members listen in a conference, muted. A muted telephone's keys reach nobody there, so `*` takes its
leg out of the conference to a menu of its own (decision 015); interruptions by REST do the same.
Whatever brings a leg back to its flow, it looks how the hearing stands and does what is due.
"""

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from app.flows.context import Lookup
from app.flows.directives import Directive, JoinConference, Say, Utterance
from app.flows.effects import Effect
from app.flows.hearing import (
    AnswerRoll,
    AskToSpeak,
    ConductHearing,
    HearingDoor,
    HearingFound,
    HearingLookup,
    LeaveHearing,
    YieldFloor,
)
from app.flows.inputs import DialEnded, Input, Pressed, Resumed
from app.flows.node import Go, Node, Outcome, Stop, Wait
from app.flows.references import NodeRef, PromptRef
from app.flows.scene import Scene
from app.flows.state import State

HERE_KEY = OPEN_KEY = "1"
SPEAKING = ("floor", "ending")  # phases of whoever has the floor
VOTE_KEY, SPEAK_KEY, AGENDA_KEY = "4", "5", "6"
WAITING_SECONDS = 7
ROLL_SECONDS = 6
MENU_SECONDS = 6
WARNING = timedelta(seconds=20)  # before the end of a speaker's time
SHORTEST = timedelta(seconds=1)
LONGEST_HEARING = 14_400  # seconds


class HearingNode(Node):
    """Attend a phone hearing: wait, listen, answer the roll, ask to speak, speak.

    Calls come here from a `hearing_notice`, by which they have agreed to be recorded. `vote` is
    where members vote, `moderate` the keypad of the moderator.

    ```yaml
    attend:
      hearing: {vote: ballot, moderate: desk}
    ```
    """

    key: ClassVar[str] = "hearing"
    leads_to_person: ClassVar[bool] = False

    vote: NodeRef
    moderate: NodeRef
    over: PromptRef = PromptRef("hearing.over")
    waiting: PromptRef = PromptRef("hearing.waiting")
    open_key: PromptRef = PromptRef("hearing.open_key")
    listening: PromptRef = PromptRef("hearing.listening")
    observing: PromptRef = PromptRef("hearing.observing")
    moderating: PromptRef = PromptRef("hearing.moderating")
    back: PromptRef = PromptRef("hearing.back")
    roll: PromptRef = PromptRef("hearing.roll")
    roll_answered: PromptRef = PromptRef("hearing.roll_answered")
    floor: PromptRef = PromptRef("hearing.floor")
    floor_ending: PromptRef = PromptRef("hearing.floor_ending")
    floor_over: PromptRef = PromptRef("hearing.floor_over")
    speak_key: PromptRef = PromptRef("hearing.speak_key")
    asked_key: PromptRef = PromptRef("hearing.asked_key")
    vote_key: PromptRef = PromptRef("hearing.vote_key")
    vote_open: PromptRef = PromptRef("hearing.vote_open")
    agenda_key: PromptRef = PromptRef("hearing.agenda_key")
    back_key: PromptRef = PromptRef("hearing.back_key")
    asked: PromptRef = PromptRef("hearing.asked")
    not_asked: PromptRef = PromptRef("hearing.not_asked")
    agenda: PromptRef = PromptRef("hearing.agenda")
    no_agenda: PromptRef = PromptRef("hearing.no_agenda")
    announcement: PromptRef = PromptRef("hearing.announcement")
    tally: PromptRef = PromptRef("hearing.tally")
    votes: PromptRef = PromptRef("hearing.votes")

    def enter(self, scene: Scene) -> Outcome:
        """Go where the hearing needs its member."""
        return self._place(scene, hearing_found(scene))

    def again(self, scene: Scene) -> Outcome:
        """Ask the present question again."""
        found = hearing_found(scene)
        if scene.state.phase == "menu" and found is not None and found.state == "open":
            return self._menu(scene, found)
        return self.enter(scene)

    def receive(self, scene: Scene, given: Input) -> Outcome:
        """Answer the roll, choose from the menu; all else is a look at what is due."""
        keys = given.digits if isinstance(given, Pressed) else ""
        found = hearing_found(scene)
        match scene.state.phase:
            case "wait" if keys == HERE_KEY and found is not None and found.roll:
                return self._answered_roll(scene, found)
            case "wait" if keys == OPEN_KEY and found is not None and _may_open(found):
                return replace(self._wait(scene, found), effects=(ConductHearing("open"),))
            case "menu" if keys and found is not None and found.state == "open":
                return self._chosen(scene, found, keys)
            case "room" | "floor" | "ending" if isinstance(given, DialEnded):
                return self._left_room(scene, found, given)
        if found is not None and found.vote is not None and not isinstance(given, Resumed):
            # Who was not interrupted by the vote is told how to come to it.
            return self._place(scene, replace(found, vote=None), *scene.say(self.vote_open))
        if found is not None and scene.state.phase in SPEAKING and found.floor_until is None:
            # The moderator has taken the floor back.
            return self._place(scene, found, *scene.say(self.floor_over))
        return self._place(scene, found)

    def lookups(self, state: State, given: Input) -> tuple[Lookup, ...]:
        """How the hearing stands, at every step."""
        return (lookup_of(state, given),)

    def minds_silence(self, state: State) -> bool:
        """Members may be silent: they wait, or go back to listening."""
        return True

    def leaving(self, scene: Scene) -> tuple[Effect, ...]:
        """Who goes to the emergency desk leaves the hearing."""
        return (LeaveHearing(),)

    # --- where a member belongs now

    def _place(
        self, scene: Scene, found: HearingFound | None, *said: Directive
    ) -> Wait | Go | Stop:
        """The roll, a vote, the waiting loop or the conference: what is due at this moment."""
        if scene.context.degraded:
            return self._without_database(scene)
        if found is None or found.state == "closed":
            return Stop((*said, *scene.say(self.over)))
        said += self._news(scene, found)
        if found.roll:
            spoken = scene.written(found.member) + scene.prompt(self.roll)
            return Wait((*said, scene.gather(spoken, timeout=ROLL_SECONDS)), phase="wait")
        if found.vote is not None and found.vote.id != scene.variable("vote"):
            return Go(self.vote, said, variables={"vote": found.vote.id})
        if found.state == "calling":
            return self._wait(scene, found, *said)
        return self._join(scene, found, said)

    def _news(self, scene: Scene, found: HearingFound) -> tuple[Directive, ...]:
        """What everybody is told, each in their own language."""
        spoken: tuple[Utterance, ...] = ()
        if found.announcement:
            spoken += scene.prompt(self.announcement) + scene.written(found.announcement)
        if found.tally is not None:
            spoken += scene.prompt(self.tally) + scene.written(found.tally.question)
            for option in found.tally.options:
                told = {"count": str(option.votes)}
                spoken += scene.written(option.label) + scene.prompt(self.votes, told)
        return (Say(spoken),) if spoken else ()

    def _wait(self, scene: Scene, found: HearingFound, *said: Directive) -> Wait:
        spoken = scene.prompt(self.waiting)
        if _may_open(found):
            told = {"count": str(found.present), "needed": str(found.needed)}
            spoken += scene.prompt(self.open_key, told)
        gather = scene.gather(spoken, timeout=WAITING_SECONDS)
        return Wait((*said, gather), phase="wait")

    def _without_database(self, scene: Scene) -> Wait:
        """Nobody is thrown out for want of a database: who was listening goes on listening."""
        joining = _listening(scene, scene.variable("conference"))
        return Wait((*scene.say(self.back), joining), phase="room")

    # --- the conference

    def _join(self, scene: Scene, found: HearingFound, said: tuple[Directive, ...]) -> Wait:
        if found.floor_until is not None:
            return self._speak(scene, found, said)
        joining = _listening(scene, found.conference)
        if found.role == "moderator":
            joining = replace(joining, muted=False)
        said += scene.say(self._greeting(scene, found))
        return Wait((*said, joining), phase="room")

    def _greeting(self, scene: Scene, found: HearingFound) -> PromptRef:
        if found.role == "moderator":
            return self.moderating
        if scene.state.phase not in ("", "wait"):
            return self.back
        return self.observing if found.role == "observer" else self.listening

    def _speak(self, scene: Scene, found: HearingFound, said: tuple[Directive, ...]) -> Wait:
        """Let a member speak: until the warning, then until the end of their time.

        The limit is the network's own: the floor returns also when nobody of ours is alive.
        """
        assert found.floor_until is not None
        left = found.floor_until - scene.context.now
        if left < SHORTEST:
            return self._fall_silent(scene, found)
        warned = left <= WARNING + SHORTEST
        until = left if warned else left - WARNING
        prompt = self.floor_ending if warned else self.floor
        seconds = round(left.total_seconds())
        told = seconds if seconds < 10 else round(seconds, -1)  # nobody is told that they have 183
        said += scene.say(prompt, {"count": str(told)})
        speaking = _listening(scene, found.conference, limit=round(until.total_seconds()))
        directives = (*said, replace(speaking, muted=False))
        return Wait(directives, phase="ending" if warned else "floor")

    def _left_room(
        self, scene: Scene, found: HearingFound | None, given: DialEnded
    ) -> Wait | Go | Stop:
        """`*` was pressed, or a speaker's time has come to its warning or its end."""
        if found is None or found.state != "open" or scene.context.degraded:
            return self._place(scene, found)
        if given.status == "failed":
            # One that could not be let in must not try again in the same breath.
            return self._wait(scene, found)
        if found.role == "moderator":
            return Go(self.moderate)
        if found.floor_until is None:
            return self._menu(scene, found)
        left = found.floor_until - scene.context.now
        if scene.state.phase == "floor" and left <= WARNING + SHORTEST:
            return self._speak(scene, found, ())
        return self._fall_silent(scene, found)

    def _fall_silent(self, scene: Scene, found: HearingFound) -> Wait:
        quiet = replace(found, floor_until=None)
        joined = self._join(scene, quiet, scene.say(self.floor_over))
        return replace(joined, effects=(YieldFloor(),))

    # --- the roll and the menu

    def _answered_roll(self, scene: Scene, found: HearingFound) -> Outcome:
        answered = replace(found, roll=0)
        placed = self._place(scene, answered, *scene.say(self.roll_answered))
        return replace(placed, effects=(AnswerRoll(found.roll),))

    def _menu(self, scene: Scene, found: HearingFound) -> Wait:
        spoken: tuple[Utterance, ...] = ()
        if found.role == "representative":
            told = {"count": str(found.asked)}
            spoken += scene.prompt(self.asked_key if found.asked else self.speak_key, told)
        if found.vote is not None:
            spoken += scene.prompt(self.vote_key)
        spoken += scene.prompt(self.agenda_key) + scene.prompt(self.back_key)
        return Wait((scene.gather(spoken, timeout=MENU_SECONDS),), phase="menu")

    def _chosen(self, scene: Scene, found: HearingFound, keys: str) -> Wait | Go | Stop:
        """Any key that means nothing leads back to the hearing, as `#` does."""
        if keys == AGENDA_KEY:
            return self._place(scene, found, Say(self._agenda_of(scene, found)))
        if keys == VOTE_KEY and found.vote is not None:
            return Go(self.vote, variables={"vote": found.vote.id})
        if keys != SPEAK_KEY or found.role != "representative":
            return self._place(scene, found)
        wants = not found.asked
        prompt = self.asked if wants else self.not_asked
        placed = self._place(scene, found, *scene.say(prompt))
        return replace(placed, effects=(AskToSpeak(wants),))

    def _agenda_of(self, scene: Scene, found: HearingFound) -> tuple[Utterance, ...]:
        if not found.item:
            return scene.prompt(self.no_agenda)
        return scene.prompt(self.agenda) + scene.written(found.item)


def lookup_of(state: State, given: Input) -> HearingLookup:
    """The look that a call in a hearing takes at every step, at the news that interrupted it."""
    news = given.reason if isinstance(given, Resumed) else ""
    return HearingLookup(state.variables.get("hearing", ""), news)


def hearing_found(scene: Scene) -> HearingFound | None:
    """How the hearing stands for this call, by whichever look found it."""
    for found in scene.context.found.values():
        if isinstance(found, HearingFound):
            return found
        if isinstance(found, HearingDoor):
            return found.found
    return None


def _may_open(found: HearingFound) -> bool:
    return found.role == "moderator" and found.state == "calling"


def _listening(scene: Scene, conference: str, limit: int = LONGEST_HEARING) -> JoinConference:
    """The conference for a telephone that listens; `*` brings it back, and it is recorded."""
    return JoinConference(
        name=conference,
        label=f"leg-{scene.context.call_sid[-10:]}",
        opens=True,
        closes=False,
        limit=limit,
        muted=True,
        steps_out=True,
        recorded=True,
    )
