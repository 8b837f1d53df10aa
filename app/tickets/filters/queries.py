"""Reads of saved filters."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, select

from app.tickets.filters.models import SavedFilter


def saved_filters(connection: Connection, staff_id: int) -> Sequence[Row[int, str, str]]:
    """The filters of a person, by name: rows of `id`, `name`, `query`."""
    return connection.execute(
        select(SavedFilter.id, SavedFilter.name, SavedFilter.query)
        .where(SavedFilter.staff_id == staff_id)
        .order_by(SavedFilter.name)
    ).all()
