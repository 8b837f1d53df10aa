"""`hotline flows publish`."""

import sys
from typing import Annotated

import typer

from app.commands.database import opened
from app.commands.flows.folder import FLOWS, Folder
from app.commands.flows.shelves import folder_files, operator


def publish(
    folder: Folder = FLOWS,
    why: Annotated[str, typer.Option(help="Why, for the history.")] = "",
) -> None:
    """Check a folder and put it in force; all workers follow within seconds."""
    from app.clock import SystemClock
    from app.flows.files import content_version
    from app.gates import GATES
    from app.publishing import service
    from app.publishing.errors import PublishingError

    files = folder_files(folder)
    examined = GATES.examine(files, str(folder))
    if examined.errors:
        sys.exit("\n".join([*map(str, examined.errors), "Nothing was put in force."]))
    act = service.Act(operator(), SystemClock().now(), service.COMMAND, why)
    try:
        with opened() as database, database.writing() as connection:
            is_in_force = service.publish(connection, files, act)
            if is_in_force:
                service.folder_written(connection, content_version(files), act.at)
    except PublishingError as error:
        sys.exit(f"hotline: {error}")
    told = "is in force" if is_in_force else "waits for a second person in the console"
    typer.echo(f"{content_version(files)} {told}.")
