"""The shipped flows with transcripts written on the spot."""

from app.flows.findings import Finding
from app.flows.library import FlowLibrary
from app.flows.rehearsal.reading import read_documents
from app.flows.rehearsal.rehearse import rehearse
from app.flows.rehearsal.report import Report
from app.flows.rehearsal.transcript import Transcripts
from app.flows.source import parse
from tests.flows.folders import SHELF, SHIPPED, shipped

LIBRARY = shipped()
FILE = "tests/some.yaml"
CHOICES = SHIPPED / "tests" / "languages.yaml"


def read(text: str, library: FlowLibrary = LIBRARY) -> tuple[Transcripts, list[Finding]]:
    """The transcripts of a text, and what is wrong with it."""
    findings: list[Finding] = []
    documents = {"some.yaml": parse(text.encode(), FILE)}
    documents["languages.yaml"] = parse(CHOICES.read_bytes(), "tests/languages.yaml")
    return read_documents(documents, library, findings), findings


def played(text: str, library: FlowLibrary = LIBRARY) -> Report:
    """How the calls of a text go on the engine."""
    transcripts, findings = read(text, library)
    assert findings == []
    return rehearse(library, SHELF, transcripts)


def steps(*lines: str) -> str:
    """A text with one call of these steps; each begins in line 4 or later, at column 9."""
    return "calls:\n  A call:\n    steps:\n" + "".join(f"      - {line}\n" for line in lines)
