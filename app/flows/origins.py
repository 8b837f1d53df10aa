"""Where the parts of a library stand in their files, for findings about them and their waivers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.flows.findings import Finding, Severity
from app.flows.source import Document, Path_
from app.flows.waivers import Waiver

Place = tuple[str, int, int]


@dataclass(frozen=True)
class Origins:
    """Places of nodes by their address, of prompts by language and key, and of the directory."""

    nodes: Mapping[str, Place] = field(default_factory=dict)
    prompts: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    directory: Document = field(default_factory=lambda: Document("directory.yaml"))
    waivers: tuple[Waiver, ...] = ()

    def at_node(
        self, address: str, severity: Severity, rule: str, sentence: str, hint: str = ""
    ) -> Finding:
        """A finding at a node; without known places, at the beginning of its flow."""
        place = self.nodes.get(address, (f"{address.partition('.')[0]}.yaml", 1, 1))
        return Finding(*place, severity, rule, sentence, hint)

    def at_prompt(
        self, language: str, key: str, severity: Severity, rule: str, sentence: str, hint: str = ""
    ) -> Finding:
        """A finding at a prompt; without known places, at the beginning of its file."""
        place = self.prompts.get((language, key), (f"prompts/{language}.yaml", 1, 1))
        return Finding(*place, severity, rule, sentence, hint)


def origins_of(documents: Mapping[str, Document], flows: Iterable[str]) -> Origins:
    """The origins of a set of files by name; `flows` names those that are flows."""
    return Origins(
        nodes={
            f"{name.removesuffix('.yaml')}.{path[1]}": (documents[name].file, *place)
            for name in flows
            for path, place in documents[name].key_places.items()
            if _is_node(path)
        },
        prompts={
            (name.removeprefix("prompts/").removesuffix(".yaml"), str(path[0])): (
                document.file,
                *place,
            )
            for name, document in documents.items()
            if name.startswith("prompts/")
            for path, place in document.key_places.items()
            if len(path) == 1
        },
        directory=documents["directory.yaml"],
        waivers=tuple(waiver for document in documents.values() for waiver in document.waivers),
    )


def _is_node(path: Path_) -> bool:
    return len(path) == 2 and path[0] == "nodes"
