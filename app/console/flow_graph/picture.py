"""A graph with its numbers and findings, as lines of a list and as data for the drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.console.flow_graph.files import Excerpt
from app.console.flow_graph.naming import FlowNames
from app.flows.findings import Finding
from app.flows.graph.model import Graph, GraphEdge, GraphNode
from app.insight.flow_numbers.counting import LEADING_RULES
from app.insight.flow_numbers.queries import NodeNumbers, Way

NOTHING = NodeNumbers()
# A node loses many when it is every tenth of its callers, and not by chance.
MANY_LOST, FEWEST_LOST = 0.1, 5


@dataclass(frozen=True, slots=True)
class WayOut:
    """A way out of a node: what it is called, where it leads, how many went there.

    A `rule` holds at every node (0, 9, silence, wrong keys) and stands in no file.
    """

    label: str
    target: str
    count: int
    rule: bool = False


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A node with everything that pages show of it."""

    node: GraphNode
    kind: str
    entries: tuple[str, ...]
    numbers: NodeNumbers
    findings: tuple[Finding, ...]
    ways: tuple[WayOut, ...]

    @property
    def tone(self) -> str:
        """The state: `late` for a mistake, `soon` for a doubt or many who leave, else empty."""
        if any(finding.severity == "error" for finding in self.findings):
            return "late"
        return "soon" if self.findings or self.loses_many else ""

    @property
    def loses_many(self) -> bool:
        """Whether many leave here without anything."""
        lost, callers = self.numbers.lost, self.numbers.callers
        return lost >= FEWEST_LOST and lost >= callers * MANY_LOST


class Picture:
    """A graph, what was counted on it, and what is wrong with it."""

    def __init__(
        self,
        graph: Graph,
        names: FlowNames,
        numbers: Mapping[str, NodeNumbers],
        ways: Sequence[Way],
        findings: Mapping[str, Sequence[Finding]],
    ) -> None:
        self._graph = graph
        self._names = names
        self._numbers = numbers
        self._gone: dict[str, list[Way]] = {}
        for way in ways:
            self._gone.setdefault(way.node, []).append(way)
        self._findings = findings

    def lines(self) -> list[NodeLine]:
        """The nodes in the order of the files, those of other flows last."""
        return [self.line(node) for node in self._graph.nodes]

    def line(self, node: GraphNode) -> NodeLine:
        """One node."""
        return NodeLine(
            node,
            self._names.kind(node.kind),
            tuple(map(self._names.entry, node.entries)),
            self._numbers.get(node.address, NOTHING),
            tuple(self._findings.get(node.address, ())),
            (*self._own_ways(node), *self._rules(node.address)),
        )

    def drawing(self, lines: Sequence[NodeLine]) -> dict[str, Any]:
        """What the browser draws."""
        return {
            "nodes": [self._drawn(line) for line in lines],
            "edges": [
                {
                    "source": edge.source,
                    "target": edge.target,
                    "label": self._label(edge),
                    "count": self._count(edge.source, edge.target),
                }
                for edge in self._graph.edges
            ],
            "rules": [
                {
                    "source": line.node.address,
                    "target": way.target,
                    "label": way.label,
                    "count": way.count,
                }
                for line in lines
                for way in line.ways
                if way.rule and way.target != line.node.address
            ],
        }

    def _drawn(self, line: NodeLine) -> dict[str, Any]:
        node, whole = line.node, not self._graph.flow
        return {
            "id": node.address,
            "name": node.address if whole or node.outside else node.name,
            "kind": line.kind,
            "entry": " · ".join(line.entries),
            "begins": "inbound" in node.entries,
            "visits": line.numbers.visits,
            "lost": line.numbers.lost,
            "tone": line.tone,
            "outside": node.outside,
            "ends": node.ends,
        }

    def _own_ways(self, node: GraphNode) -> list[WayOut]:
        """The ways that the file writes."""
        leaving = [edge for edge in self._graph.edges if edge.source == node.address]
        if node.loops:
            leaving.append(GraphEdge(node.address, node.address, node.loops))
        return [
            WayOut(self._label(edge), edge.target, self._count(edge.source, edge.target))
            for edge in leaving
        ]

    def _rules(self, address: str) -> list[WayOut]:
        """The ways that the rules of every node led."""
        return [
            WayOut(self._names.cause(way.cause), way.target, way.count, rule=True)
            for way in self._gone.get(address, ())
            if way.cause in LEADING_RULES
        ]

    def _label(self, edge: GraphEdge) -> str:
        return " / ".join(map(self._names.label, edge.labels))

    def _count(self, source: str, target: str) -> int:
        return sum(
            way.count
            for way in self._gone.get(source, ())
            if way.target == target and way.cause not in LEADING_RULES
        )


def findings_by_node(
    found: Sequence[Finding], excerpts: Mapping[str, Mapping[str, Excerpt]]
) -> dict[str, list[Finding]]:
    """Findings by the address of the node that they are about; others are left out."""
    return {
        f"{flow}.{name}": about
        for flow, nodes in excerpts.items()
        for name, excerpt in nodes.items()
        if (about := [finding for finding in found if excerpt.covers(finding)])
    }
