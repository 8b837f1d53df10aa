"""What the transcripts have gone through: nodes, the ways between them, and each language heard.

A node goes on with the very reference that its file holds, and the trail of a step keeps it: so
two ways to the same node (an option and another one, a case and `otherwise`) are told apart, and
a way of the engine's (0, 9, silence) is none of the file's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeVar

from app.flows.alarm import EMERGENCY_KEY
from app.flows.directives import Directive, Gather, Say, Utterance
from app.flows.edges import Edge, edges_of
from app.flows.engine import PERSON_KEY, Step
from app.flows.inputs import Input, Pressed, Silent
from app.flows.library import FlowLibrary
from app.flows.references import NodeRef, PromptRef, references
from app.flows.source import Path_
from app.flows.state import State

T = TypeVar("T")

ENGINE_WAYS = ("silence", "0", "9")


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. Nothing of nothing is everything."""

    covered: int
    all: int

    @property
    def percent(self) -> float:
        """From 0 to 100."""
        return 100.0 * self.covered / self.all if self.all else 100.0

    def __str__(self) -> str:
        return f"{self.covered}/{self.all}"


@dataclass(frozen=True, slots=True)
class FlowCoverage:
    """What of one flow was covered.

    `languages` counts the nodes that speak and were heard in each language. `engine_ways` counts
    silence, 0 and 9 at the nodes that asked something; nothing is required of them.
    """

    flow: str
    nodes: Share
    edges: Share
    languages: dict[str, Share]
    engine_ways: Share

    @property
    def least(self) -> float:
        """The smallest of the shares that are required, in percent."""
        shares = (self.nodes, self.edges, *self.languages.values())
        return min(share.percent for share in shares)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that no transcript goes through: a node, an edge, or a node in a language.

    `path` is that of the reference within the node, for an edge.
    """

    node: str
    edge: Edge | None = None
    path: Path_ = ()
    language: str = ""

    @property
    def sentence(self) -> str:
        """What is missing."""
        if self.edge:
            return f"No transcript goes from `{self.node}` by `{self.edge.label}`."
        if self.language:
            return f"No transcript hears `{self.node}` in {self.language}."
        return f"No transcript comes to `{self.node}`."


class Way(NamedTuple):
    """An edge, the reference that leads along it, and where that stands within the node."""

    edge: Edge
    reference: NodeRef
    path: Path_


@dataclass
class Coverage:
    """Collects what every step went through."""

    library: FlowLibrary
    nodes: set[str] = field(default_factory=set)
    edges: set[Edge] = field(default_factory=set)
    heard: set[tuple[str, str]] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    tried: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._ways = {address: _ways_of(self.library, address) for address in self.library.nodes}

    def step(self, before: State, given: Input, taken: Step) -> None:
        """Note one step of a call."""
        trail = taken.trail
        self.nodes.update(trail)
        for source, target in pairwise(trail):
            for way in self._ways[source]:
                if way.reference is target:
                    self.edges.add(way.edge)
        arrived = trail if len(trail) == 1 else trail[1:]
        tags = heard_in(taken.directives, taken.state.language)
        self.heard.update((node, tag) for node in arrived for tag in tags)
        if len(trail) > 1:
            self.heard.add((trail[0], before.language))
        if taken.directives and isinstance(taken.directives[-1], Gather):
            self.asked.add(taken.state.node)
        if engine_way := _engine_way(given):
            self.tried.add((before.node, engine_way))

    def flows(self) -> list[FlowCoverage]:
        """The coverage of each flow, in the order of the files."""
        names = dict.fromkeys(address.partition(".")[0] for address in self.library.nodes)
        return [self._flow(name) for name in names]

    def total(self) -> FlowCoverage:
        """The coverage of all flows together."""
        return self._of("", list(self.library.nodes))

    def missing(self) -> Iterator[Missing]:
        """Everything that is not covered, node by node."""
        for node in self.library.nodes:
            if node not in self.nodes:
                yield Missing(node)
            for way in self._ways[node]:
                if way.edge not in self.edges:
                    yield Missing(node, way.edge, way.path)
            if node in self.nodes and self._speaks(node):
                for tag in self.library.languages:
                    if (node, tag) not in self.heard:
                        yield Missing(node, language=tag)

    def _flow(self, name: str) -> FlowCoverage:
        return self._of(name, [n for n in self.library.nodes if n.startswith(f"{name}.")])

    def _of(self, name: str, nodes: list[str]) -> FlowCoverage:
        edges = [way.edge for node in nodes for way in self._ways[node]]
        speaking = [node for node in nodes if self._speaks(node)]
        asking = [node for node in nodes if node in self.asked]
        return FlowCoverage(
            name,
            nodes=_share(nodes, self.nodes),
            edges=_share(edges, self.edges),
            languages={
                tag: _share([(node, tag) for node in speaking], self.heard)
                for tag in self.library.languages
            },
            engine_ways=_share(
                [(node, way) for node in asking for way in self._engine_ways(node)], self.tried
            ),
        )

    def _speaks(self, address: str) -> bool:
        node = self.library.node(address)
        return node.waits or any(isinstance(ref, PromptRef) for _, ref in references(node))

    def _engine_ways(self, address: str) -> tuple[str, ...]:
        return ENGINE_WAYS[:1] if self.library.is_for_staff(address) else ENGINE_WAYS


def utterances(directives: Iterable[Directive]) -> Iterator[Utterance]:
    """Everything that directives speak, in order."""
    for directive in directives:
        if isinstance(directive, Say):
            yield from directive.utterances
        elif isinstance(directive, Gather):
            yield from directive.prompts


def heard_in(directives: Iterable[Directive], language: str) -> set[str]:
    """The languages in which a call in a language hears what is said.

    Another language counts when it says all the same, and not when it only offers itself.
    """
    prompts: dict[str, set[str]] = {}
    for utterance in utterances(directives):
        prompts.setdefault(utterance.language.tag, set()).add(utterance.prompt)
    own = prompts.get(language, set())
    return {tag for tag, said in prompts.items() if own <= said}


def _ways_of(library: FlowLibrary, address: str) -> list[Way]:
    """The edges of a node, in the order of the file."""
    found = [
        (reference, path)
        for path, reference in references(library.node(address))
        if isinstance(reference, NodeRef)
    ]
    return [
        Way(edge, *where) for edge, where in zip(edges_of(library, address), found, strict=True)
    ]


def _engine_way(given: Input) -> str:
    """The engine's way that an input takes, if it is one."""
    if isinstance(given, Silent):
        return "silence"
    if isinstance(given, Pressed) and given.digits in (PERSON_KEY, EMERGENCY_KEY):
        return given.digits
    return ""


def _share(wanted: Sequence[T], found: set[T]) -> Share:
    return Share(sum(one in found for one in wanted), len(wanted))
