"""`hotline flows graph`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.commands.counted import counted
from app.commands.flows.folder import FLOWS, FolderOption, compiled


class Picture(StrEnum):
    """What a graph is written as."""

    svg = "svg"
    mermaid = "mermaid"


def graph(
    flow: Annotated[str, typer.Argument(help="The flow; without it, all of them.")] = "",
    folder: FolderOption = FLOWS,
    picture: Annotated[Picture, typer.Option("--format", help="What to write.")] = Picture.svg,
    language: Annotated[str, typer.Option(help="Language of what the nodes say.")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; without it, standard output.")
    ] = None,
) -> None:
    """Draw a flow: its nodes, the ways between them, and where calls begin."""
    from app.flows.graph.mermaid import mermaid
    from app.flows.graph.model import graph_of
    from app.flows.graph.svg import svg
    from app.flows.show import flow_names

    library = compiled(folder)
    names = flow_names(library)
    if flow and flow not in names:
        sys.exit(f"hotline: there is no flow `{flow}`; there are {', '.join(names)}.")
    if language and language not in library.languages:
        known = ", ".join(library.languages)
        sys.exit(f"hotline: there is no language `{language}`; there are {known}.")
    drawn = graph_of(library, flow, language)
    text = svg(drawn) if picture is Picture.svg else mermaid(drawn)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        sys.exit(f"hotline: {output} cannot be written: {error.strerror}.")
    nodes, ways = counted(len(drawn.nodes), "node"), counted(len(drawn.edges), "way")
    typer.echo(f"{output}: {nodes}, {ways}.")
