"""`hotline flows check`."""

import sys

import typer

from app.commands.flows.folder import FLOWS, Folder


def check(folder: Folder = FLOWS) -> None:
    """Check every flow, prompt, policy and the directory; say where each mistake is."""
    from app.flows.compiler import check_folder
    from app.flows.findings import FlowError
    from app.policies.shelf import load_shelf

    try:
        findings = check_folder(folder, load_shelf(folder / "policies"))
    except FlowError as error:
        findings = error.findings
    for finding in findings:
        typer.echo(str(finding))
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        sys.exit(f"{errors} error(s) in {folder}.")
    typer.echo(f"{folder} is in order.")
