"""Where the files of recordings stand in the store.

Originals are sealed: no player ever reads below `originals/`. What is played stands below
`players/<sid>/<rendition>/`.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from app.blobs import BlobError, BlobFullError, BlobMissingError, BlobStore, Bucket
from app.calls.recordings.trouble import RecordingError, Trouble
from app.settings import Settings

MIX, PEAKS = "mix.mp3", "peaks.json"


def recordings_store(settings: Settings) -> BlobStore:
    """The store of HOTLINE_RECORDINGS_URL, one per process."""
    return store_at(settings.recordings_url, settings)


def store_at(url: str, settings: Settings) -> BlobStore:
    """The store at a URL, one per process; a bucket is reached as the settings say."""
    return _store(
        url,
        Bucket(
            settings.s3_endpoint,
            settings.s3_region,
            settings.s3_access_key_id,
            settings.s3_secret_access_key.get_secret_value(),
            settings.s3_encryption,
        ),
    )


@lru_cache(maxsize=8)
def _store(url: str, bucket: Bucket) -> BlobStore:
    return BlobStore(url, bucket)


def original(sid: str) -> str:
    """The key of the sealed original."""
    return f"originals/{sid}.wav"


def player(sid: str, rendition: int, name: str) -> str:
    """The key of one of the player's files."""
    return f"{players(sid)}{rendition}/{name}"


def players(sid: str) -> str:
    """What the keys of all renditions begin with."""
    return f"players/{sid}/"


def fingerprint(store: BlobStore, key: str) -> str:
    """The SHA-256 of what stands in the store. Raises BlobError."""
    digest = hashlib.sha256()
    for chunk in store.chunks(key):
        digest.update(chunk)
    return digest.hexdigest()


def put_verified(store: BlobStore, key: str, path: Path, sha256: str) -> None:
    """Put a file and read it back. Raises RecordingError when it is not there as it was."""
    put(store, key, path)
    try:
        is_good = fingerprint(store, key) == sha256
    except BlobError as error:
        raise RecordingError(Trouble.store_away) from error
    if not is_good:
        raise RecordingError(Trouble.altered)


def put(store: BlobStore, key: str, content: bytes | Path) -> None:
    """Put a file. Raises RecordingError when there is no room, or the store fails."""
    try:
        store.put(key, content)
    except BlobFullError as error:
        raise RecordingError(Trouble.no_room) from error
    except BlobError as error:
        raise RecordingError(Trouble.store_away) from error


def take(store: BlobStore, key: str, target: Path, sha256: str) -> None:
    """Copy a file out of the store. Raises RecordingError: `altered`, `store_away`, `no_room`."""
    digest = hashlib.sha256()
    try:
        with target.open("wb") as file:
            for chunk in store.chunks(key):
                digest.update(chunk)
                file.write(chunk)
    except BlobMissingError as error:
        raise RecordingError(Trouble.altered) from error
    except BlobError as error:
        raise RecordingError(Trouble.store_away) from error
    except OSError as error:
        raise RecordingError(Trouble.no_room) from error
    if digest.hexdigest() != sha256:
        raise RecordingError(Trouble.altered)


def delete_players(store: BlobStore, sid: str, keep: int | None = None) -> None:
    """Delete what is played of a recording, but for one rendition. Raises BlobError."""
    kept = None if keep is None else player(sid, keep, "")
    for key in list(store.keys(players(sid))):
        if kept is None or not key.startswith(kept):
            store.delete(key)
