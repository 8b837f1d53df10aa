"""Sets of files for the pages, compiled: the same set is compiled once for many pages."""

from dataclasses import dataclass, field
from functools import lru_cache

from app.flows.files import Files, content_version
from app.flows.library import FlowLibrary
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


def library_of(site: Site, files: FileSet) -> FlowLibrary | None:
    """The library of a set: the one in memory, or compiled; None when it cannot be played."""
    known = site.library.version(files.version)
    if known is not None:
        return known
    edition = _checked(site.gates, files).edition
    return edition.library if edition else None


def examined(site: Site, files: FileSet) -> Examination:
    """What every gate says of a set."""
    return _examined(site.gates, files)


@lru_cache(maxsize=KEPT)
def _checked(gates: Gates, files: FileSet) -> Examination:
    return gates.check(files.files)


@lru_cache(maxsize=KEPT)
def _examined(gates: Gates, files: FileSet) -> Examination:
    return gates.examine(files.files)
