"""What nodes, ways and causes are called in the reader's language."""

from dataclasses import dataclass

from app.flows.directory import Directory
from app.web.spoken import spoken_language
from app.web.words import all_words


@dataclass(frozen=True, slots=True)
class FlowNames:
    """Names for those who read pages; what has no name is called as it is written in the files."""

    directory: Directory
    language: str

    def say(self, key: str, **fields: object) -> str:
        """A text of the pages."""
        return all_words().say(key, self.language, **fields)

    def kind(self, key: str) -> str:
        """A node type."""
        return self._named(f"flow.{key}", key)

    def entry(self, name: str) -> str:
        """An entry of `directory.yaml`."""
        return self._named(f"flow_graph.entry.{name}", name)

    def label(self, label: str) -> str:
        """A way as the file writes it: a key of a menu, or the name of a field."""
        field, _, rest = label.partition(".")
        named = self._named(f"flow_graph.way.{field}", field)
        return f"{named} {rest}" if rest else named

    def cause(self, cause: str) -> str:
        """By what callers went a way (`insight.flow_numbers.counting.cause_of`)."""
        return self._named(f"flow_numbers.cause.{cause or 'on'}", cause)

    def outcome(self, outcome: str) -> str:
        """What a call led to; "" is not judged."""
        return self._named(f"calls.outcome.{outcome}", outcome) or self.say("flow_numbers.unjudged")

    def spoken_in(self, tag: str) -> str:
        """A language of callers in the reader's words, or by its own name."""
        return spoken_language(tag, self.directory, self.language)

    def _named(self, key: str, otherwise: str) -> str:
        return self.say(key) if all_words().has(key) else otherwise
