"""A filter of a list: from the query part of an address, to SQL, and back. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

from sqlalchemy import ColumnElement

from app.database import blind_index
from app.keys import key_of
from app.tickets.models import Ticket
from app.tickets.seal.sight import Viewer, seen_by
from app.tickets.states import SETTLED

_MANY = ("state", "kind", "category", "department", "region", "priority", "channel", "satisfaction")
_INSTANTS = ("due_before", "opened_from", "opened_before")
NOBODY = "none"  # as an owner


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """Which tickets a list shows; an empty field does not narrow it.

    `owner` holds ids of staff as text, `none` for tickets nobody owns. `place` must match exactly:
    it is encrypted. Instants are aware. `opened_from` is included, the other two are not.
    """

    state: Sequence[str] = ()
    kind: Sequence[str] = ()
    category: Sequence[str] = ()
    department: Sequence[str] = ()
    region: Sequence[str] = ()
    priority: Sequence[str] = ()
    channel: Sequence[str] = ()
    satisfaction: Sequence[str] = ()
    owner: Sequence[str] = ()
    place: str = ""
    sealed: bool | None = None
    due_before: datetime | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None

    @classmethod
    def parse(cls, query: Iterable[tuple[str, str]]) -> Self:
        """A filter from the pairs of an address; what is unknown or unreadable is left out."""
        given: dict[str, list[str]] = {}
        for name, value in query:
            given.setdefault(name, []).append(value.strip())
        read: dict[str, Any] = {name: tuple(given.get(name, ())) for name in _MANY}
        read |= {name: _instant(_last(given, name)) for name in _INSTANTS}
        return cls(
            **read,
            owner=tuple(o for o in given.get("owner", ()) if o == NOBODY or key_of(o) is not None),
            place=_last(given, "place"),
            sealed={"yes": True, "no": False}.get(_last(given, "sealed")),
        )

    def query(self) -> str:
        """The query part of an address that `parse` reads as this filter; "" for no filter."""
        pairs: list[tuple[str, str]] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, tuple):
                pairs += [(field.name, one) for one in value]
            elif value not in ("", None):
                pairs.append((field.name, _text(value)))
        return urlencode(pairs)

    @property
    def is_open(self) -> bool:
        """Whether it chooses open tickets only."""
        return bool(self.state) and SETTLED.isdisjoint(self.state)

    def conditions(self, viewer: Viewer) -> list[ColumnElement[bool]]:
        """The filter as conditions of a query on tickets, for one who looks at them.

        By the place of a sealed ticket only those find it who may see it.
        """
        found = [_among(getattr(Ticket, name), getattr(self, name)) for name in _MANY]
        found += [self._owned(), self._opened_from(), self._opened_before(), self._due()]
        if self.place:
            found += [Ticket.place_index == blind_index(self.place), seen_by(viewer)]
        if self.sealed is not None:
            found.append(Ticket.confidential.is_(self.sealed))
        return [condition for condition in found if condition is not None]

    def _owned(self) -> ColumnElement[bool] | None:
        if not self.owner:
            return None
        ids = [int(owner) for owner in self.owner if owner != NOBODY]
        owned = Ticket.owner_id.in_(ids)
        return owned | Ticket.owner_id.is_(None) if NOBODY in self.owner else owned

    def _opened_from(self) -> ColumnElement[bool] | None:
        return None if self.opened_from is None else Ticket.opened_at >= self.opened_from

    def _opened_before(self) -> ColumnElement[bool] | None:
        return None if self.opened_before is None else Ticket.opened_at < self.opened_before

    def _due(self) -> ColumnElement[bool] | None:
        return None if self.due_before is None else Ticket.due_at < self.due_before


def _among(column: Any, values: Sequence[str]) -> ColumnElement[bool] | None:
    if not values:
        return None
    # One value by `=`: an index then also gives the order of the list.
    only: ColumnElement[bool] = column == values[0] if len(values) == 1 else column.in_(values)
    return only


def _last(given: Mapping[str, list[str]], name: str) -> str:
    return given[name][-1] if name in given else ""


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, datetime) else str(value)
