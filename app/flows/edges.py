"""The ways that lead from node to node, as the files write them.

They are what a picture draws, what a transcript covers and what callers are counted on.
The keys that work everywhere (0, 9) are no edges: they are the engine's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.flows.library import FlowLibrary
from app.flows.references import NodeRef, references


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One way from a node to another. `label` says which: a key of a menu, or the field's name."""

    source: str
    label: str
    target: str


def edges(library: FlowLibrary) -> Iterator[Edge]:
    """Every edge of a library, in the order of the files."""
    for address in library.nodes:
        yield from edges_of(library, address)


def edges_of(library: FlowLibrary, address: str) -> Iterator[Edge]:
    """The edges that leave one node. Raises KeyError for an unknown one."""
    for path, reference in references(library.node(address)):
        if isinstance(reference, NodeRef):
            yield Edge(address, _label(path), str(reference))


def _label(path: tuple[str | int, ...]) -> str:
    """`1` for the option of a menu, `cases.1` for the first case of a branch, else the field."""
    parts = [str(part + 1) if isinstance(part, int) else part for part in path]
    if len(parts) > 1 and parts[-1] == "go":
        parts.pop()
    if parts[0] == "options":
        parts.pop(0)
    return ".".join(parts)
