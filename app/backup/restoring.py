"""Bringing an archive back: it is proved before anything is touched."""

from collections.abc import Sequence
from pathlib import Path

from app import schema
from app.backup.archive import ArchiveReader, opened
from app.backup.errors import BackupError
from app.backup.loading import fill
from app.backup.manifest import Manifest, Part
from app.backup.proving import prove
from app.backup.room import drop_everything, insist_on_room, sqlite_file
from app.blobs import BlobStore
from app.database import Database

RESTORING = ".restoring"


def restore(path: Path, database_url: str, secrets: Sequence[str], *, replace: bool) -> Manifest:
    """Fill a database from an archive, and bring it to the newest schema.

    Raises BackupError for an archive that does not prove itself, a schema of the future, a database
    that holds something (unless it is to be replaced) or is in use, and for what came out wrong.
    """
    prove(path, secrets)
    with opened(path) as archive:
        _insist_on_schema(archive.manifest)
        database = Database(database_url)
        try:
            insist_on_room(database, replace=replace)
            if database.is_sqlite:
                _into_new_file(sqlite_file(database), archive)
            else:
                drop_everything(database)
                fill(database_url, archive)
        finally:
            database.close()
        return archive.manifest


def restore_files(path: Path, name: str, store: BlobStore) -> int:
    """Put the files of one folder of an archive into a store; returns how many."""
    with opened(path) as archive:
        found = _below(archive.manifest, name)
        for part in found:
            store.put(_inside(part), b"".join(archive.pieces(part)))
    return len(found)


def restore_flows(path: Path, folder: Path) -> int:
    """Write the flow files of an archive into a new folder; returns how many. Raises BackupError.

    A folder that holds something is not touched.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty: give a new folder, and compare before you move")
    with opened(path) as archive:
        found = _below(archive.manifest, "flows")
        for part in found:
            target = folder / _inside(part)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(b"".join(archive.pieces(part)))
    return len(found)


def _below(manifest: Manifest, name: str) -> list[Part]:
    return [part for part in manifest.files if part.name.startswith(f"{name}/")]


def _inside(part: Part) -> str:
    return part.name.partition("/")[2]


def _insist_on_schema(manifest: Manifest) -> None:
    known = schema.revisions()
    if manifest.revision not in known:
        raise BackupError(
            f"this was made at schema {manifest.revision}, and this version of the hotline knows "
            f"up to {known[-1]}: install the version that made it, or a later one"
        )


def _into_new_file(path: Path, archive: ArchiveReader) -> None:
    """The old file stays until the new one is whole."""
    fresh = path.with_name(path.name + RESTORING)
    fresh.unlink(missing_ok=True)
    try:
        fill(f"sqlite:///{fresh}", archive)
        fresh.chmod(0o600)
        fresh.replace(path)
    finally:
        for left in path.parent.glob(f"{fresh.name}*"):
            left.unlink()
