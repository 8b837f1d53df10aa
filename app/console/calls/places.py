"""Where a caller is in the flow, in plain words: by the type of the node and the phase in it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.publishing.live import LiveLibrary
from app.web.words import all_words

# Nodes that ask for several digits which are no secret.
OPEN_QUESTIONS = frozenset({"ticket_status"})


@dataclass(frozen=True, slots=True)
class Places:
    """The nodes of the flow as places, for a reader of a language."""

    library: LiveLibrary
    language: str

    def kind(self, node: str, version: str = "") -> str:
        """The type of a node, in the version a call was pinned to; empty when it is unknown."""
        pinned = self.library.version(version) or self.library.current
        for library in (pinned, self.library.current):
            if library.has_node(node):
                return library.node(node).key
        return ""

    def name(self, node: str, phase: str = "", version: str = "") -> str:
        """A place: `等各方接听`, `查询政策`; the address of a node that is no longer known."""
        kind = self.kind(node, version)
        for key in (f"flow.{kind}.{phase}", f"flow.{kind}"):
            if kind and all_words().has(key):
                return self.say(key)
        return node

    def say(self, key: str) -> str:
        """A text of the pages in the reader's language."""
        return all_words().say(key, self.language)

    def is_open_question(self, version: str) -> Callable[[str], bool]:
        """Whether what is typed at a node of a version is no secret."""
        return lambda node: self.kind(node, version) in OPEN_QUESTIONS
