"""`hotline flows check`."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from app.commands.counted import counted
from app.commands.flows.folder import FLOWS, Folder, there


class Format(StrEnum):
    """How findings are written."""

    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"


def check(
    folder: Folder = FLOWS,
    output: Annotated[
        Format, typer.Option("--format", help="For people, or for a machine.")
    ] = Format.text,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
    waived: Annotated[
        bool, typer.Option("--waived", help="Also list what the files waive, and why.")
    ] = False,
) -> None:
    """Check every flow, prompt, policy and the directory, and prove what a call can come to.

    Each finding has a file, line and column, and names its rule: `hotline flows explain RULE`
    tells why it exists. A comment `# waive RULE: reason` on its line or above it waives some.

    Ends with 0 when all is in order (warnings may be told), with 1 when there is an error or, with
    --strict, a warning, and with 2 when it was called wrongly.
    """
    from app.flows.findings import FlowError
    from app.flows.report_formats import FORMATS
    from app.flows.whole_check import Report, check_whole
    from app.policies.shelf import load_shelf

    try:
        report = check_whole(there(folder), load_shelf(folder / "policies"))
    except FlowError as error:
        report = Report(error.findings, [])
    written = FORMATS[output](report, waived=waived)
    if written:
        typer.echo(written)
    errors, warnings = report.count("error"), report.count("warning")
    if errors or (strict and warnings):
        sys.exit(f"{counted(errors, 'error')} and {counted(warnings, 'warning')} in {folder}.")
    if output is Format.text:
        typer.echo(f"{folder} is in order.")
