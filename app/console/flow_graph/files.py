"""The flow files as they stand on the disk: what a node looks like there, and what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.flows.compiler import check_folder
from app.flows.findings import Finding, FlowError
from app.flows.live import Fingerprint, fingerprint
from app.flows.source import load_file
from app.policies.shelf import PolicyShelf


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


def excerpts(folder: Path, flow: str) -> dict[str, Excerpt]:
    """The excerpt of each node of a flow; empty while its file cannot be read."""
    path = folder / f"{flow}.yaml"
    return _excerpts(path, _stamp(path))


def about(folder: Path, flow: str) -> str:
    """What the file of a flow says of itself: the comment at its beginning."""
    path = folder / f"{flow}.yaml"
    return _about(path, _stamp(path))


def findings(folder: Path, shelf: PolicyShelf) -> tuple[Finding, ...]:
    """Everything that is wrong or doubtful in the files as they stand."""
    return _findings(folder, fingerprint(folder), shelf)


def of_flow(found: Iterable[Finding], flow: str) -> list[Finding]:
    """Those in the file of a flow."""
    return [finding for finding in found if Path(finding.file).name == f"{flow}.yaml"]


def _stamp(path: Path) -> tuple[int, int]:
    """What tells that a file has changed."""
    try:
        known = path.stat()
    except OSError:
        return 0, 0
    return known.st_mtime_ns, known.st_size


@lru_cache(maxsize=256)
def _excerpts(path: Path, _stamp: tuple[int, int]) -> dict[str, Excerpt]:
    try:
        document = load_file(path, path.name)
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (FlowError, OSError):
        return {}
    nodes = document.value.get("nodes") if isinstance(document.value, dict) else None
    if not isinstance(nodes, dict):
        return {}
    begins = {name: document.key_places[("nodes", name)][0] for name in nodes}
    ends = [*list(begins.values())[1:], len(lines) + 1]
    return {
        name: Excerpt(path.name, first, _trimmed(lines[first - 1 : end - 1]))
        for (name, first), end in zip(begins.items(), ends, strict=True)
    }


def _trimmed(lines: list[str]) -> tuple[str, ...]:
    """Lines without the blank ones and comments at the end: they belong to what follows."""
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines = lines[:-1]
    return tuple(lines)


@lru_cache(maxsize=256)
def _about(path: Path, _stamp: tuple[int, int]) -> str:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    said = []
    for line in lines:
        if not line.startswith("#"):
            break
        said.append(line.lstrip("# ").rstrip())
    return " ".join(said)


@lru_cache(maxsize=2)
def _findings(folder: Path, _fingerprint: Fingerprint, shelf: PolicyShelf) -> tuple[Finding, ...]:
    try:
        return tuple(check_folder(folder, shelf))
    except FlowError as error:
        return tuple(error.findings)
