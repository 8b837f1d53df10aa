"""A graph as text for Mermaid, which other tools turn into a picture."""

from collections.abc import Iterator

from app.flows.graph.model import Graph, GraphNode

LONGEST = 40  # letters of what a node says


def mermaid(graph: Graph) -> str:
    """The graph as a Mermaid flowchart; each flow is a box of its own when there are several."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    ids = {node.address: f"n{number}" for number, node in enumerate(graph.nodes)}
    yield "flowchart TD"
    flows = dict.fromkeys(node.flow for node in graph.nodes)
    for flow in flows:
        nodes = [node for node in graph.nodes if node.flow == flow]
        yield f'  subgraph {flow}["{flow}"]'
        for node in nodes:
            yield f"    {ids[node.address]}{_shape(node)}"
        yield "  end"
    for edge in graph.edges:
        label = " / ".join(edge.labels)
        yield f'  {ids[edge.source]} -->|"{_safe(label)}"| {ids[edge.target]}'
    for node in graph.nodes:
        for label in node.loops:
            yield f'  {ids[node.address]} -->|"{_safe(label)}"| {ids[node.address]}'
        for entry in node.entries:
            yield f'  entry_{entry}(["{entry}"]) --> {ids[node.address]}'
    for key, target in graph.anywhere:
        if target in ids:
            yield f'  key_{key}(("{key}")) -.-> {ids[target]}'


def _shape(node: GraphNode) -> str:
    says = node.says if len(node.says) <= LONGEST else node.says[: LONGEST - 1] + "…"
    text = "<br/>".join(filter(None, (f"{node.name} · {node.kind}", _safe(says))))
    return f'(["{text}"])' if node.ends else f'["{text}"]'


def _safe(text: str) -> str:
    """A text without what means something to Mermaid."""
    return (
        text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
    )
