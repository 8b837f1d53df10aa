"""The folder a command works on, and the library compiled from it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.flows.library import FlowLibrary

FLOWS = Path("ivr_flows")
Folder = Annotated[Path, typer.Argument(help="The folder with the flow files.")]
FolderOption = Annotated[Path, typer.Option(help="The folder with the flow files.")]


def there(folder: Path) -> Path:
    """The folder, when it is there; else the command ends, as one that was called wrongly."""
    if not folder.is_dir():
        typer.echo(f"hotline: there is no folder {folder}.", err=True)
        raise typer.Exit(2)
    return folder


def compiled(folder: Path) -> "FlowLibrary":
    """The library of a folder; ends the command with the findings when it cannot be used.

    Public holidays are those of the library `holidays`, which is asked when a day needs it.
    """
    from app.flows.compiler import compile_folder
    from app.flows.findings import FlowError
    from app.people.roster.calendar import ChineseHolidays
    from app.policies.shelf import load_shelf

    try:
        return compile_folder(there(folder), load_shelf(folder / "policies"), ChineseHolidays())
    except FlowError as error:
        sys.exit(str(error))
