"""`hotline flows versions`."""

from datetime import datetime

import typer

from app.commands.database import opened


def versions() -> None:
    """Show what was put in force: when, which version, by whom, from where and why."""
    from app.people.staff.queries import names_of
    from app.publishing import queries
    from app.publishing.service import FILES
    from app.tickets.changes import staff_of

    with opened() as database, database.reading() as connection:
        waiting = queries.waiting(connection)
        released = queries.releases(connection)
        actors = [*(asked.by for asked in waiting), *(release.by for release in released)]
        people = {actor: staff_of(actor) for actor in actors}
        names = names_of(connection, [one for one in people.values() if one is not None])
    by = {actor: names.get(staff or 0, actor) for actor, staff in people.items()}
    by[FILES] = "the folder itself"
    for asked in waiting:
        told = f"{asked.version}  {by[asked.by]}  waits for a second person  {asked.why}"
        typer.echo(f"? {_when(asked.at)}  {told}")
    for release in released:
        mark = "*" if release is released[0] else " "
        origin = "" if release.by == FILES else release.origin
        told = "  ".join(filter(None, (release.version, by[release.by], origin, release.why)))
        typer.echo(f"{mark} {_when(release.at)}  {told}")
    if not released:
        typer.echo("Nothing is in force yet: the service takes the folder when it starts.")


def _when(at: datetime) -> str:
    from app.flows.hours import COUNTY_TIME

    return at.astimezone(COUNTY_TIME).strftime("%Y-%m-%d %H:%M")
