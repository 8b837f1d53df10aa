"""Which index a list is read by.

SQLite keeps no statistics: of two conditions it takes the index of either, and may then walk
through a hundred thousand closed tickets to find the three that are open. So the condition that few
tickets meet leads, and the others are written so that no index of theirs is looked at. PostgreSQL
knows by itself, and reads the same conditions as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BinaryExpression, Column, ColumnElement, Connection, func, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.functions import FunctionElement

from app.tickets.models import IS_OPEN, Ticket

Condition = ColumnElement[bool]

FEW = 500  # tickets that are read and sorted at once
_LEADING = frozenset(
    {
        "state",
        "department",
        "category",
        "region",
        "priority",
        "channel",
        "satisfaction",
        "kind",
        "place_index",
        "owner_id",
        "caller_index",
    }
)
_OPEN_BY = frozenset({"department", "owner_id"})


class Unindexed(FunctionElement[Any]):
    """A column of which no index is to be used."""

    name = "unindexed"
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(Unindexed)
def _as_it_is(element: Unindexed, compiler: Any, **how: Any) -> str:
    text: str = compiler.process(element.clauses, **how)
    return text


@compiles(Unindexed, "sqlite")
def _with_a_plus(element: Unindexed, compiler: Any, **how: Any) -> str:
    # https://www.sqlite.org/optoverview.html: a unary + disqualifies a term from using an index.
    return f"+{_as_it_is(element, compiler, **how)}"


@dataclass(frozen=True, slots=True)
class Way:
    """How a list is read: its conditions, and whether their index also gives its order."""

    conditions: Sequence[Condition]
    in_order: bool


def way_of_open(conditions: Sequence[Condition], *, in_order: bool) -> Way:
    """Open tickets are few: they are read by what is open, whatever else is asked.

    `in_order` is for lists by what is due first: there are indexes of open tickets in that order,
    of all, of an owner's and of a department's.
    """
    parts = [part for condition in conditions for part in _parts(condition)]
    kept = _OPEN_BY if in_order else frozenset()
    return Way(
        [IS_OPEN, *(part if _leads(part, kept) else unindexed(part) for part in parts)], in_order
    )


def way_of(connection: Connection, conditions: Sequence[Condition]) -> Way:
    """By the condition that few tickets meet, if there are several and one is such."""
    parts = [part for condition in conditions for part in _parts(condition)]
    leading = [part for part in parts if _leads(part)]
    if len(parts) < 2 or not leading:
        return Way(conditions, in_order=True)
    counted = [(_count(connection, part), place) for place, part in enumerate(leading)]
    fewest, place = min(counted)
    if fewest >= FEW:
        return Way(conditions, in_order=True)
    lead = leading[place]
    rest = [unindexed(part) for part in parts if part is not lead]
    return Way([lead, *rest], in_order=False)


def unindexed(condition: Condition) -> Condition:
    """The same condition, for which no index of tickets is used."""

    def replaced(element: Any, **_: Any) -> Any:
        return Unindexed(element) if _is_of_tickets(element) else None

    return visitors.replacement_traverse(condition, {}, replaced)


def _is_of_tickets(element: Any) -> bool:
    return isinstance(element, Column) and element.table.name == Ticket.__tablename__


def _parts(condition: Condition) -> Iterator[Condition]:
    """The conditions that must all be met."""
    if isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for part in condition.clauses:
            yield from _parts(part)
    elif condition is not true():
        yield condition


def _leads(part: Condition, columns: frozenset[str] = _LEADING) -> bool:
    """Whether it asks one of these columns for one value."""
    return (
        isinstance(part, BinaryExpression)
        and part.operator is operators.eq
        and _is_of_tickets(part.left)
        and part.left.key in columns
    )


def _count(connection: Connection, part: Condition) -> int:
    """How many tickets meet a condition, as far as it matters."""
    some = select(Ticket.id).where(part).limit(FEW).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()
