"""Records a call into a file, and runs it at once."""

from pathlib import Path

from app.flows.context import Articles
from app.flows.findings import Finding, FlowError
from app.flows.library import FlowLibrary
from app.flows.rehearsal.reading import read_documents
from app.flows.rehearsal.rehearse import rehearse
from app.flows.rehearsal.report import Report
from app.flows.source import load_file
from app.rehearsal.recording.moments import RecordedCall, RecordingError
from app.rehearsal.recording.writing import Writer, Written


def record(
    call: RecordedCall, path: Path, library: FlowLibrary, articles: Articles
) -> tuple[Written, Report]:
    """Write a call's transcript to a new file and play it. Raises RecordingError, FlowError."""
    if path.exists():
        raise RecordingError(f"{path} is there already: give another name.")
    written = Writer(call, library, articles).write()
    path.write_text(written.text, encoding="utf-8")
    return written, play_file(path, library, articles)


def play_file(path: Path, library: FlowLibrary, articles: Articles) -> Report:
    """Play the transcripts of one file. Raises FlowError."""
    findings: list[Finding] = []
    transcripts = read_documents({path.name: load_file(path, str(path))}, library, findings)
    if findings:
        raise FlowError(findings)
    return rehearse(library, articles, transcripts)
