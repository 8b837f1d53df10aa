"""The walk: the engine itself is stepped from every entry through every situation and input.

A call's state is looked at from far enough to be finite (`Place`): where it is, its language, its
failures, and of its variables those a branch compares or the node counts by, and how many words
those hold that were set since the call came to this node. The first call that comes to a place
stands for all others.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice, product

from app.flows import engine
from app.flows.context import Articles, Lookup
from app.flows.directives import Dial, Directive, JoinConference
from app.flows.inputs import Spoke
from app.flows.library import FlowLibrary
from app.flows.nodes.branch import BranchNode
from app.flows.nodes.connect import ConnectNode
from app.flows.proof.moves import Move, moves, starts
from app.flows.proof.situations import (
    CALLERS,
    Situation,
    TwoSearches,
    World,
    answers,
    arrivals,
    is_told_whatever,
    times,
)
from app.flows.state import State

MOST_VISITS = 130_000  # of nodes, by all steps together: what a walk costs
_OTHER = "another value"
_UNFORGIVING = ("wrong", "repeat", "alarm")  # rules of the engine that leave failures counted


@dataclass(frozen=True, slots=True)
class Place:
    """A state of a call, seen from afar. `caller` is empty where callers need not be told apart."""

    node: str
    phase: str
    language: str
    silences: int
    wrongs: int
    caller: str
    kept: tuple[tuple[str, str], ...]

    @property
    def fresh(self) -> "Place":
        """The same place before any failure."""
        return Place(self.node, self.phase, self.language, 0, 0, self.caller, self.kept)


@dataclass(frozen=True, slots=True)
class Turn:
    """One step: from a place (None: the call begins) to another (None: the call ends).

    `kind` says what was no choice of the caller: `silence`, `zero`, `wrong` (a key), `unknown`
    (words), `unanswered` (nobody comes to the telephone); otherwise it is empty.
    """

    source: Place | None
    target: Place | None
    kind: str
    words: str
    directives: tuple[Directive, ...]
    trail: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that broke off, and the way to it."""

    node: str
    source: Place | None
    words: str
    reason: str


@dataclass
class Walk:
    """All that was found: the turns, the first way to each place, what failed or went round."""

    turns: list[Turn] = field(default_factory=list)
    ways: dict[Place, Turn] = field(default_factory=dict)
    with_person: set[Place] = field(default_factory=set)  # rung, queued, or on a floor with others
    waits_for_others: set[Place] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    circles: dict[str, Turn] = field(default_factory=dict)  # steps that only went round at a node
    is_whole: bool = True

    def path(self, place: Place | None) -> list[Turn]:
        """The shortest way from the beginning of a call to a place."""
        turns: list[Turn] = []
        while place is not None:
            turn = self.ways[place]
            turns.append(turn)
            place = turn.source
        return turns[::-1]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A call that waits at a place: what stands for all calls there."""

    place: Place
    state: State
    since: Mapping[str, str]  # the variables as they were when the call came to this node
    directive: Directive


def explore(library: FlowLibrary, articles: Articles) -> Walk:
    """Walk through everything that can happen, each place once. Pure and repeatable."""
    return _Explorer(library, articles).walk()


class _Explorer:
    def __init__(self, library: FlowLibrary, articles: Articles) -> None:
        self._library = library
        self._world = World(TwoSearches(articles), times(library.directory), tuple(CALLERS))
        self._compared = _compared(library)
        self._counters = {name for node in library.nodes.values() for name in node.counters}
        self._category = library.directory.message_category
        self._result = Walk()
        self._queue: deque[_Waiting] = deque()
        self._counting: dict[Place, dict[tuple[type, str], tuple[int, Move]]] = {}  # see `_moves`
        self._known: dict[Lookup, list[tuple[object, str]]] = {}  # what each lookup may bring
        self._looked_up: set[Place] = set()  # where everything that lookups may bring was tried
        self._known_on_arrival: dict[tuple[Lookup, datetime], list[tuple[object, str]]] = {}
        self._arrived: set[tuple[str, ...]] = set()
        self._visits = 0

    def walk(self) -> Walk:
        for entry, address in self._library.directory.entries.model_dump().items():
            if address and entry not in ("person", "emergency"):
                self._begin(entry)
        while self._queue and self._result.is_whole:
            self._leave(self._queue.popleft())
        return self._result

    def _begin(self, entry: str) -> None:
        by_us = entry not in ("inbound", "banned", "challenge")
        variables = _variables(self._library) if by_us else {}
        for language in self._library.directory.languages:
            state = engine.begin(self._library, entry, language, variables)
            for caller in self._callers():
                for move in starts(entry):
                    self._try(None, state, state.variables, move, caller)

    def _callers(self) -> tuple[str, ...]:
        """Callers are told apart all along when a branch asks for them, else where it matters."""
        branches = (node for node in self._library.nodes.values() if isinstance(node, BranchNode))
        asked = any(case.when.caller for node in branches for case in node.cases)
        return tuple(CALLERS) if asked else ("",)

    def _leave(self, waiting: _Waiting) -> None:
        place = waiting.place
        for move in self._moves(waiting):
            taken = self._try(place, waiting.state, waiting.since, move, place.caller)
            if place == place.fresh:
                self._count(place, move, taken)

    def _count(self, place: Place, move: Move, taken: Counter[str]) -> None:
        """Keep the move of its kind that in most situations does not make failures forgiven."""
        counting = self._counting.setdefault(place, {})
        for rule in _UNFORGIVING:
            kind = type(move.given), rule
            if taken[rule] > counting.get(kind, (0, move))[0]:
                counting[kind] = taken[rule], move

    def _moves(self, waiting: _Waiting) -> Iterator[Move]:
        """All moves at a fresh place; after a failure one of each kind that goes on from it.

        The engine counts failures and nothing else looks at the count: what was understood before
        a failure is understood after it, and forgives it.
        """
        every = moves(self._library, waiting.state, waiting.directive)
        counting = self._counting.get(waiting.place.fresh)
        if waiting.place == waiting.place.fresh or counting is None:
            yield from every
            return
        kept = [move for _, move in counting.values()]
        yield from (move for move in every if move.kind or move in kept)

    def _try(
        self,
        source: Place | None,
        state: State,
        since: Mapping[str, str],
        move: Move,
        caller: str,
    ) -> Counter[str]:
        """Take one move in every situation that matters; counts the engine's rules that took it."""
        usual = self._world.usual(caller)
        others = self._answers(source, state, move, usual)
        waiting = [next(others)]
        tried: set[tuple[object, ...]] = set()
        taken = Counter[str]()
        while waiting and self._result.is_whole:
            situation = waiting.pop(0)
            mark = situation.mark
            if mark in tried:
                continue
            tried.add(mark)
            context = self._world.context(situation)
            unusual = situation.words(usual) if situation is not usual else ""
            words = f"{move.words}, {unusual}" if unusual else move.words
            try:
                step = engine.step(self._library, state, move.given, context)
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                self._result.failures.append(Failure(state.node, source, words, reason))
                self._visited(engine.LONGEST_CHAIN)
                continue
            if step.wanted:
                tried.discard(mark)  # the usual answer leaves the situation the usual one
                waiting = [*self._arriving(situation, step, caller), *waiting]
                continue
            self._visited(len(step.trail))
            told = Move(move.given, words, _kind(move, failure=step.rule == "wrong"))
            self._note(source, since, told, step, caller)
            taken[step.rule] += 1
            waiting += self._world.varied(situation, context.read, fixed=bool(caller))
            if "found" in context.read:
                waiting += others
        return taken

    def _visited(self, nodes: int) -> None:
        self._visits += nodes
        self._result.is_whole = self._visits <= MOST_VISITS

    def _answers(
        self, source: Place | None, state: State, move: Move, usual: Situation
    ) -> Iterator[Situation]:
        """The situations that differ in what the step's lookups bring.

        What is told whatever the caller does is tried with the first move from a place, and with
        callers who fail: whether they get out is asked of them alone.
        """
        lookups = engine.lookups(self._library, state, move.given)
        in_full = bool(move.kind) or source not in self._looked_up
        brought = [
            [
                (lookup, found, words)
                for found, words in self._answers_to(lookup, usual)
                if in_full or not is_told_whatever(lookup, found)
            ]
            for lookup in lookups
        ]
        if source is not None and lookups:
            self._looked_up.add(source)
        return _knowing(usual, brought)

    def _arriving(
        self, situation: Situation, step: engine.Step, caller: str
    ) -> Iterator[Situation]:
        """The situation with what a node wants looked up when a call comes to it.

        What it makes of that does not depend on where the call comes from: all of it is tried the
        first time, afterwards the usual.
        """
        arrival = (step.state.node, step.state.language, caller, situation.caller)
        brought = [
            [(lookup, *answer) for answer in self._arrivals_of(lookup, situation.now)]
            for lookup in step.wanted
        ]
        knowing = _knowing(situation, brought)
        yield from knowing if arrival not in self._arrived else islice(knowing, 1)
        self._arrived.add(arrival)

    def _arrivals_of(self, lookup: Lookup, now: datetime) -> list[tuple[object, str]]:
        if (lookup, now) not in self._known_on_arrival:
            self._known_on_arrival[lookup, now] = list(arrivals(lookup, now))
        return self._known_on_arrival[lookup, now]

    def _answers_to(self, lookup: Lookup, usual: Situation) -> list[tuple[object, str]]:
        if lookup not in self._known:
            self._known[lookup] = list(answers(lookup, usual.now, self._category))
        return self._known[lookup]

    def _note(
        self,
        source: Place | None,
        since: Mapping[str, str],
        move: Move,
        step: engine.Step,
        caller: str,
    ) -> None:
        """Keep a turn, and go on from where it leads when nobody was there before."""
        after = step.state
        came = len(step.trail) > 1
        since = after.variables if came else since
        target = None if after.ended else self._place(after, since, caller)
        turn = Turn(source, target, move.kind, move.words, step.directives, step.trail)
        self._result.turns.append(turn)
        if len(step.trail) > engine.LONGEST_CHAIN:
            self._note_circle(turn)
        if target is not None and target not in self._result.ways:
            self._result.ways[target] = turn
            self._queue.append(_Waiting(target, after, since, step.directives[-1]))
            if self._library.node(after.node).minds_silence(after):
                self._result.waits_for_others.add(target)
            queues = isinstance(self._library.node(after.node), ConnectNode)
            if queues or isinstance(step.directives[-1], Dial | JoinConference):
                self._result.with_person.add(target)

    def _note_circle(self, turn: Turn) -> None:
        """Keep the first turn that goes round at a node, as far as where it is there again."""
        ((node, _),) = Counter(turn.trail).most_common(1)
        again = turn.trail.index(node, turn.trail.index(node) + 1)
        self._result.circles.setdefault(node, replace(turn, trail=turn.trail[: again + 1]))

    def _place(self, state: State, since: Mapping[str, str], caller: str) -> Place:
        kept = []
        counted = self._library.node(state.node).counters
        for name, value in sorted(state.variables.items()):
            known = self._compared.get(name)
            if name in self._counters:
                if value and (name in counted or known):
                    kept.append((name, value))
            elif known is not None:
                kept.append((name, value if value in known else _OTHER))
            elif value != since.get(name):
                kept.append((name, str(len(value.split()))))
        return Place(
            state.node,
            state.phase,
            state.language,
            state.silences,
            state.wrongs,
            caller,
            tuple(kept),
        )


def _knowing(
    usual: Situation, brought: Sequence[Sequence[tuple[Lookup, object, str]]]
) -> Iterator[Situation]:
    """The situation with whatever lookups bring, each with its words, besides what it knows."""
    if not brought:
        yield usual
        return
    for choice in product(*brought):
        found = [*usual.found, *((lookup, value) for lookup, value, _ in choice)]
        told = ", ".join(words for words in (usual.told, *(one[2] for one in choice)) if words)
        yield usual.knowing(tuple(found), told)


def _kind(move: Move, *, failure: bool) -> str:
    """How the caller failed; a key that the engine counts as wrong is that first of all."""
    if failure:
        return "unknown" if isinstance(move.given, Spoke) else "wrong"
    return move.kind


def _compared(library: FlowLibrary) -> dict[str, set[str]]:
    """The variables that branches compare, with the values they are compared with."""
    compared: dict[str, set[str]] = {}
    for node in library.nodes.values():
        if isinstance(node, BranchNode):
            for case in node.cases:
                for name, value in case.when.variables.items():
                    compared.setdefault(name, set()).add(value)
    return compared


def _variables(library: FlowLibrary) -> dict[str, str]:
    """What a call that we place begins with, whatever it is for."""
    department = next(iter(library.directory.departments), "")
    parts = {"session": "s1", "leg": "l1", "role": "department", "visit": "v1", "call": "c1"}
    return parts | {"department": department}
