"""A flow, or all of them, as a graph: nodes, the ways between them, and where calls begin."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.flows.alarm import EMERGENCY_KEY
from app.flows.edges import edges, edges_of
from app.flows.engine import PERSON_KEY
from app.flows.library import FlowLibrary
from app.flows.references import PromptRef, references


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node as it is drawn.

    `says` is the first thing it says, with fields as `〔name〕`; `entries` are the names of
    `directory.yaml` under which calls begin here; `loops` the labels of ways back to itself.
    A node that is `outside` belongs to another flow than the one that is drawn.
    """

    address: str
    kind: str
    says: str
    entries: tuple[str, ...] = ()
    loops: tuple[str, ...] = ()
    outside: bool = False
    ends: bool = False

    @property
    def flow(self) -> str:
        """The flow it belongs to."""
        return self.address.partition(".")[0]

    @property
    def name(self) -> str:
        """Its name within the flow."""
        return self.address.partition(".")[2]


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """The ways from a node to another; several (two keys of a menu) are drawn as one."""

    source: str
    target: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """What is drawn. `flow` is empty when it is all of them.

    `anywhere` are the keys that callers may press at every node, and where they lead.
    """

    flow: str
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    anywhere: tuple[tuple[str, str], ...]


def graph_of(library: FlowLibrary, flow: str = "", language: str = "") -> Graph:
    """The graph of a flow with its neighbours in others, or of all. Raises KeyError without any."""
    inside = [address for address in library.nodes if flow in ("", address.partition(".")[0])]
    if not inside:
        raise KeyError(flow)
    own = set(inside)
    found: dict[tuple[str, str], list[str]] = {}
    for edge in edges(library):
        if own & {edge.source, edge.target}:
            found.setdefault((edge.source, edge.target), []).append(edge.label)
    around = dict.fromkeys(address for pair in found for address in pair if address not in own)
    entries = _entries(library)
    return Graph(
        flow,
        tuple(
            GraphNode(
                address,
                library.node(address).key,
                first_words(library, address, language or library.default_language),
                tuple(name for name, begin in entries.items() if begin == address),
                tuple(found.get((address, address), ())),
                outside=address not in own,
                ends=not any(edges_of(library, address)),
            )
            for address in (*inside, *around)
        ),
        tuple(
            GraphEdge(source, target, tuple(labels))
            for (source, target), labels in found.items()
            if source != target
        ),
        () if flow in library.staff_flows else _anywhere(library),
    )


def first_words(library: FlowLibrary, address: str, language: str) -> str:
    """The first thing a node says by a prompt of its own; empty when it says nothing."""
    for key in prompts_of(library, address):
        for tag in (language, library.default_language):
            if text := spoken(library, key, tag):
                return text
    return ""


def spoken(library: FlowLibrary, prompt: str, language: str) -> str:
    """A prompt in a language, its fields as `〔name〕`; empty when it is missing there."""
    template = library.prompts.by_language.get(language, {}).get(prompt, ())
    return "".join(part if isinstance(part, str) else f"〔{part.name}〕" for part in template)


def prompts_of(library: FlowLibrary, address: str) -> Iterable[str]:
    """The keys of the prompts that a node names, in the order of its fields."""
    found = (reference for _, reference in references(library.node(address)))
    return dict.fromkeys(str(one) for one in found if isinstance(one, PromptRef))


def _entries(library: FlowLibrary) -> dict[str, str]:
    return {name: node for name, node in library.directory.entries.model_dump().items() if node}


def _anywhere(library: FlowLibrary) -> tuple[tuple[str, str], ...]:
    entries = library.directory.entries
    return ((PERSON_KEY, entries.person), (EMERGENCY_KEY, entries.emergency))
