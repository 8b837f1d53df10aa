"""What an archive says of itself: enough to prove it, and to bring it back by any later version."""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

NAME = "manifest.json"
Kind = Literal["text", "encrypted", "integer", "number", "boolean", "time", "date", "bytes"]


def _stays_within(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or name != path.as_posix():
        raise ValueError("leads out of the archive")
    return name


Name = Annotated[str, AfterValidator(_stays_within), Field(min_length=1)]
SqlName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Part(_Strict):
    """One file of the archive, by its length in bytes and its SHA-256."""

    name: Name
    size: int
    sha256: str


class StoredColumn(_Strict):
    """A column, and of what kind its values are."""

    name: SqlName
    kind: Kind


class StoredTable(_Strict):
    """A table: one JSON array per row, in the order of the columns."""

    name: SqlName
    columns: tuple[StoredColumn, ...]
    key: tuple[SqlName, ...]
    rows: int
    part: Part


class Manifest(_Strict):
    """The whole archive.

    `revision` is the schema its rows fit. `key_ids` are the keys of HOTLINE_SECRET_KEY without
    which it is of no use, in their order; the keys themselves are never in it. Tables stand in an
    order in which each comes after those it refers to.
    """

    format: Literal[1] = 1
    made_at: datetime
    database: Literal["sqlite", "postgresql"]
    revision: str
    key_ids: tuple[str, ...]
    tables: tuple[StoredTable, ...]
    files: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everything that stands in the archive beside the manifest."""
        return (*(table.part for table in self.tables), *self.files)
