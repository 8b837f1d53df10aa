"""The transcripts of a set of files as findings: what the publishing of a version asks."""

from app.flows.context import Articles
from app.flows.files import Files
from app.flows.findings import Finding, FlowError
from app.flows.library import FlowLibrary
from app.flows.rehearsal.reading import transcripts_of
from app.flows.rehearsal.rehearse import rehearse
from app.flows.rehearsal.report import Result


def rehearsed(library: FlowLibrary, articles: Articles, files: Files) -> list[Finding]:
    """A finding for each transcript that did not go as written; empty when all did."""
    try:
        transcripts = transcripts_of(files, library)
    except FlowError as error:
        return error.findings
    return [_finding(result) for result in rehearse(library, articles, transcripts).failures]


def _finding(result: Result) -> Finding:
    """The difference, where it stands in the transcript."""
    path = result.failure.difference.path if result.failure else ()
    sentence = result.failure.difference.sentence if result.failure else ""
    line, column = result.scene.place(*path)
    told = f"{result.scene.title} [{result.language}]: {sentence}"
    return Finding(result.scene.document.file, line, column, "error", "transcript", told)
