"""All that a page shows of one node."""

from dataclasses import dataclass

from app.console.flow_graph.files import Excerpt, excerpts
from app.console.flow_graph.picture import NodeLine
from app.console.flows.sets import FileSet
from app.flows.graph.model import prompts_of, spoken
from app.flows.library import FlowLibrary


@dataclass(frozen=True, slots=True)
class SpokenPrompt:
    """A prompt in a language; `text` is empty when it is missing there.

    `say` is the language as the voice is told it, for those who read it aloud.
    """

    language: str
    say: str
    text: str


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node, its lines in the file, and what it says in each language."""

    line: NodeLine
    excerpt: Excerpt | None
    prompts: dict[str, list[SpokenPrompt]]
    keys: tuple[tuple[str, str], ...]


def node_view(library: FlowLibrary, files: FileSet, line: NodeLine) -> NodeView:
    """A node with all that belongs to it; `keys` are those that lead away from everywhere."""
    node = line.node
    return NodeView(
        line,
        excerpts(files, node.flow).get(node.name),
        {
            key: [
                SpokenPrompt(tag, language.say, spoken(library, key, tag))
                for tag, language in library.languages.items()
            ]
            for key in prompts_of(library, node.address)
        },
        _keys(library, node.address),
    )


def _keys(library: FlowLibrary, address: str) -> tuple[tuple[str, str], ...]:
    """The keys that the caller may press here without an option, and where they lead."""
    node, entries = library.node(address), library.directory.entries
    if not node.waits or library.is_for_staff(address):
        return ()
    person = (("0", entries.person),) if node.leads_to_person else ()
    return (*person, ("9", entries.emergency))
