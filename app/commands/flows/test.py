"""`hotline flows test`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.flows.folder import FLOWS, Folder, compiled

if TYPE_CHECKING:
    from app.flows.library import FlowLibrary
    from app.flows.rehearsal.coverage import Coverage
    from app.flows.rehearsal.report import Report
    from app.flows.rehearsal.transcript import Transcripts


class Format(StrEnum):
    """How the results are written."""

    text = "text"
    json = "json"
    junit = "junit"


def rehearsed(
    folder: Folder = FLOWS,
    words: Annotated[
        str, typer.Option("-k", help="Only transcripts whose title or file has these words.")
    ] = "",
    output: Annotated[Format, typer.Option("--format", help="text, json or junit.")] = Format.text,
    uncovered: Annotated[
        bool, typer.Option("--uncovered", help="List what no transcript goes through.")
    ] = False,
    require: Annotated[
        float, typer.Option(min=0, max=100, help="Fail when less than this share is covered.")
    ] = 0,
    exchange: Annotated[
        bool, typer.Option("--exchange", help="Play through the whole service, not the engine.")
    ] = False,
    record: Annotated[
        Path | None, typer.Option(help="Write a call into this new file, and play it.")
    ] = None,
    call: Annotated[
        str,
        typer.Option(
            help="With --record: a call of the log (CA…), or what to press as in `hotline call "
            "--keys`; without it you press by hand."
        ),
    ] = "",
) -> None:
    """Play the transcripts in `tests/` and say where a call goes another way than written."""
    if record is not None:
        _record(folder, record, call)
        return
    report = _exchange_report(folder, words) if exchange else _engine_report(folder, words)
    _write(report, output)
    if report.coverage is not None and output is Format.text:
        _write_coverage(report.coverage, folder, uncovered=uncovered)
    if not report.is_good:
        sys.exit(1)
    if report.coverage is not None and _least(report.coverage) < require:
        sys.exit(f"hotline: less than {require:g} % is covered; --uncovered says what is missing.")


def _record(folder: Path, path: Path, call: str) -> None:
    """Write a transcript from a call, play it, and end the command with 1 when it fails."""
    from app.commands.flows.recording import record_call

    report = record_call(folder, path, call)
    _write(report, Format.text)
    if not report.is_good:
        sys.exit(1)


def _engine_report(folder: Path, words: str) -> "Report":
    import time

    from app.flows.rehearsal.rehearse import rehearse
    from app.policies.shelf import load_shelf

    library = compiled(folder)
    transcripts = _transcripts(folder, library, words)
    return rehearse(library, load_shelf(folder / "policies"), transcripts, time.monotonic)


def _exchange_report(folder: Path, words: str) -> "Report":
    from app.rehearsal.run import rehearse_on_exchange

    library = compiled(folder)
    return rehearse_on_exchange(folder, library, _transcripts(folder, library, words))


def _transcripts(folder: Path, library: "FlowLibrary", words: str) -> "Transcripts":
    """The transcripts that are to be played; ends the command when there are none."""
    from app.flows.files import TESTS
    from app.flows.findings import FlowError
    from app.flows.rehearsal.reading import read_transcripts

    try:
        transcripts = read_transcripts(folder, library).about(words)
    except FlowError as error:
        sys.exit(str(error))
    if not transcripts.scenes:
        about = f" about `{words}`" if words else ""
        sys.exit(f"hotline: there are no transcripts{about} in {folder / TESTS}.")
    return transcripts


def _write(report: "Report", output: Format) -> None:
    import json
    import shutil

    from app.flows.rehearsal.formats import as_json, as_junit, text_lines

    match output:
        case Format.json:
            typer.echo(json.dumps(as_json(report), ensure_ascii=False, indent=2))
        case Format.junit:
            typer.echo(as_junit(report))
        case Format.text:
            for line in text_lines(report, shutil.get_terminal_size().columns):
                typer.echo(line)


def _write_coverage(coverage: "Coverage", folder: Path, *, uncovered: bool) -> None:
    from app.flows.rehearsal.formats import coverage_table
    from app.flows.rehearsal.uncovered import uncovered as findings

    typer.echo()
    for line in coverage_table(coverage):
        typer.echo(line)
    if uncovered:
        typer.echo()
        for finding in findings(folder, coverage):
            typer.echo(str(finding))


def _least(coverage: "Coverage") -> float:
    """The smallest share of any flow, in percent."""
    return min(flow.least for flow in coverage.flows())
