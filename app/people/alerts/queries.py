"""Reads of alerts."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from app.database import said
from app.people.alerts.models import Alert
from app.people.alerts.service import in_language
from app.tickets.models import Ticket

IS_OPEN = said("alerts.acknowledged_at IS NULL")


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert as the console shows it. `ticket_number` is empty when it is about no ticket."""

    id: int
    key: str
    kind: str
    sentence: str
    ticket_number: str
    at: datetime
    seen_at: datetime | None
    acknowledged_at: datetime | None


def alerts_of(
    connection: Connection,
    staff_id: int,
    language: str,
    *,
    open_only: bool = True,
    before: int | None = None,
    limit: int = 50,
) -> list[ShownAlert]:
    """A person's alerts, the newest first; `before` is the id of the last one shown."""
    query = (
        select(
            Alert.id,
            Alert.key,
            Alert.kind,
            Alert.words,
            Ticket.number,
            Alert.at,
            Alert.seen_at,
            Alert.acknowledged_at,
        )
        .outerjoin(Ticket, Ticket.id == Alert.ticket_id)
        .where(Alert.staff_id == staff_id)
        .order_by(Alert.id.desc())
        .limit(limit)
    )
    if open_only:
        query = query.where(IS_OPEN)
    if before is not None:
        query = query.where(Alert.id < before)
    return [
        ShownAlert(
            row.id,
            row.key,
            row.kind,
            in_language(json.loads(row.words), language),
            row.number or "",
            row.at,
            row.seen_at,
            row.acknowledged_at,
        )
        for row in connection.execute(query)
    ]


def count_open(connection: Connection, staff_id: int) -> int:
    """How many alerts a person has not taken note of."""
    query = select(func.count()).select_from(Alert).where(Alert.staff_id == staff_id, IS_OPEN)
    return connection.execute(query).scalar_one()
