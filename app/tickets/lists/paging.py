"""Keyset paging: a page begins after the last line of the one before, however deep it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

T = TypeVar("T")

Instant = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of a line in a list that is ordered by an instant and an id."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """A cursor from an address; None when it is empty or makes no sense."""
        at, _, row_id = text.partition("~")
        try:
            instant = datetime.fromisoformat(at)
            return cls(instant, int(row_id)) if instant.tzinfo else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some lines of a list, and where the next page begins (None: this is the last)."""

    lines: Sequence[T]
    next: Cursor | None


def beyond(
    instant: Instant, row_id: InstrumentedAttribute[int], cursor: Cursor, *, falling: bool
) -> ColumnElement[bool]:
    """The condition of coming after a cursor in rising or falling order.

    The redundant bound on the instant alone is what lets an index begin there.
    """
    if falling:
        later = or_(instant < cursor.at, row_id < cursor.id)
        return and_(instant <= cursor.at, later)
    later = or_(instant > cursor.at, row_id > cursor.id)
    return and_(instant >= cursor.at, later)


def page_of(lines: Sequence[T], limit: int, place: Callable[[T], Cursor]) -> Page[T]:
    """A page out of up to `limit + 1` lines: the extra one tells that there are more."""
    kept = lines[:limit]
    return Page(kept, place(kept[-1]) if len(lines) > limit and kept else None)


def merged(parts: Sequence[Sequence[T]], order: Callable[[T], Any], limit: int) -> list[T]:
    """The first lines of several ordered lists, taken together."""
    return sorted((line for part in parts for line in part), key=order)[:limit]
