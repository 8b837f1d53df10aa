"""`hotline flows pull`."""

import sys

import typer

from app.commands.database import opened
from app.commands.flows.folder import FLOWS, Folder
from app.commands.flows.shelves import IN_FORCE, files_named


def pull(folder: Folder = FLOWS) -> None:
    """Write the version in force into a folder, for version control."""
    from app.clock import SystemClock
    from app.flows.files import content_version, write_folder
    from app.publishing.service import folder_written

    with opened() as database:
        with database.reading() as connection:
            files = files_named(connection, IN_FORCE, folder)
        try:
            changed = write_folder(folder, files)
        except OSError as error:
            sys.exit(f"hotline: {folder} cannot be written: {error.strerror}.")
        with database.writing() as connection:
            folder_written(connection, content_version(files), SystemClock().now())
    for name in changed:
        typer.echo(name)
    typer.echo(f"{folder} holds {content_version(files)}, the version in force.")
