"""The files of a version: what a node looks like there, and what the check says of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.console.flows.sets import FileSet
from app.flows.findings import Finding, FlowError
from app.flows.source import parse


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines of a file that are a node, the first one's number first."""

    file: str
    first: int
    lines: tuple[str, ...]

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is about this node."""
        is_here = Path(finding.file).name == self.file
        return is_here and self.first <= finding.line < self.first + len(self.lines)


@lru_cache(maxsize=256)
def excerpts(files: FileSet, flow: str) -> Mapping[str, Excerpt]:
    """The excerpt of each node of a flow; empty while its file cannot be read."""
    name = f"{flow}.yaml"
    data = files.files.get(name, b"")
    try:
        document = parse(data, name)
    except FlowError:
        return {}
    nodes = document.value.get("nodes") if isinstance(document.value, dict) else None
    if not isinstance(nodes, dict):
        return {}
    lines = data.decode("utf-8-sig").splitlines()
    begins = {node: document.key_places[("nodes", node)][0] for node in nodes}
    ends = [*list(begins.values())[1:], len(lines) + 1]
    return {
        node: Excerpt(name, first, _trimmed(lines[first - 1 : end - 1]))
        for (node, first), end in zip(begins.items(), ends, strict=True)
    }


@lru_cache(maxsize=256)
def about(files: FileSet, flow: str) -> str:
    """What the file of a flow says of itself: the comment at its beginning."""
    said = []
    for line in files.files.get(f"{flow}.yaml", b"").decode("utf-8-sig", "replace").splitlines():
        if not line.startswith("#"):
            break
        said.append(line.lstrip("# ").rstrip())
    return " ".join(said)


def of_flow(found: Iterable[Finding], flow: str) -> list[Finding]:
    """Those in the file of a flow."""
    return [finding for finding in found if Path(finding.file).name == f"{flow}.yaml"]


def _trimmed(lines: list[str]) -> tuple[str, ...]:
    """Lines without the blank ones and comments at the end: they belong to what follows."""
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines = lines[:-1]
    return tuple(lines)
