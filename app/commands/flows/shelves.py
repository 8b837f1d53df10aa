"""Sets of files for the commands: of a folder, or of a version in the database."""

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.flows.files import Files
    from app.publishing.editions import Edition

FOLDER, IN_FORCE = "folder", "in-force"


def operator() -> str:
    """Whoever has the shell, as the audit names them."""
    return f"cli:{getpass.getuser()}"


def files_named(connection: "Connection", name: str, folder: Path) -> "Files":
    """The files of `folder`, of `in-force`, or of a version by its first digits."""
    from app.publishing import queries

    if name == FOLDER:
        return folder_files(folder)
    try:
        version = (
            queries.in_force(connection) if name == IN_FORCE else queries.resolve(connection, name)
        )
    except queries.UnknownVersionError:
        hint = "see `hotline flows versions`"
        sys.exit(f"hotline: no version, or more than one, begins with `{name}`: {hint}.")
    if not version:
        sys.exit("hotline: nothing is in force yet: start the service, or `hotline flows publish`.")
    return queries.files_of(connection, version)


def folder_files(folder: Path) -> "Files":
    """The files of a folder; ends the command when any of them cannot be read."""
    from app.commands.flows.folder import there
    from app.flows.files import read_folder

    files, findings = read_folder(there(folder))
    if findings:
        sys.exit("\n".join(map(str, findings)))
    return files


def edition_of(files: "Files", name: str) -> "Edition":
    """The compiled files; ends the command with the findings when they are not good."""
    from app.flows.findings import FlowError
    from app.gates import GATES

    try:
        return GATES.compile(files, name)
    except FlowError as error:
        sys.exit(str(error))
