"""A readable view of a flow: each node, what it says, and where it leads."""

from collections.abc import Iterator

from app.flows.library import FlowLibrary
from app.flows.prompts import FIELDS
from app.flows.references import NodeRef, PromptRef, references


def show_flow(library: FlowLibrary, flow: str, language: str) -> Iterator[str]:
    """The lines that show one flow. Raises KeyError for an unknown one."""
    addresses = [address for address in library.nodes if address.startswith(f"{flow}.")]
    if not addresses:
        raise KeyError(flow)
    for address in addresses:
        yield from _show_node(library, address, language)


def flow_names(library: FlowLibrary) -> list[str]:
    """The names of all flows."""
    return sorted({address.partition(".")[0] for address in library.nodes})


def _show_node(library: FlowLibrary, address: str, language: str) -> Iterator[str]:
    node = library.node(address)
    yield f"{address}  [{node.key}]"
    for path, reference in references(node):
        label = ".".join(str(part) for part in path)
        if isinstance(reference, PromptRef):
            values = {name: f"<{name}>" for name in FIELDS}
            text = library.prompts.text(reference, language, values)[0]
            yield f"    {label}: {text}"
        elif isinstance(reference, NodeRef):
            yield f"    {label} -> {reference}"
    yield ""
