"""Where the files of prompts stand in the store: by the hash of their content, for ever."""

import re

from app.blobs import BlobMissingError, BlobStore

_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_name(sha256: str) -> bool:
    """Whether this can be the hash of a file."""
    return _SHA256.fullmatch(sha256) is not None


def put(store: BlobStore, sha256: str, content: bytes) -> None:
    """Keep a file. Raises BlobError."""
    store.put(_key(sha256), content)


def find(store: BlobStore, sha256: str) -> bytes | None:
    """A file by its hash, None when there is none. Raises BlobError when the store is away."""
    try:
        return store.open(_key(sha256))
    except BlobMissingError:
        return None


def _key(sha256: str) -> str:
    return f"prompts/{sha256}.wav"
