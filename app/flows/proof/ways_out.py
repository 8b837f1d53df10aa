"""Whether every place has its ways out: by silence, wrong keys, unknown words, 0, or at all."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.flows.library import FlowLibrary
from app.flows.proof.exploration import Place, Turn, Walk
from app.flows.proof.violations import Violation, way_to

MOST_TURNS = 8
_Turns = Mapping[Place, list[Turn]]


@dataclass(frozen=True, slots=True)
class _Failing:
    """Callers who only fail, in words and kinds of turns, and whether ringing a person helps."""

    words: str
    kinds: frozenset[str]
    person_helps: bool = True


_FAILING = (
    _Failing("only stays silent", frozenset({"silence"})),
    _Failing("only presses keys that mean nothing", frozenset({"wrong"})),
    _Failing("only says words that are not understood", frozenset({"unknown"})),
    _Failing("only presses 0", frozenset({"zero"})),
    _Failing(
        "stays silent while nobody answers",
        frozenset({"silence", "unanswered"}),
        person_helps=False,
    ),
)


def judge_ways_out(walk: Walk, library: FlowLibrary) -> Iterator[Violation]:
    """All violations of `unreachable`, `trapped`, `too-far` and `no-exit`."""
    yield from _unreachable(walk, library)
    for failing in _FAILING:
        yield from _trapped(walk, failing)
    yield from _too_deep(walk)
    yield from _too_far(walk)


def _unreachable(walk: Walk, library: FlowLibrary) -> Iterator[Violation]:
    reached = {node for turn in walk.turns for node in turn.trail}
    for address in library.nodes:
        if address not in reached:
            yield Violation(
                "unreachable",
                address,
                f"No call comes to node `{address}`, whatever happens.",
                "What leads to it never holds; mend that, or remove it.",
            )


def _leaving(walk: Walk, kinds: frozenset[str]) -> dict[Place, list[Turn]]:
    """The turns of some kinds by the place they leave."""
    leaving: dict[Place, list[Turn]] = defaultdict(list)
    for turn in walk.turns:
        if turn.source is not None and turn.kind in kinds:
            leaving[turn.source].append(turn)
    return leaving


def _trapped(walk: Walk, failing: _Failing) -> Iterator[Violation]:
    """Places from which failing, again and again, leads nowhere, or not in time."""
    leaving = _without_waiting(walk, _leaving(walk, failing.kinds))
    if failing.person_helps:
        for place in walk.with_person:
            leaving.pop(place, None)
    distances = _longest(walk, leaving)
    told: set[str] = set()
    for place in walk.ways:  # in the order of their distance from the beginning
        turns = leaving.get(place)
        if not turns or place.node in told:
            continue
        if place not in distances:
            circle = _circle(place, leaving, distances)
            if place not in [turn.source for turn in circle]:
                continue  # it is told at the place where the circle is
            told |= {turn.source.node for turn in circle if turn.source}
            sentence = f"Whoever {failing.words} at `{place.node}` goes round in a circle for ever."
        elif distances[place] > MOST_TURNS:
            circle = turns[:1]
            told.add(place.node)
            wait = f"{distances[place]} turns for a person or the end"
            sentence = f"Whoever {failing.words} at `{place.node}` waits {wait}."
        else:
            continue
        yield Violation("trapped", place.node, sentence, way_to(walk, place, *circle))


def _without_waiting(walk: Walk, leaving: _Turns) -> dict[Place, list[Turn]]:
    """The turns without those that only go on waiting for others whose answer leads out."""
    kept: dict[Place, list[Turn]] = {}
    for place, turns in leaving.items():
        if place in walk.waits_for_others:
            out = [turn for turn in turns if not _waits_on(walk, turn)]
            kept[place] = out or turns
        else:
            kept[place] = turns
    return kept


def _waits_on(walk: Walk, turn: Turn) -> bool:
    """Whether a call that waited for others goes on waiting for them at the same node."""
    return turn.target in walk.waits_for_others and len(turn.trail) == 1


def _longest(walk: Walk, leaving: _Turns) -> dict[Place, int]:
    """The turns it takes at worst from each place; places of endless circles are left out.

    A place that no such turn leaves is no trap: everything there is an answer.
    """
    waiting_for: dict[Place, int] = {}
    before: dict[Place, list[Place]] = defaultdict(list)
    distances: dict[Place, int] = {}
    ready: deque[Place] = deque()
    for place in walk.ways:
        targets = {turn.target for turn in leaving.get(place, ()) if turn.target is not None}
        waiting_for[place] = len(targets)
        for target in targets:
            before[target].append(place)
        if not targets:
            distances[place] = int(place in leaving)
            ready.append(place)
    while ready:
        done = ready.popleft()
        for place in before[done]:
            distances[place] = max(distances.get(place, 0), distances[done] + 1)
            waiting_for[place] -= 1
            if not waiting_for[place]:
                ready.append(place)
    return {place: turns for place, turns in distances.items() if not waiting_for[place]}


def _circle(start: Place, leaving: _Turns, solved: Mapping[Place, int]) -> list[Turn]:
    """The turns of an endless circle that is entered from a place."""
    turns: list[Turn] = []
    seen: dict[Place, int] = {}
    place = start
    while place not in seen:
        seen[place] = len(turns)
        turn = next(turn for turn in leaving[place] if turn.target and turn.target not in solved)
        turns.append(turn)
        assert turn.target is not None
        place = turn.target
    return turns[seen[place] :]


def _too_deep(walk: Walk) -> Iterator[Violation]:
    depths: dict[Place | None, int] = {None: -1}
    told: set[str] = set()
    for place, turn in walk.ways.items():
        depths[place] = depths[turn.source] + 1
        told_already = place.node in told
        told.add(place.node)
        if depths[place] > MOST_TURNS and not told_already:
            sentence = f"Node `{place.node}` is reached only after {depths[place]} turns."
            yield Violation("too-far", place.node, sentence, way_to(walk, place))


def _too_far(walk: Walk) -> Iterator[Violation]:
    distances = _shortest(walk)
    told: set[str] = set()
    for place in walk.ways:
        turns = distances.get(place.fresh if place not in distances else place)
        if place.node in told or (turns is not None and turns <= MOST_TURNS):
            continue
        told.add(place.node)
        if turns is None:
            sentence = f"From `{place.node}` no call ever comes to a person or to its end."
            yield Violation("no-exit", place.node, sentence, way_to(walk, place))
        else:
            sentence = f"From `{place.node}` a person or the end is {turns} turns away."
            yield Violation("too-far", place.node, sentence, way_to(walk, place))


def _shortest(walk: Walk) -> dict[Place, int]:
    """The fewest turns from each place to a person or to the end of the call."""
    before: dict[Place | None, list[Place]] = defaultdict(list)
    for turn in walk.turns:
        if turn.source is not None:
            before[turn.target].append(turn.source)
    distances = dict.fromkeys(walk.with_person, 0)
    for place in before[None]:
        distances.setdefault(place, 1)
    ready = deque(sorted(distances, key=lambda place: distances[place]))
    while ready:
        done = ready.popleft()
        for place in before[done]:
            if place not in distances:
                distances[place] = distances[done] + 1
                ready.append(place)
    return distances
