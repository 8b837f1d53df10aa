"""Saving filters; the only writer of their table."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from app.database import insert_once
from app.tickets.errors import RefusedError
from app.tickets.filters.models import SavedFilter

MOST = 30  # saved filters of one person
LONGEST_NAME, LONGEST_QUERY = 64, 1_000


def save_filter(connection: Connection, staff_id: int, name: str, query: str, at: datetime) -> None:
    """Save a filter under a name; the one that had the name is replaced.

    Raises RefusedError when the name is empty or too long, or when there are too many.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or len(query) > LONGEST_QUERY:
        raise RefusedError(
            f"请起一个名字，不超过 {LONGEST_NAME} 个字。",
            f"Give it a name of at most {LONGEST_NAME} characters.",
        )
    own = SavedFilter.staff_id == staff_id
    replaced = connection.execute(
        update(SavedFilter).where(own, SavedFilter.name == name).values(query=query, saved_at=at)
    )
    if replaced.rowcount:
        return
    count = connection.execute(select(func.count()).where(own)).scalar_one()
    if count >= MOST:
        raise RefusedError(
            f"最多保存 {MOST} 个筛选：请先删掉一个。", f"At most {MOST} are kept: delete one first."
        )
    insert_once(connection, SavedFilter, staff_id=staff_id, name=name, query=query, saved_at=at)


def rename_filter(connection: Connection, staff_id: int, filter_id: int, name: str) -> bool:
    """Give one of one's own filters another name; returns False when there is no such one.

    Raises RefusedError when the name is empty, too long, or that of another.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise RefusedError(
            f"请起一个名字，不超过 {LONGEST_NAME} 个字。",
            f"Give it a name of at most {LONGEST_NAME} characters.",
        )
    others = select(SavedFilter.id).where(
        SavedFilter.staff_id == staff_id, SavedFilter.name == name, SavedFilter.id != filter_id
    )
    if connection.execute(others).first() is not None:
        raise RefusedError("已有同名的筛选，请换个名字。", "Another filter has this name already.")
    renamed = connection.execute(
        update(SavedFilter)
        .where(SavedFilter.id == filter_id, SavedFilter.staff_id == staff_id)
        .values(name=name)
    )
    return renamed.rowcount == 1


def delete_filter(connection: Connection, staff_id: int, filter_id: int) -> bool:
    """Delete one of one's own filters; returns False when there is no such one."""
    gone = connection.execute(
        delete(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.staff_id == staff_id)
    )
    return gone.rowcount == 1
