"""The archive as a file: a ZIP whose every part is hashed on its way in and on its way out."""

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from app.backup.errors import BackupError
from app.backup.manifest import NAME, Manifest, Part

COMPRESSION = 3  # most of it is encrypted and does not get smaller
LARGEST_MANIFEST = 64 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024


class ArchiveWriter:
    """Writes an archive that nobody but its owner may read."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._zip = zipfile.ZipFile(
            self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def add(self, name: str, content: Iterable[bytes], *, packed: bool = True) -> Part:
        """Add a part of any size, piece by piece."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as part:
            for piece in content:
                part.write(piece)
                digest.update(piece)
                size += len(piece)
        return Part(name=name, size=size, sha256=digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Say what is in it."""
        self._zip.writestr(NAME, manifest.model_dump_json(indent=1))


class ArchiveReader:
    """Reads an archive. Every method raises BackupError for what is not as the manifest says."""

    def __init__(self, path: Path, opened: zipfile.ZipFile, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest
        self._zip = opened

    def lines(self, part: Part) -> Iterator[bytes]:
        """The lines of a part; after the last it is proved to be what was written."""
        digest, size = hashlib.sha256(), 0
        for line in self._opened(part):
            digest.update(line)
            size += len(line)
            yield line
        self._prove(part, size, digest.hexdigest())

    def pieces(self, part: Part) -> Iterator[bytes]:
        """The bytes of a part; after the last it is proved to be what was written."""
        digest, size = hashlib.sha256(), 0
        with self._told_of(part), self._zip.open(part.name) as content:
            while piece := content.read(CHUNK_BYTES):
                digest.update(piece)
                size += len(piece)
                yield piece
        self._prove(part, size, digest.hexdigest())

    def _opened(self, part: Part) -> Iterator[bytes]:
        with self._told_of(part), self._zip.open(part.name) as content:
            yield from content

    def _prove(self, part: Part, size: int, sha256: str) -> None:
        if (size, sha256) != (part.size, part.sha256):
            raise BackupError(f"{part.name} in {self.path} is not what was written")

    @contextmanager
    def _told_of(self, part: Part) -> Iterator[None]:
        try:
            yield
        except (KeyError, zipfile.BadZipFile, EOFError, OSError) as error:
            raise BackupError(f"{part.name} in {self.path} cannot be read") from error


@contextmanager
def opened(path: Path) -> Iterator[ArchiveReader]:
    """An archive for reading. Raises BackupError when it is none, or not whole."""
    try:
        with zipfile.ZipFile(path) as found:
            yield ArchiveReader(path, found, _manifest(path, found))
    except FileNotFoundError as error:
        raise BackupError(f"there is no file {path}") from error
    except zipfile.BadZipFile as error:
        raise BackupError(f"{path} is no backup of a hotline, or is cut off") from error


def _manifest(path: Path, found: zipfile.ZipFile) -> Manifest:
    try:
        if found.getinfo(NAME).file_size > LARGEST_MANIFEST:
            raise BackupError(f"{path} is no backup of a hotline")
        manifest = Manifest.model_validate_json(found.read(NAME))
    except (KeyError, ValidationError) as error:
        raise BackupError(f"{path} is no backup that this version of the hotline knows") from error
    told, there = {part.name for part in manifest.parts}, set(found.namelist()) - {NAME}
    if told != there or len(told) != len(manifest.parts):
        odd = min(told ^ there, default="a part")
        raise BackupError(f"{path} does not hold what its manifest says: see {odd}")
    return manifest
