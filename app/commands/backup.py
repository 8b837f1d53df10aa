"""`hotline backup` and `hotline restore`: all that a hotline holds in one file, and back again."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.backup.making import Stores
    from app.backup.manifest import Manifest
    from app.people.audit.queries import Head
    from app.settings import Settings

RECORDINGS, ATTACHMENTS = "recordings", "attachments"

Archive = Annotated[Path, typer.Argument(help="The archive, such as hotline-2026-11-26.zip.")]
Port = Annotated[
    int, typer.Option(envvar="HOTLINE_PORT", min=1, max=65535, help="Of the demonstration.")
]
Var = Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")]


def backup(
    file: Archive,
    recordings: Annotated[
        bool, typer.Option("--recordings", help="With recordings and attachments.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Make nothing: prove the archive that is there.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="An archive of this name may go.")
    ] = False,
    port: Port = 8000,
    var: Var = Path("var"),
) -> None:
    """Write database and flows into one archive, and prove it; calls go on meanwhile.

    It is made of one consistent snapshot, holds callers' data as encrypted as the database does,
    and cannot be opened without HOTLINE_SECRET_KEY, which is not in it.
    """
    from app.backup.making import make
    from app.backup.proving import prove
    from app.clock import SystemClock
    from app.database import Database

    began = time.monotonic()
    with _one_sentence():
        settings = _unlocked(port, var)
        if verify:
            manifest, head = _manifest(file), prove(file, settings.secrets)
        else:
            stores = _stores(settings) if recordings else ()
            database = Database(settings.database_url)
            at = SystemClock().now()
            manifest, head = make(
                file, database, settings.secrets, settings.flows_dir, stores, at, replace=replace
            )
            database.close()
    typer.echo(_told(file, manifest, head, time.monotonic() - began))


def restore(
    file: Archive,
    replace: Annotated[
        bool, typer.Option("--replace", help="All that the database holds now may go.")
    ] = False,
    recordings: Annotated[
        bool, typer.Option("--recordings", help="Bring recordings and attachments back as well.")
    ] = False,
    flows: Annotated[
        Path | None, typer.Option(help="Write the flows of the archive into this new folder.")
    ] = None,
    port: Port = 8000,
    var: Var = Path("var"),
) -> None:
    """Bring an archive back into the database of the settings; stop service and worker first.

    The archive is proved before anything is touched, and counts and audit after.
    """
    from app.backup import restoring

    began = time.monotonic()
    with _one_sentence():
        settings = _unlocked(port, var)
        manifest = restoring.restore(file, settings.database_url, settings.secrets, replace=replace)
        told = [f"{manifest.rows:,} rows of {len(manifest.tables)} tables are back and counted."]
        for name, store in _stores(settings) if recordings else ():
            count = restoring.restore_files(file, name, store)
            told.append(f"{count:,} files are back in {store.url}.")
        if flows is not None:
            told.append(f"{restoring.restore_flows(file, flows):,} flow files are in {flows}.")
    typer.echo("\n".join(told))
    typer.echo(
        f"It took {time.monotonic() - began:.1f} s. Calls of {manifest.made_at:%Y-%m-%d %H:%M} UTC "
        "and before are known; run `hotline doctor`."
    )


@contextmanager
def _one_sentence() -> Iterator[None]:
    from app.backup.errors import BackupError
    from app.blobs import BlobError

    try:
        yield
    except (BackupError, BlobError) as error:
        sys.exit(f"hotline: {error}.")
    except FileNotFoundError as error:
        sys.exit(f"hotline: there is no folder {Path(error.filename).parent}.")
    except OSError as error:
        sys.exit(f"hotline: {error.filename or 'the file'}: {error.strerror}.")


def _unlocked(port: int, var: Path) -> "Settings":
    from app.database import unlock
    from app.demo import settings_or_demo

    settings = settings_or_demo(port, var)
    unlock(list(settings.secrets))
    return settings


def _manifest(file: Path) -> "Manifest":
    from app.backup.archive import opened

    with opened(file) as archive:
        return archive.manifest


def _stores(settings: "Settings") -> "Stores":
    from app.calls.recordings.store import recordings_store
    from app.tickets.attachments.store import attachments_store

    stores = [(RECORDINGS, recordings_store(settings))]
    if settings.attachments_url:
        stores.append((ATTACHMENTS, attachments_store(settings)))
    return stores


def _told(file: Path, manifest: "Manifest", head: "Head", seconds: float) -> str:
    count = sum(not part.name.startswith("flows/") for part in manifest.files)
    files = f", {count:,} recordings and attachments" if count else ""
    return (
        f"{file} is good: {manifest.rows:,} rows of {len(manifest.tables)} tables at schema "
        f"{manifest.revision}{files}, {file.stat().st_size / 10**6:.1f} MB, {seconds:.1f} s.\n"
        f"Made {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC. Audit {head.id}:{head.hash}\n"
        f"It needs the key {' and '.join(manifest.key_ids)} of HOTLINE_SECRET_KEY, which is not in "
        "it: keep that apart."
    )
