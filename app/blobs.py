"""Files kept outside the database: in a folder of this machine, or in a bucket that speaks S3.

Keys are ASCII paths such as `originals/RE1.wav`. In a folder, only the service's own user may read
(0700 and 0600), and a file is on the disk before `put` returns; a bucket encrypts at rest by
`encryption`.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from obstore.store import ObjectStore

CHUNK_BYTES = 256 * 1024
_FULL = ("no space left", "os error 28", "disk quota", "os error 122", "entitytoolarge")


class BlobError(Exception):
    """The store could not do what was asked; trying again later may help."""


class BlobMissingError(BlobError, FileNotFoundError):
    """There is no file under this key."""


class BlobFullError(BlobError):
    """No room is left in the store."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """How to reach a bucket; what is empty comes from the environment (`AWS_…`), as usual.

    `encryption` is `AES256`, `aws:kms`, or empty for the bucket's own default.
    """

    endpoint: str = ""
    region: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""
    encryption: str = ""


class BlobStore:
    """One store: a folder such as `recordings`, or `s3://bucket/prefix`. Thread-safe.

    Made of a URL alone, or with a `Bucket` that says how an S3 store is reached.

    Every method raises BlobError when the store fails.
    """

    def __init__(self, url: str, bucket: Bucket | None = None) -> None:
        self.url = url
        self._bucket = bucket or Bucket()

    @cached_property
    def folder(self) -> Path | None:
        """Where the files are on this machine, or None when they are in a bucket."""
        return None if self.url.startswith("s3://") else Path(self.url).resolve()

    def put(self, key: str, content: bytes | Path) -> None:
        """Store bytes, or a file of any size without reading it whole; replaces what was there."""
        from obstore import put

        self._do(put, key, content, max_concurrency=2)  # twelve by default, of 5 MB each
        if self.folder is not None:
            _settle(self.folder, key)

    def open(self, key: str) -> bytes:
        """All bytes of a key. Raises BlobMissingError."""
        from obstore import get

        return bytes(self._do(get, key).bytes())

    def read(self, key: str, start: int, end: int | None = None) -> bytes:
        """Bytes from `start` to before `end`, or to the last. Raises BlobMissingError."""
        from obstore import get_range

        stop = self.size(key) if end is None else end
        return bytes(self._do(get_range, key, start=start, end=stop)) if stop > start else b""

    def chunks(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The same as `read`, in pieces: a long file is never whole in memory."""
        stop = self.size(key) if end is None else end
        for begin in range(start, stop, CHUNK_BYTES):
            yield self.read(key, begin, min(begin + CHUNK_BYTES, stop))

    def size(self, key: str) -> int:
        """The file's length in bytes. Raises BlobMissingError."""
        from obstore import head

        return int(self._do(head, key)["size"])

    def exists(self, key: str) -> bool:
        """Whether there is such a file."""
        try:
            self.size(key)
        except BlobMissingError:
            return False
        return True

    def delete(self, key: str) -> None:
        """Delete a file; one that is not there is not an error."""
        from obstore import delete

        with suppress(BlobMissingError):
            self._do(delete, key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys below a prefix that ends at a slash, such as `players/RE1/`."""
        from obstore import list as listed

        for page in self._do(listed, prefix or None):
            yield from (str(found["path"]) for found in page)

    @cached_property
    def _store(self) -> "ObjectStore":
        from obstore.store import LocalStore

        if self.folder is None:
            return self._s3()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(self.folder.stat().st_mode) & 0o077:
            self.folder.chmod(0o700)
        return LocalStore(self.folder, automatic_cleanup=True)

    def _s3(self) -> "ObjectStore":
        from obstore.store import S3Store

        place, given = urlsplit(self.url), self._bucket
        settings: dict[str, Any] = {
            "endpoint": given.endpoint,
            "region": given.region,
            "access_key_id": given.access_key_id,
            "secret_access_key": given.secret_access_key,
            "aws_server_side_encryption": given.encryption,
        }
        return S3Store(
            place.netloc,
            prefix=place.path.strip("/") or None,
            config={name: value for name, value in settings.items() if value},  # type: ignore[arg-type]
            client_options={"allow_http": given.endpoint.startswith("http://"), "timeout": "60s"},
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=60)},
        )

    def _do(self, act: Any, *arguments: Any, **options: Any) -> Any:
        """Ask the store; each failure becomes one of ours, without the text (it may name keys)."""
        from obstore.exceptions import BaseError

        try:
            return act(self._store, *arguments, **options)
        except FileNotFoundError as error:
            raise BlobMissingError("there is no such file in the store") from error
        except (BaseError, OSError, ValueError) as error:
            told = str(error).lower()
            if any(sign in told for sign in _FULL):
                raise BlobFullError("the store is full") from error
            raise BlobError(f"the store failed ({type(error).__name__})") from error


def _settle(folder: Path, key: str) -> None:
    """See that a new file is on the disk, and nobody else's to read."""
    path = folder / key
    try:
        path.chmod(0o600)
        for place in (path, path.parent):
            descriptor = os.open(place, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    except OSError as error:
        raise BlobError(f"the store failed ({type(error).__name__})") from error
