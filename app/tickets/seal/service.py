"""Putting the seal on a ticket and taking it off, each with a reason."""

from datetime import datetime

from sqlalchemy import Connection

from app.tickets.changes import Happened, change, lock
from app.tickets.errors import RefusedError


def seal(connection: Connection, number: str, actor: str, why: str, at: datetime) -> bool:
    """Hide the caller from all but a few; returns False when it is sealed already."""
    return _set(connection, number, actor, why, at, sealed=True)


def unseal(connection: Connection, number: str, actor: str, why: str, at: datetime) -> bool:
    """Take the seal off; returns False when there is none."""
    return _set(connection, number, actor, why, at, sealed=False)


def _set(
    connection: Connection, number: str, actor: str, why: str, at: datetime, *, sealed: bool
) -> bool:
    ticket = lock(connection, number)
    if ticket.confidential is sealed:
        return False
    if not why.strip():
        raise RefusedError(
            "请写明加密或解密的原因。", "Say why the caller is to be hidden or shown."
        )
    change(
        connection,
        ticket,
        Happened(at, actor, "sealed" if sealed else "unsealed", words=why.strip()),
        confidential=sealed,
        sealed_at=at if sealed else None,
        sealed_by=actor if sealed else "",
    )
    return True
