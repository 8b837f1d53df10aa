"""`hotline flows diff`."""

from typing import Annotated

import typer

from app.commands.database import opened
from app.commands.flows.folder import FLOWS, FolderOption
from app.commands.flows.shelves import FOLDER, IN_FORCE, edition_of, files_named


def diff(
    before: Annotated[
        str, typer.Argument(help="A version by its first digits, `in-force`, or `folder`.")
    ] = IN_FORCE,
    after: Annotated[str, typer.Argument(help="The same, of what is compared with it.")] = FOLDER,
    folder: FolderOption = FLOWS,
    lines: Annotated[bool, typer.Option(help="Also show the changed lines.")] = False,
) -> None:
    """Say in words what changes for callers between two versions; the folder by default."""
    from app.console.flows.changes import line_diff, say
    from app.flows.diff import differences
    from app.web.words import ENGLISH

    with opened() as database, database.reading() as connection:
        old = files_named(connection, before, folder)
        new = files_named(connection, after, folder)
    was, now = edition_of(old, before), edition_of(new, after)
    typer.echo(f"{was.version} -> {now.version}")
    changes = differences(was.library, now.library)
    for change in changes:
        typer.echo(f"  {say(change, ENGLISH)}")
    if not changes:
        typer.echo("  Nothing changes for callers.")
    if lines:
        for file in line_diff(old, new):
            typer.echo("\n".join([f"\n{file.name}", *(line.text for line in file.lines)]))
