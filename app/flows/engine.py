"""The pure step: (library, state, input, context) to (state, directives, effects).

The rules that hold at every node stand here and nowhere else: 0 leads to a person, 9 to the
emergency desk, `*` repeats; silence and wrong keys are forgiven and then lead to a person. Whoever
has taken a caller's emergency may bring them to the emergency desk from wherever they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from app.flows import alarm
from app.flows.alarm import EMERGENCY_KEY
from app.flows.context import Context, Lookup
from app.flows.directives import WAITING, Directive, HangUp
from app.flows.effects import Effect, NotUnderstood
from app.flows.inputs import (
    OFFICER_WAITS,
    Input,
    Pressed,
    Resumed,
    Silent,
    Spoke,
    Started,
)
from app.flows.library import FlowLibrary
from app.flows.node import Go, NotValid, Outcome, Stop, Wait
from app.flows.scene import Scene
from app.flows.state import FLOOR_OPEN, State
from app.flows.words import only_says, spoken_key

MOST_SILENCES = 2
MOST_WRONGS = 3
LONGEST_CHAIN = 64

PERSON_KEY = "0"
REPEAT_KEY = "*"

Rule = Literal["", "person", "emergency", "repeat", "silence", "wrong", "alarm"]
RULE_OF_KEY: Mapping[str, Rule] = {
    PERSON_KEY: "person",
    EMERGENCY_KEY: "emergency",
    REPEAT_KEY: "repeat",
}


@dataclass(frozen=True, slots=True)
class Step:
    """The result of a step. `trail` lists the nodes that were visited, the last one included.

    `rule` is the one that holds everywhere and took the input, empty when the node itself did.
    `wanted` is what the node that was come to would have liked looked up: whoever can, looks it up
    and takes the same step again.
    """

    state: State
    directives: tuple[Directive, ...]
    effects: tuple[Effect, ...]
    trail: tuple[str, ...]
    rule: Rule = ""
    wanted: tuple[Lookup, ...] = ()


def begin(
    library: FlowLibrary,
    entry: str,
    language: str = "",
    variables: Mapping[str, str] | None = None,
) -> State:
    """The state of a call before its first step; `entry` is a name of `entries`."""
    return State(
        node=getattr(library.directory.entries, entry),
        language=language if language in library.directory.languages else library.default_language,
        variables=dict(variables or {}),
    )


def lookups(library: FlowLibrary, state: State, given: Input) -> tuple[Lookup, ...]:
    """What must be looked up before the step is taken."""
    if state.ended or not library.has_node(state.node):
        return ()
    if alarm.is_asked(state):
        state, given = alarm.undone(state), alarm.meant(state)
    return library.node(state.node).lookups(state, given)


def step(library: FlowLibrary, state: State, given: Input, context: Context) -> Step:
    """Take one step. Pure: the same arguments always give the same result."""
    if state.ended:
        return Step(state, (HangUp(),), (), (state.node,))
    scene = Scene(library, state, context)
    outcome, scene, rule = _respond(scene, given)
    return _follow(scene, outcome, rule)


def _respond(scene: Scene, given: Input) -> tuple[Outcome, Scene, Rule]:
    """What this node, or a rule that holds everywhere, makes of the input."""
    node = scene.library.node(scene.state.node)
    if isinstance(given, Started) and not scene.state.phase:
        return node.start(scene, given), scene, ""
    if given == Resumed(OFFICER_WAITS):
        emergency = scene.library.directory.entries.emergency
        met = Go(emergency, variables={FLOOR_OPEN: "yes"}, effects=node.leaving(scene))
        return met, scene, "emergency"
    if alarm.is_asked(scene.state):
        return _after_alarm(scene, given)
    if isinstance(given, Silent) or _only_greets(scene, given):
        return _silence(scene)
    if isinstance(given, Spoke) and _is_doubtful_alarm(scene, given.words):
        return alarm.ask(scene, given.words), scene, "alarm"
    key = _universal_key(scene, given)
    universal = _universal(scene, key)
    if universal is not None:
        return universal, scene, RULE_OF_KEY[key]
    return _received(scene, given)


def _received(scene: Scene, given: Input) -> tuple[Outcome, Scene, Rule]:
    outcome = scene.library.node(scene.state.node).receive(scene, given)
    if isinstance(outcome, NotValid):
        if isinstance(given, Resumed):  # for somewhere that the call has left by itself meanwhile
            return scene.library.node(scene.state.node).again(scene), scene, "repeat"
        return *_not_valid(scene, given, outcome.prompt), "wrong"
    return outcome, _forgiven(scene), ""


def _only_greets(scene: Scene, given: Input) -> bool:
    """Whether the caller has only said hello: into the greeting, as people do, or to be heard."""
    return isinstance(given, Spoke) and only_says(given.words, scene.locale.greetings)


def _is_doubtful_alarm(scene: Scene, words: str) -> bool:
    if _owns_answers(scene):
        return False
    return alarm.is_alarm(words, scene.locale) and alarm.is_doubtful(words, scene.locale)


def _after_alarm(scene: Scene, given: Input) -> tuple[Outcome, Scene, Rule]:
    """It is an emergency; or else the caller goes on with what they had said."""
    before = scene.at(alarm.undone(scene.state))
    if alarm.confirms(given, scene.locale):
        return _universal(before, EMERGENCY_KEY) or NotValid(), before, "emergency"
    said = alarm.meant(scene.state)
    if given == Pressed(REPEAT_KEY):
        return alarm.ask(before, said.words), before, "repeat"
    if given == Pressed(PERSON_KEY):
        person = _universal(before, PERSON_KEY)
        if person is not None:
            return person, before, "person"
    return _received(before, said)


def _universal_key(scene: Scene, given: Input) -> str:
    """The key that was pressed or said, if it may mean the same everywhere."""
    if _owns_answers(scene):
        return ""
    if isinstance(given, Pressed):
        return given.digits
    if isinstance(given, Spoke):
        if alarm.is_alarm(given.words, scene.locale):
            return EMERGENCY_KEY
        return spoken_key(given.words, scene.locale)
    return ""


def _owns_answers(scene: Scene) -> bool:
    """Whether no key and no word means the same here as everywhere."""
    if scene.library.is_for_staff(scene.state.node):
        return True
    return scene.library.node(scene.state.node).owns_answers(scene.state)


def _universal(scene: Scene, key: str) -> Outcome | None:
    """What the keys that mean the same everywhere lead to; None for another key."""
    node = scene.library.node(scene.state.node)
    entries = scene.library.directory.entries
    if key == PERSON_KEY and node.leads_to_person:
        return Go(entries.person, effects=node.leaving(scene))
    if key == EMERGENCY_KEY:
        return Go(entries.emergency, effects=node.leaving(scene))
    if key == REPEAT_KEY:
        return node.again(scene)
    return None


def _silence(scene: Scene) -> tuple[Outcome, Scene, Rule]:
    node = scene.library.node(scene.state.node)
    own = node.receive(scene, Silent()) if node.minds_silence(scene.state) else None
    if own is not None:
        return own, _forgiven(scene), ""
    counted = scene.state.failing(scene.state.silences + 1, scene.state.wrongs)
    scene = scene.at(counted)
    if counted.silences >= MOST_SILENCES:
        return node.on_silence(scene) or _to_person(scene), scene, "silence"
    return _preceded(scene, "common.silence", node.again(scene)), scene, "silence"


def _not_valid(scene: Scene, given: Input, why: str) -> tuple[Outcome, Scene]:
    node = scene.library.node(scene.state.node)
    counted = scene.state.failing(0, scene.state.wrongs + 1)
    scene = scene.at(counted)
    effects: tuple[Effect, ...] = ()
    prompt = "common.wrong_key"
    if isinstance(given, Spoke):
        prompt = "common.not_understood"
        effects = (NotUnderstood(counted.node, given.words),)
    if counted.wrongs >= MOST_WRONGS:
        outcome = node.on_silence(scene) or _to_person(scene)
    else:
        outcome = _preceded(scene, why or prompt, node.again(scene))
    return (_with_effects(outcome, effects) if effects else outcome), scene


def _to_person(scene: Scene) -> Go:
    node = scene.library.node(scene.state.node)
    return Go(
        scene.library.directory.entries.person,
        directives=scene.say("common.to_person"),
        effects=node.leaving(scene),
    )


def _forgiven(scene: Scene) -> Scene:
    if not scene.state.silences and not scene.state.wrongs:
        return scene
    return scene.at(scene.state.failing(0, 0))


def _preceded(scene: Scene, prompt: str, outcome: Outcome) -> Outcome:
    if isinstance(outcome, Wait | Go | Stop):
        return replace(outcome, directives=scene.say(prompt) + outcome.directives)
    return outcome


def _with_effects(outcome: Outcome, effects: tuple[Effect, ...]) -> Outcome:
    if isinstance(outcome, Wait | Go | Stop):
        return replace(outcome, effects=effects + outcome.effects)
    return outcome


def _follow(scene: Scene, outcome: Outcome, rule: Rule) -> Step:
    """Go on from node to node until one waits or the call ends."""
    directives: list[Directive] = []
    effects: list[Effect] = []
    trail = [scene.state.node]
    while isinstance(outcome, Go) and len(trail) <= LONGEST_CHAIN:
        directives += outcome.directives
        effects += outcome.effects
        state = scene.state.at(
            outcome.to, outcome.language, {**scene.state.variables, **outcome.variables}
        )
        scene = scene.at(state)
        trail.append(state.node)
        outcome = scene.library.node(state.node).enter(scene)
    if isinstance(outcome, Wait):
        directives += outcome.directives
        effects += outcome.effects
        state = scene.state.waiting(outcome.phase, outcome.variables)
        if directives and isinstance(directives[-1], WAITING):
            wanted = _wanted(scene) if len(trail) > 1 else ()
            return Step(state, tuple(directives), tuple(effects), tuple(trail), rule, wanted)
        raise RuntimeError(f"node {state.node} waits without asking for anything")
    if isinstance(outcome, Stop):
        directives += outcome.directives
        effects += outcome.effects
    else:  # a chain that never waits: `flows check` refuses it, a caller hears a goodbye
        directives += scene.say("common.goodbye")
    if not directives or not isinstance(directives[-1], HangUp):
        directives.append(HangUp())
    ended = replace(scene.state, ended=True)
    return Step(ended, tuple(directives), tuple(effects), tuple(trail), rule)


def _wanted(scene: Scene) -> tuple[Lookup, ...]:
    """What the node that was come to lacks."""
    wishes = scene.library.node(scene.state.node).lookups_on_arrival(scene.state)
    return tuple(wish for wish in wishes if wish not in scene.context.found)
