"""Sets of files for the pages, compiled: the same set is compiled once for many pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from app.database import Database
from app.flows.files import Files, content_version, read_folder
from app.flows.findings import Finding
from app.flows.library import FlowLibrary
from app.publishing import queries
from app.publishing.editions import Examination, Gates
from app.web.site import Site

KEPT = 8


@dataclass(frozen=True, slots=True)
class FileSet:
    """A set of files, known by its version."""

    version: str
    files: Files = field(compare=False)

    @classmethod
    def of(cls, files: Files) -> "FileSet":
        """The set of some files."""
        return cls(content_version(files), files)


def set_of(site: Site, version: str) -> FileSet:
    """The files of a version; those of the folder while nothing has been put in force."""
    return _stored(site.database, version, site.settings.flows_dir)


def library_of(site: Site, files: FileSet) -> FlowLibrary | None:
    """The library of a set: the one in memory, or compiled; None when it cannot be played."""
    known = site.library.version(files.version)
    if known is not None:
        return known
    edition = _checked(site.gates, files).edition
    return edition.library if edition else None


def findings_of(site: Site, files: FileSet) -> Sequence[Finding]:
    """What the check says of a set that may be in force; without the proof."""
    return _checked(site.gates, files).findings


def examined(site: Site, files: FileSet) -> Examination:
    """What every gate says of a set."""
    return _examined(site.gates, files)


@lru_cache(maxsize=KEPT)
def _stored(database: Database, version: str, folder: Path) -> FileSet:
    with database.reading() as connection:
        files = queries.files_of(connection, version)
    return FileSet(version, files or read_folder(folder)[0])


@lru_cache(maxsize=KEPT)
def _checked(gates: Gates, files: FileSet) -> Examination:
    return gates.check(files.files)


@lru_cache(maxsize=KEPT)
def _examined(gates: Gates, files: FileSet) -> Examination:
    return gates.examine(files.files)
