"""`hotline flows versions`."""

import typer

from app.commands.flows.shelves import opened

_DAY_AND_TIME = "%Y-%m-%d %H:%M"


def versions() -> None:
    """Show what was put in force: when, which version, by whom, from where and why."""
    from app.flows.hours import COUNTY_TIME
    from app.publishing import queries

    with opened() as database, database.reading() as connection:
        current = queries.in_force(connection)
        for waiting in queries.waiting(connection):
            when = waiting.at.astimezone(COUNTY_TIME).strftime(_DAY_AND_TIME)
            typer.echo(
                f"? {when}  {waiting.version}  {waiting.by}  waits for a second person  {waiting.why}"
            )
        newest = True
        for release in queries.releases(connection):
            mark = "*" if newest and release.version == current else " "
            when = release.at.astimezone(COUNTY_TIME).strftime(_DAY_AND_TIME)
            typer.echo(
                f"{mark} {when}  {release.version}  {release.by}  {release.origin}  {release.why}"
            )
            newest = False
        if not current:
            typer.echo("Nothing is in force yet: the service takes the folder when it starts.")
