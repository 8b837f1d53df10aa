"""Reads of temporary notices: those that are on, and those that were."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select

from app.notices.models import TemporaryNotice

PAGE = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice as pages show it and callers hear it. `words` is its text by language."""

    id: int
    template: str
    words: Mapping[str, str]
    urgent: bool
    began_at: datetime
    began_by: str
    ends_at: datetime
    ended_by: str

    def in_language(self, language: str, default: str) -> str:
        """The text in a language, or in the default one, or in any there is."""
        words = (self.words.get(tag, "") for tag in (language, default, *self.words))
        return next((text for text in words if text), "")


_COLUMNS = tuple(getattr(TemporaryNotice, name) for name in Standing.__slots__)


def standing(connection: Connection, at: datetime) -> Sequence[Standing]:
    """What is on at an instant: urgent ones first, each group the oldest first."""
    query = (
        select(*_COLUMNS)
        .where(TemporaryNotice.ends_at > at)
        .order_by(TemporaryNotice.urgent.desc(), TemporaryNotice.id)
    )
    return [_of(row) for row in connection.execute(query)]


def past(
    connection: Connection, at: datetime, *, before: int | None = None, limit: int = PAGE
) -> Sequence[Standing]:
    """What was on, the latest first; `before` is the id of the last one of the page before."""
    query = select(*_COLUMNS).where(TemporaryNotice.ends_at <= at)
    if before is not None:
        query = query.where(TemporaryNotice.id < before)
    rows = connection.execute(query.order_by(TemporaryNotice.id.desc()).limit(limit))
    return [_of(row) for row in rows]


def _of(row: Row[tuple[object, ...]]) -> Standing:
    told = dict(row._mapping)
    return Standing(**told | {"words": json.loads(row.words)})
