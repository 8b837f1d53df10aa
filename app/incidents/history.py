"""The history of an incident is that of its ticket: what happened stands there, in its order."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from app.tickets.changes import SYSTEM, Happened, write_event


def note(
    connection: Connection,
    ticket_id: int,
    at: datetime,
    event: str,
    detail: Mapping[str, object],
    *,
    actor: str = SYSTEM,
    words: str = "",
) -> None:
    """Write a line; `detail` holds nothing personal, `words` are a person's own."""
    happened = Happened(at, actor, f"incident_{event}", words=words, detail=detail)
    write_event(connection, ticket_id, happened)
