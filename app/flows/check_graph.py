"""Checks of the ways between nodes, as the files write them: ends that are loose, empty circles."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from app.flows.edges import edges
from app.flows.findings import Finding
from app.flows.library import FlowLibrary
from app.flows.schema import FlowFile

_Ways = Mapping[str, set[str]]


def check_graph(library: FlowLibrary, flows: Sequence[FlowFile]) -> Iterator[Finding]:
    """All findings of the rules `unreachable` and `endless`."""
    ways: dict[str, set[str]] = defaultdict(set)
    for edge in edges(library):
        ways[edge.source].add(edge.target)
    reached = _reached(library, ways)
    endless = _endless(library, ways)
    for flow in flows:
        for name in flow.nodes:
            address = f"{flow.name}.{name}"
            if address not in reached and not endless:  # what lies behind a circle is cut off by it
                yield flow.document.key_finding(
                    ("nodes", name),
                    "unreachable",
                    f"No caller can get to node `{name}`.",
                    "Lead somewhere to it, or remove it.",
                )
            if address in endless:
                yield flow.document.key_finding(
                    ("nodes", name),
                    "endless",
                    f"From node `{name}` the call can go round in a circle without being asked.",
                    "Put a node that waits for the caller into the circle.",
                )


def _reached(library: FlowLibrary, ways: _Ways) -> set[str]:
    reached: set[str] = set()
    waiting = [address for address in library.directory.entries.model_dump().values() if address]
    while waiting:
        address = waiting.pop()
        if address not in reached:
            reached.add(address)
            waiting += ways.get(address, ())
    return reached


def _endless(library: FlowLibrary, ways: _Ways) -> set[str]:
    """Nodes on circles that ask nothing: those left when all loose ends are taken off, again."""
    silent = {address for address, node in library.nodes.items() if not node.waits}
    onward = {address: ways.get(address, set()) & silent for address in silent}
    back: dict[str, set[str]] = defaultdict(set)
    for address, targets in onward.items():
        for target in targets:
            back[target].add(address)
    inner = silent - _loose(onward, back)
    return inner - _loose(
        {address: back[address] & inner for address in inner},
        {address: onward[address] & inner for address in inner},
    )


def _loose(onward: _Ways, back: _Ways) -> set[str]:
    """Nodes from which every way comes to an end."""
    left = Counter({address: len(targets) for address, targets in onward.items()})
    ends = [address for address in onward if not left[address]]
    loose: set[str] = set()
    while ends:
        address = ends.pop()
        loose.add(address)
        for before in back.get(address, ()):
            left[before] -= 1
            if not left[before]:
                ends.append(before)
    return loose
