"""Putting the seal on a ticket and taking it off, each with a reason."""

from datetime import datetime

from sqlalchemy import Connection

from app.people.audit.service import record
from app.tickets.changes import Happened, Standing, change, lock, write_event
from app.tickets.errors import RefusedError


def seal(connection: Connection, number: str, actor: str, why: str, at: datetime) -> bool:
    """Hide the caller from all but a few; returns False when it is sealed already."""
    return _set(connection, number, actor, why, at, sealed=True)


def unseal(connection: Connection, number: str, actor: str, why: str, at: datetime) -> bool:
    """Take the seal off; returns False when there is none."""
    return _set(connection, number, actor, why, at, sealed=False)


def look_behind(connection: Connection, number: str, actor: str, why: str, at: datetime) -> None:
    """Note that somebody looks at a sealed caller, and why; the audit keeps that they did.

    Who may do so, the edge has checked (`sight.may_see_caller`). Raises RefusedError without a
    reason.
    """
    ticket = lock(connection, number)
    if not why.strip():
        raise RefusedError("请写明查看的原因。", "Say why you look at the caller.")
    write_event(connection, ticket.id, Happened(at, actor, "looked_behind", words=why.strip()))
    _audit(connection, ticket, actor, "caller_shown", at)


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
    _audit(connection, ticket, actor, "sealed" if sealed else "unsealed", at)
    return True


def _audit(connection: Connection, ticket: Standing, actor: str, act: str, at: datetime) -> None:
    target, detail = f"ticket:{ticket.number}", {"ticket": ticket.id}
    record(connection, actor=actor, act=f"ticket.{act}", target=target, detail=detail, at=at)
