"""What no transcript goes through, as findings at its place in the flow files."""

from functools import cache
from pathlib import Path

from app.flows.findings import Finding
from app.flows.rehearsal.coverage import Coverage
from app.flows.source import Document, load_file


def uncovered(folder: Path, coverage: Coverage) -> list[Finding]:
    """Everything that is missing, in the order of the files."""

    @cache
    def document(flow: str) -> Document:
        path = folder / f"{flow}.yaml"
        return load_file(path, str(path))

    findings = []
    for missing in coverage.missing():
        flow, _, name = missing.node.partition(".")
        path = ("nodes", name, coverage.library.node(missing.node).key, *missing.path)
        file = document(flow)
        line, column = file.place(path) if missing.edge else file.key_places[path[:2]]
        findings.append(Finding(file.file, line, column, "warning", "uncovered", missing.sentence))
    return findings
