"""Telephones that could not be reached lately: they rest, until their time is over or people say.

Whoever rests is rung for nobody while others are there, so that no caller waits for a dead line.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from app.people.audit.service import record
from app.queueing.models import StaffRing

# So many failures in a row within this time, and a telephone rests for what is left of it.
FAILED_TIMES, FAILED_WITHIN = 2, timedelta(minutes=15)


def resting(connection: Connection, indexes: Collection[str], at: datetime) -> dict[str, datetime]:
    """Which of these telephones rest, and until when."""
    query = (
        select(StaffRing.number_index, StaffRing.result, StaffRing.rung_at)
        .where(
            StaffRing.number_index.in_(indexes),
            StaffRing.rung_at > at - FAILED_WITHIN,
            StaffRing.ended_at.is_not(None),
        )
        .order_by(StaffRing.rung_at.desc(), StaffRing.id.desc())
    )
    lately: dict[str, list[tuple[str, datetime]]] = {}
    for row in connection.execute(query):
        lately.setdefault(row.number_index, []).append((row.result, row.rung_at))
    return {
        index: rings[FAILED_TIMES - 1][1] + FAILED_WITHIN
        for index, rings in lately.items()
        if [result for result, _ in rings[:FAILED_TIMES]] == ["failed"] * FAILED_TIMES
    }


def ring_again(connection: Connection, index: str, actor: str, at: datetime) -> None:
    """Somebody says that a telephone works: it rests no more. Audited."""
    connection.execute(
        update(StaffRing)
        .where(
            StaffRing.number_index == index,
            StaffRing.rung_at > at - FAILED_WITHIN,
            StaffRing.result == "failed",
        )
        .values(result="forgiven")
    )
    record(
        connection,
        actor=actor,
        act="telephone.ring_again",
        target=f"telephone:{index}",
        detail={},
        at=at,
    )
