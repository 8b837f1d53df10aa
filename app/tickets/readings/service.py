"""Ticking a clause as read; the only writer of its table."""

from datetime import datetime

from sqlalchemy import Connection, insert

from app.tickets.changes import Happened, lock, staff_actor, write_event
from app.tickets.readings.models import ClauseReading, Extent


def note_reading(
    connection: Connection,
    number: str,
    article: str,
    part: str,
    staff_id: int,
    extent: Extent,
    at: datetime,
) -> None:
    """Note that a person read a part of an article (`short`, `full`) to a ticket's caller.

    `extent` is `whole`, or `cut` when they were interrupted. Raises UnknownTicketError.
    """
    ticket = lock(connection, number)
    connection.execute(
        insert(ClauseReading).values(
            ticket_id=ticket.id, article=article, part=part, staff_id=staff_id, extent=extent, at=at
        )
    )
    detail = {"article": article, "part": part, "extent": extent}
    write_event(connection, ticket.id, Happened(at, staff_actor(staff_id), "read", detail=detail))
