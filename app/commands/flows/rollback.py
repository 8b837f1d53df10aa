"""`hotline flows rollback`."""

import sys
from typing import Annotated

import typer

from app.commands.database import opened
from app.commands.flows.shelves import operator


def rollback(
    version: Annotated[str, typer.Argument(help="The version, by its first digits.")],
    why: Annotated[str, typer.Option(help="Why, for the history.")],
) -> None:
    """Put a version in force again that has been before."""
    from app.clock import SystemClock
    from app.publishing import queries, service
    from app.publishing.errors import PublishingError

    at = SystemClock().now()
    try:
        with opened() as database, database.writing() as connection:
            version = queries.resolve(connection, version)
            service.roll_back(connection, version, actor=operator(), why=why, at=at)
    except queries.UnknownVersionError:
        sys.exit(f"hotline: no version, or more than one, begins with `{version}`.")
    except PublishingError as error:
        sys.exit(f"hotline: {error}")
    typer.echo(f"{version} is in force again. Calls under way keep to the version they began with.")
