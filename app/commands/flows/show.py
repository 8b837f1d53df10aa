"""`hotline flows show`."""

import sys
from typing import Annotated

import typer

from app.commands.flows.folder import FLOWS, FolderOption, compiled


def show(
    flow: Annotated[str, typer.Argument(help="The flow; without it, the names of all.")] = "",
    folder: FolderOption = FLOWS,
    language: Annotated[str, typer.Option(help="Language of the prompts.")] = "",
) -> None:
    """Show a flow as text: each node, what it says, where it leads."""
    from app.flows.show import flow_names, show_flow

    library = compiled(folder)
    names = flow_names(library)
    if flow and flow not in names:
        sys.exit(f"hotline: there is no flow `{flow}`; there are {', '.join(names)}.")
    for line in show_flow(library, flow, language or library.default_language) if flow else names:
        typer.echo(line)
