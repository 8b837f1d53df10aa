"""`hotline recordings`: what is kept, fetching one again, and proving all to be what they were."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.calls.recordings.queries import Kept
    from app.database import Database
    from app.settings import Settings

recordings = typer.Typer(help="List, fetch and verify recordings.", no_args_is_help=True)

_AT_ONCE = 200
_HOURS_FORMAT = "%Y-%m-%d %H:%M"

Port = Annotated[
    int, typer.Option(envvar="HOTLINE_PORT", min=1, max=65535, help="Of the demonstration.")
]
Var = Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")]


@recordings.command("list")
def list_recordings(
    state: Annotated[
        list[str] | None, typer.Option(help="Only those in this state; may be given again.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    port: Port = 8000,
    var: Var = Path("var"),
) -> None:
    """Show the newest recordings: when, how long, in which state, and why not further."""
    from app.calls.recordings import queries

    database, _ = _open(port, var)
    with database.reading() as connection:
        for kept in queries.newest(connection, limit, state or ()):
            typer.echo(_line(kept))
    database.close()


@recordings.command("fetch")
def fetch(
    sid: Annotated[str, typer.Argument(help="The provider's SID of the recording.")],
    port: Port = 8000,
    var: Var = Path("var"),
) -> None:
    """Fetch a recording now that was not obtained, or was given up."""
    from app.calls.recordings import queries
    from app.calls.recordings.jobs import recording_jobs
    from app.clock import SystemClock

    database, settings = _open(port, var)
    try:
        _refuse_unfit(database, sid)
        workshop = recording_jobs(settings).workshop(database, SystemClock())
        while workshop.work_on_next():
            pass
        with database.reading() as connection:
            kept = queries.find(connection, sid)
    finally:
        database.close()
    assert kept is not None
    typer.echo(_line(kept))
    if kept.state != "playable":
        sys.exit(f"hotline: it could not be had ({kept.trouble}); see the log.")


@recordings.command("verify")
def verify(port: Port = 8000, var: Var = Path("var")) -> None:
    """Compare every stored original with its SHA-256; name those that are not what they were."""
    from app.blobs import BlobError
    from app.calls.recordings.store import recordings_store
    from app.calls.recordings.work import is_intact

    database, settings = _open(port, var)
    files = recordings_store(settings)
    checked = bad = 0
    try:
        for kept in _all_stored(database):
            checked += 1
            try:
                verdict = "" if is_intact(files, kept) else "not what it was"
            except BlobError as error:
                verdict = str(error)
            if verdict:
                bad += 1
                typer.echo(f"{kept.sid}  {verdict}")
    finally:
        database.close()
    if bad:
        sys.exit(f"hotline: {bad} of {checked} stored recordings are not in order.")
    typer.echo(f"All {checked} stored recordings are what they were.")


def _refuse_unfit(database: "Database", sid: str) -> None:
    from app.calls.recordings import queries, service
    from app.clock import SystemClock

    with database.writing() as connection:
        kept = queries.find(connection, sid)
        if kept is None:
            sys.exit(f"hotline: no recording {sid} was ever told of.")
        if not service.begin_anew(connection, sid, SystemClock().now()):
            sys.exit(f"hotline: {sid} is {kept.state}: there is nothing to fetch.")


def _all_stored(database: "Database") -> Iterator["Kept"]:
    from app.calls.recordings import queries

    after = 0
    while True:
        with database.reading() as connection:
            page = queries.stored_after(connection, after, _AT_ONCE)
        if not page:
            return
        yield from page
        after = page[-1].id


def _line(kept: "Kept") -> str:
    seconds = kept.seconds if kept.seconds is not None else kept.told_seconds or 0
    again = f"again {kept.next_try_at:{_HOURS_FORMAT}} UTC" if kept.next_try_at else ""
    trouble = f"{kept.trouble} ({kept.attempts} tries)" if kept.trouble else ""
    told = f"{kept.told_at:{_HOURS_FORMAT}}"
    parts = (kept.sid, told, f"{seconds:6.1f} s", kept.state, kept.retention, trouble, again)
    return "  ".join(part for part in parts if part)


def _open(port: int, var: Path) -> tuple["Database", "Settings"]:
    from app.database import Database, unlock
    from app.demo import settings_or_demo

    settings = settings_or_demo(port, var)
    unlock(list(settings.secrets))
    return Database(settings.database_url), settings
