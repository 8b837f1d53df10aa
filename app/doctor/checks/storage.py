"""The database, the disks and the stores of files."""

import shutil
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

from sqlalchemy import text

from app import schema
from app.blobs import BlobError, BlobFullError, BlobStore
from app.calls.recordings.store import recordings_store
from app.doctor.patient import Patient
from app.doctor.verdict import Verdict, failure, ok, warning
from app.tickets.attachments.store import attachments_store

ASKED = 5  # times: one slow answer says nothing
SLOW_MS, TOO_SLOW_MS = 50.0, 500.0
FEW_BYTES, TOO_FEW_BYTES = 5 * 10**9, 5 * 10**8


def database(patient: Patient) -> Verdict:
    """That it answers, and how fast: a caller waits for it at every key."""
    kind = "SQLite" if patient.database.is_sqlite else "PostgreSQL"
    try:
        median = statistics.median(_round_trips(patient))
    except Exception as error:
        return failure(
            f"{kind} cannot be reached ({type(error).__name__})",
            "See that it runs, and that address, user and password of HOTLINE_DATABASE_URL are "
            "right.",
        )
    said = f"{kind} answers in {median:.1f} ms"
    remedy = "Bring the database nearer to the service, or find what keeps it busy."
    if median > TOO_SLOW_MS:
        return failure(said, remedy)
    return warning(said, remedy) if median > SLOW_MS else ok(said)


def migrations(patient: Patient) -> Verdict:
    """That the tables are those this version works with."""
    if schema.is_current(patient.database):
        return ok("the tables are at the newest schema")
    return failure("the tables are not at the newest schema", "Run `hotline db upgrade`.")


def disk(patient: Patient) -> Verdict:
    """That there is room for calls, recordings and the spool."""
    rooms = {place: _free(path) for place, path in _folders(patient).items()}
    least = min(rooms.values())
    said = ", ".join(f"{place} {_size(free)}" for place, free in rooms.items()) + " free"
    remedy = "Make room or give more of it: without any, nothing that callers leave can be kept."
    if least < TOO_FEW_BYTES:
        return failure(said, remedy)
    return warning(said, remedy) if least < FEW_BYTES else ok(said)


def stores(patient: Patient) -> Verdict:
    """That a file can be written, read and deleted where recordings and attachments stand."""
    for name, store in _stores(patient):
        try:
            told = _try(store)
        except BlobFullError:
            return failure(f"{name}: the store is full", "Make room in it, or give it more.")
        except BlobError as error:
            return failure(
                f"{name}: {error}",
                f"See that the address, the rights and the keys of {name} are right.",
            )
        if told:
            return failure(f"{name}: {told}", "Replace the disk or the bucket: it alters files.")
    return ok("a file was written, read and deleted")


def _round_trips(patient: Patient) -> Iterator[float]:
    with patient.database.reading() as connection:
        for _ in range(ASKED):
            began = time.perf_counter()
            connection.execute(text("SELECT 1"))
            yield (time.perf_counter() - began) * 1_000


def _folders(patient: Patient) -> dict[str, Path]:
    found = {"spool": patient.settings.spool_dir}
    if patient.database.is_sqlite:
        found["database"] = Path(patient.database.url.database or ".")
    for name, store in _stores(patient):
        if store.folder is not None:
            found[_PLACES[name]] = store.folder
    return found


_PLACES = {"HOTLINE_RECORDINGS_URL": "recordings", "HOTLINE_ATTACHMENTS_URL": "attachments"}


def _stores(patient: Patient) -> list[tuple[str, BlobStore]]:
    found = [("HOTLINE_RECORDINGS_URL", recordings_store(patient.settings))]
    if patient.settings.attachments_url:
        found.append(("HOTLINE_ATTACHMENTS_URL", attachments_store(patient.settings)))
    return found


def _free(path: Path) -> int:
    """The free bytes where a path is, or will be."""
    place = path.resolve()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def _size(count: int) -> str:
    return f"{count / 10**9:.1f} GB"


def _try(store: BlobStore) -> str:
    """What is wrong with the store, or nothing. Raises BlobError."""
    key, content = f"probes/{token_hex(8)}", token_hex(32).encode()
    store.put(key, content)
    try:
        if store.open(key) != content:
            return "a file came back other than it was"
    finally:
        store.delete(key)
    return "a deleted file is still there" if store.exists(key) else ""
